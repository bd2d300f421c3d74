import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JwtVerifier } from 'aws-jwt-verify';
import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxOptions } from '#local/sandbox/sandbox.ts';
import { startSandbox } from './sandbox-server.ts';
import type { SandboxServer } from './sandbox-server.ts';

const servers: SandboxServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function sandbox(options: Partial<SandboxOptions> = {}): Promise<SandboxServer> {
  const server = await startSandbox(options);
  servers.push(server);
  return server;
}

async function verify(server: SandboxServer, token: string): Promise<Record<string, unknown>> {
  const issuer = `${server.url}/sandbox/oidc`;
  const verifier = JwtVerifier.create({ issuer, audience: 'zhudai', jwksUri: `${issuer}/unused` });
  const { body } = await server.call('GET', '/oidc/.well-known/jwks.json');
  verifier.cacheJwks(body as { keys: [] });
  return { ...(await verifier.verify(token)) };
}

describe('OidcIssuer', () => {
  it('tells where its keys are', async () => {
    const server = await sandbox();
    const issuer = `${server.url}/sandbox/oidc`;
    const { body } = await server.call('GET', '/oidc/.well-known/openid-configuration');
    expect(body).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` });
  });

  it('mints tokens that verify and carry the roles of the operator', async () => {
    const server = await sandbox();
    const { body } = await server.call('POST', '/oidc/token', { operatorId: 'operator-a' });
    const { access_token: token } = body as { access_token: string };
    expect(await verify(server, token)).toMatchObject({
      sub: 'operator-a',
      aud: 'zhudai',
      roles: ['Reviewer', 'CreditAnalyst', 'Approver'],
    });
  });

  it('keeps its key over a restart and makes another for another data folder', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'zhudai-oidc-'));
    folders.push(dataDir);
    const jwksOf = async (server: SandboxServer) =>
      (await server.call('GET', '/oidc/.well-known/jwks.json')).body;
    const first = await jwksOf(await sandbox({ dataDir }));
    expect(await jwksOf(await sandbox({ dataDir }))).toEqual(first);
    expect(await jwksOf(await sandbox())).not.toEqual(first);
    expect(JSON.stringify(first)).not.toContain('"d"');
  });

  it('lets a token expire on the platform clock', async () => {
    const server = await sandbox();
    await server.clock.advanceTo(server.clock.now() - 0, () => Promise.resolve());
    const token = server.sandbox.control.mintToken('supervisor', 60);
    const [, claims = ''] = token.split('.');
    const { exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
      exp: number;
      iat: number;
    };
    expect(exp - iat).toBe(60);
    await server.clock.advanceTo(server.clock.now() + 86_400_000, () => Promise.resolve());
    const later = server.sandbox.control.mintToken('supervisor', 60).split('.')[1] ?? '';
    const { iat: laterIat } = JSON.parse(Buffer.from(later, 'base64url').toString()) as {
      iat: number;
    };
    expect(laterIat - iat).toBeGreaterThanOrEqual(86_400);
  });

  it.each([
    {},
    { operatorId: 'nobody' },
    { operatorId: '__proto__' },
    { operatorId: 'supervisor', expiresInSeconds: -1 },
  ])('answers 400 to %j', async (body) => {
    const server = await sandbox();
    expect((await server.call('POST', '/oidc/token', body)).status).toBe(400);
  });
});
