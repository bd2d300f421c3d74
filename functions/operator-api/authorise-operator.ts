import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import * as z from 'zod';
import { OperatorRole } from '#domain/tasks/task.ts';
import { authorise, type AuthoriserEvent, bearerOf, refuse } from '#platform/authorise.ts';
import { requireEnvironment } from '#platform/clients.ts';
import { now } from '#platform/time.ts';

const Claims = z.object({
  sub: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@|-]{0,99}$/),
  roles: z.array(z.string()).default([]),
});

const Configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });
const FETCH_TIMEOUT_MS = 3_000;

/** Plain fetch: the library's own fetcher speaks https only, and the sandbox issuer of one machine has no certificate. */
const fetcher = {
  async fetch(uri: string): Promise<ArrayBuffer> {
    const answer = await fetch(uri, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`the issuer answered ${answer.status}`);
    return answer.arrayBuffer();
  },
};

type Verifier = (token: string) => Promise<unknown>;
let verifier: Promise<Verifier> | undefined;

async function verifierOf(issuer: string, audience: string): Promise<Verifier> {
  const uri = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document: unknown = JSON.parse(Buffer.from(await fetcher.fetch(uri)).toString('utf8'));
  const { jwks_uri: jwksUri } = Configuration.parse(document);
  const jwt = JwtVerifier.create(
    { issuer, audience, jwksUri },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
  return (token) => jwt.verify(token);
}

/** Lets an operator in by a token of the configured issuer, and says who it is and with which roles. */
export async function handler(event: AuthoriserEvent) {
  const token = bearerOf(event);
  if (token === undefined) return refuse();
  verifier ??= verifierOf(requireEnvironment('OIDC_ISSUER'), requireEnvironment('OIDC_AUDIENCE'));
  const claims = await verified(await orForget(verifier), token);
  if (claims === undefined) return refuse();
  const roles = claims.roles.filter((role) => OperatorRole.safeParse(role).success);
  return authorise(event, `operator:${claims.sub}`, {
    operatorId: claims.sub,
    roles: roles.join(','),
  });
}

/** An issuer that did not answer once may answer next time. */
async function orForget(pending: Promise<Verifier>): Promise<Verifier> {
  try {
    return await pending;
  } catch (error) {
    verifier = undefined;
    throw error;
  }
}

async function verified(
  verify: Verifier,
  token: string,
): Promise<z.infer<typeof Claims> | undefined> {
  try {
    const payload = await verify(token);
    const { exp } = z.object({ exp: z.number() }).parse(payload);
    // The platform's own clock, which on one machine can be ahead of the wall's.
    if (exp * 1000 <= now().getTime()) return undefined;
    return Claims.parse(payload);
  } catch (error) {
    // Not a valid token of this issuer, for whatever reason; why is nobody's business outside.
    if (error instanceof Error && error.name.startsWith('Fetch')) throw error;
    return undefined;
  }
}
