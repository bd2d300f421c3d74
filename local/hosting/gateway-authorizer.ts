import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { FunctionHost } from './functions.ts';
import type { Authorizer } from './gateway-routes.ts';

const Policy = z.object({
  principalId: z.string(),
  policyDocument: z.object({
    Statement: z.array(
      z.object({
        Effect: z.enum(['Allow', 'Deny']),
        Resource: z.union([z.string(), z.array(z.string())]),
      }),
    ),
  }),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
type Policy = z.infer<typeof Policy>;

export type Admission =
  | { readonly kind: 'Allowed'; readonly context: Readonly<Record<string, string>> }
  | { readonly kind: 'UNAUTHORIZED' | 'ACCESS_DENIED' | 'AUTHORIZER_FAILURE' };

const CACHE_ENTRIES_MAX = 10_000;

/** Asks the authoriser functions and remembers their answers for as long as the template says. */
export class GatewayAuthorizer {
  readonly #functions: FunctionHost;
  readonly #clock: Clock;
  readonly #cache = new Map<string, { policy: Policy; expiresAtMs: number }>();

  constructor(functions: FunctionHost, clock: Clock) {
    this.#functions = functions;
    this.#clock = clock;
  }

  async admit(
    authorizer: Authorizer,
    request: {
      methodArn: string;
      headers: Readonly<Record<string, string>>;
      event: Readonly<Record<string, unknown>>;
    },
  ): Promise<Admission> {
    const identity = authorizer.identityHeaders.map((name) => request.headers[name] ?? '');
    if (identity.includes('')) return { kind: 'UNAUTHORIZED' };
    const key = JSON.stringify([authorizer.id, ...identity]);
    const known = this.#cache.get(key);
    if (known && known.expiresAtMs > this.#clock.now())
      return admissionBy(known.policy, request.methodArn);
    const event =
      authorizer.kind === 'TOKEN'
        ? { type: 'TOKEN', authorizationToken: identity[0], methodArn: request.methodArn }
        : { ...request.event, type: 'REQUEST', methodArn: request.methodArn };
    try {
      const policy = Policy.parse(await this.#functions.invoke(authorizer.functionArn, event));
      this.#remember(key, policy, authorizer.cacheSeconds);
      return admissionBy(policy, request.methodArn);
    } catch (error) {
      const isRefused = error instanceof Error && error.message === 'Unauthorized';
      return { kind: isRefused ? 'UNAUTHORIZED' : 'AUTHORIZER_FAILURE' };
    }
  }

  #remember(key: string, policy: Policy, seconds: number): void {
    if (seconds <= 0) return;
    if (this.#cache.size >= CACHE_ENTRIES_MAX) this.#cache.clear();
    this.#cache.set(key, { policy, expiresAtMs: this.#clock.now() + seconds * 1000 });
  }
}

function admissionBy(
  { principalId, policyDocument, context }: Policy,
  methodArn: string,
): Admission {
  const effects = policyDocument.Statement.filter(({ Resource }) =>
    [Resource].flat().some((pattern) => matchesArn(pattern, methodArn)),
  ).map(({ Effect }) => Effect);
  if (!effects.includes('Allow') || effects.includes('Deny')) return { kind: 'ACCESS_DENIED' };
  // The gateway hands every value on as text.
  const allowed: Record<string, string> = { principalId };
  for (const [name, value] of Object.entries(context)) allowed[name] = String(value);
  return { kind: 'Allowed', context: allowed };
}

function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === arn || pattern === '*') return true;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(arn);
}
