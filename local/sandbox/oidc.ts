import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { OperatorRole } from '../../domain/tasks/task.ts';
import type { Clock } from '../clock.ts';
import { malformed, noSuchRoute } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';

/** The people of the demo company. Maker and checker need two of them. */
export const demoOperators: Readonly<
  Record<string, { readonly name: string; readonly roles: readonly OperatorRole[] }>
> = {
  'operator-a': { name: 'Operator A', roles: ['Reviewer', 'CreditAnalyst', 'Approver'] },
  'operator-b': { name: 'Operator B', roles: ['Approver'] },
  collector: { name: 'Collector', roles: ['Collector'] },
  supervisor: { name: 'Supervisor', roles: ['Supervisor'] },
  administrator: { name: 'Administrator', roles: ['Administrator'] },
  auditor: { name: 'Auditor', roles: ['Auditor'] },
  /** Whose token `npm start` prints: every role, so that each curl line works. It still cannot check its own work. */
  'operator-demo': {
    name: 'Demo operator',
    roles: [
      'Reviewer',
      'CreditAnalyst',
      'Approver',
      'Collector',
      'Supervisor',
      'Administrator',
      'Auditor',
    ],
  },
};

const TokenRequest = z.object({
  operatorId: z.string(),
  expiresInSeconds: z
    .int()
    .positive()
    .max(366 * 86_400)
    .optional(),
});

const NINETY_DAYS_SECONDS = 90 * 86_400;

export interface OidcOptions {
  readonly clock: Clock;
  readonly dataDir: string | undefined;
  readonly issuer: string;
  readonly audience: string;
}

/** An OpenID Connect issuer with six operators and no passwords. */
export class OidcIssuer implements SandboxProvider {
  readonly #options: OidcOptions;
  #key: KeyObject | undefined;

  constructor(options: OidcOptions) {
    this.#options = options;
  }

  needsKey(): boolean {
    return false;
  }

  handle(request: SandboxRequest): SandboxAnswer {
    const { method, path } = request;
    if (method === 'GET' && path === '/.well-known/openid-configuration')
      return { status: 200, body: this.#discovery() };
    if (method === 'GET' && path === '/.well-known/jwks.json')
      return { status: 200, body: { keys: [this.#publicJwk()] } };
    if (method !== 'POST' || path !== '/token') return noSuchRoute;
    const body = TokenRequest.safeParse(request.body);
    if (!body.success || !Object.hasOwn(demoOperators, body.data.operatorId))
      return malformed(`operatorId must be one of ${Object.keys(demoOperators).join(', ')}`);
    const { operatorId, expiresInSeconds = NINETY_DAYS_SECONDS } = body.data;
    const token = this.mintToken(operatorId, expiresInSeconds);
    return {
      status: 200,
      body: { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds },
    };
  }

  /** A signed token of one demo operator; it expires on the platform's clock. */
  mintToken(operatorId: string, expiresInSeconds = NINETY_DAYS_SECONDS): string {
    const operator = demoOperators[operatorId];
    if (operator === undefined) throw new Error(`there is no demo operator ${operatorId}`);
    const issuedAt = Math.floor(this.#options.clock.now() / 1000);
    const header = { alg: 'RS256', typ: 'JWT', kid: this.#keyId() };
    const claims = {
      iss: this.#options.issuer,
      sub: operatorId,
      aud: this.#options.audience,
      name: operator.name,
      roles: operator.roles,
      iat: issuedAt,
      exp: issuedAt + expiresInSeconds,
    };
    const signed = `${encode(header)}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), this.#privateKey());
    return `${signed}.${signature.toString('base64url')}`;
  }

  books(): unknown {
    return { issuer: this.#options.issuer, operators: demoOperators };
  }

  close(): void {
    this.#key = undefined;
  }

  #discovery(): Record<string, unknown> {
    const { issuer } = this.#options;
    return {
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      token_endpoint: `${issuer}/token`,
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  #publicJwk(): Record<string, unknown> {
    const jwk = createPublicKey(this.#privateKey()).export({ format: 'jwk' });
    return { ...jwk, kid: this.#keyId(), alg: 'RS256', use: 'sig' };
  }

  #keyId(): string {
    const der = createPublicKey(this.#privateKey()).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('base64url').slice(0, 22);
  }

  /** Made once per data folder, so that tokens outlive a restart. */
  #privateKey(): KeyObject {
    this.#key ??= this.#loadKey();
    return this.#key;
  }

  #loadKey(): KeyObject {
    const { dataDir } = this.#options;
    const file = dataDir === undefined ? undefined : join(dataDir, 'oidc-key.pem');
    if (file !== undefined && existsSync(file)) return createPrivateKey(readFileSync(file));
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    if (file !== undefined && dataDir !== undefined) {
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    }
    return privateKey;
  }
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
