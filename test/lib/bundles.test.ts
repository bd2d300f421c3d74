import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleBytesMax } from '#local/bench/bundle-budget.ts';
import { bundleFunctions, listEntries, type Bundle } from '#lib/bundle-functions.ts';
import { bundlePath } from '#lib/constructs/bundle-path.ts';
import { repositoryRoot } from '#lib/constructs/repository-root.ts';
import { schemaMethodsLeftOut } from '#lib/constructs/narrow-zod-plugin.ts';
import { EnvelopeVault } from '#platform/pii.ts';
import type { ProviderSecret } from '#platform/secrets.ts';
import { aPerson } from '../domain/builders.ts';

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'zhudai-bundle-each-'));
const entries = listEntries();
let bundles: readonly Bundle[] = [];

beforeAll(async () => {
  bundles = await bundleFunctions(directory, entries);
}, 180_000);
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** What Lambda gives every function, and nothing that this machine has. */
const lambdaEnvironment = {
  AWS_REGION: 'eu-north-1',
  AWS_LAMBDA_FUNCTION_NAME: 'alone',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  LAMBDA_TASK_ROOT: directory,
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_SESSION_TOKEN: 'none',
};

/**
 * Loads the bundle and hands it an event that no service sends; prints what came back, thrown or answered, and what the load
 * built and took from Node.
 */
const callAlone = `
  const schemas = new Set();
  globalThis.__zod_globalConfig = { postProcessor: (schema) => schemas.add(schema) };
  const { handler } = await import(process.argv[1]);
  const load = { schemas: schemas.size, builtins: [...process.moduleLoadList] };
  const context = { awsRequestId: 'r-1', functionName: 'alone', getRemainingTimeInMillis: () => 9000 };
  const said = await Promise.resolve().then(() => handler({ nonsense: true }, context)).then(
    (answer) => ({ load, answer }),
    (error) => ({ load, name: error.name, message: error.message }),
  );
  console.log('\\n' + JSON.stringify(said));
  process.exit(0);`;

interface Said {
  readonly load: { readonly schemas: number; readonly builtins: readonly string[] };
  readonly answer?: { readonly statusCode?: number; readonly [fact: string]: unknown } | null;
  readonly name?: string;
  readonly message?: string;
}

async function callBundle(entry: string): Promise<Said> {
  const file = join(bundlePath(directory, entry), 'index.mjs');
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', callAlone, file], {
    env: lambdaEnvironment,
    cwd: directory,
  }).catch((error: unknown) => {
    // The command line and the bundle's one long line say nothing; what was thrown does.
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(/^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr.slice(-500));
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Said;
}

/** The errors of a function that knows what it was given: ours, and those of a setting that is missing. */
const ownErrors = /^(?:InvalidInput|ZodError|Unauthorized|environment variable \w+ is not set)$/;

/** Schemas and checks that a function may build before it is asked anything: up to 1,731 before ADR 091. */
const SCHEMAS_MAX = 700;

describe('every bundle', () => {
  it.each(entries)('%s loads alone and answers a bad event with its own error', async (entry) => {
    const { load, answer, name, message } = await callBundle(entry);
    expect(load.schemas).toBeLessThanOrEqual(SCHEMAS_MAX);
    expect(load.builtins).toContain('NativeModule crypto');
    // Node's fetch, which a getter of `node:http` loads: a third more for whoever asks for it.
    expect(load.builtins.filter((builtin) => builtin.includes('undici'))).toEqual([]);
    if (message === undefined) {
      // A route answers a problem; the description of the API answers anybody.
      const status = answer?.statusCode;
      // A callback reads the secret it is checked by before anything else, and there is none here.
      const known = entry.startsWith('functions/callbacks/') ? [500] : [200, 400, 401, 404];
      if (status !== undefined) expect(known).toContain(status);
      return;
    }
    expect(message.startsWith('environment') ? message : name === 'Error' ? message : name).toMatch(
      ownErrors,
    );
  });

  it('asks no schema for what bundles leave out of zod', () => {
    const asks = new RegExp(`\\.(?:${schemaMethodsLeftOut.join('|')})\\(`);
    const asking = globSync('{domain,functions}/**/*.ts', { cwd: repositoryRoot }).filter((file) =>
      asks.test(readFileSync(join(repositoryRoot, file), 'utf8')),
    );
    expect(asking).toEqual([]);
  });

  it('carries the messages of zod in one language', () => {
    const speaking = (words: RegExp) =>
      entries.filter((entry) =>
        words.test(readFileSync(join(bundlePath(directory, entry), 'index.mjs'), 'utf8')),
      );
    expect(speaking(/Invalid input: expected/)).not.toEqual([]);
    expect(speaking(/Ungültige Eingabe|无效输入|Entrée invalide/)).toEqual([]);
  });

  it('stays within its size', () => {
    const over = bundles
      .filter(({ entry, bytes }) => bytes > bundleBytesMax(entry))
      .map(({ entry, bytes }) => `${entry}: ${bytes}`);
    expect(over).toEqual([]);
  });
});

describe('the bundled clients', () => {
  it('can all be made and call their services, as none is before its first request', async () => {
    const clientsEntry = 'functions/platform/clients.ts';
    await bundleFunctions(directory, [clientsEntry]);
    const file = join(bundlePath(directory, clientsEntry), 'index.mjs');
    const clients = (await import(pathToFileURL(file).href)) as Record<string, () => object>;
    const { requireEnvironment: _, ...makers } = clients;
    expect(Object.keys(makers).length).toBeGreaterThanOrEqual(5);
    for (const [name, make] of Object.entries(makers)) expect(make(), name).toHaveProperty('send');
  });
});

describe('the bundled vault', () => {
  const data = { applicant: aPerson };
  const subject = { partnerId: 'demo-partner', entity: 'application', id: 'app_1' } as const;
  const secret = { piiWrappingKey: Buffer.alloc(32, 7).toString('base64') };
  let Bundled: typeof EnvelopeVault;

  beforeAll(async () => {
    const vaultEntry = 'functions/platform/pii.ts';
    await bundleFunctions(directory, [vaultEntry]);
    const file = join(bundlePath(directory, vaultEntry), 'index.mjs');
    const bundled = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    Bundled = bundled['EnvelopeVault'] as typeof EnvelopeVault;
  });

  const wrapping = (Vault: typeof EnvelopeVault) =>
    new Vault(() => Promise.resolve(secret as ProviderSecret));

  it.each(['sources', 'bundle'])('opens what it and the %s sealed', async (sealer) => {
    const sealed = await wrapping(sealer === 'bundle' ? Bundled : EnvelopeVault).seal(
      data,
      subject,
    );
    for (const Vault of [EnvelopeVault, Bundled])
      expect(await wrapping(Vault).open(sealed, subject)).toEqual(data);
  });

  it('refuses, wherever a single byte is another, and what breaks off', async () => {
    const vault = wrapping(Bundled);
    const sealed = await vault.seal(data, subject);
    for (let at = 0; at < sealed.length; at += 7) {
      const changed = sealed.with(at, (sealed[at] ?? 0) ^ 1);
      await expect(vault.open(changed, subject), `byte ${at}`).rejects.toThrow();
      await expect(vault.open(sealed.subarray(0, at), subject), `up to ${at}`).rejects.toThrow();
    }
  });

  describe('with a key of KMS', () => {
    const calls: string[] = [];
    const wrapped = new Map<string, Buffer>();
    const keyArn = 'arn:aws:kms:eu-north-1:123456789012:key/00000000-0000-4000-8000-000000000000';
    /** Wraps by remembering, bound to the context as KMS binds it. */
    const server = createServer((request, response) => {
      void buffer(request).then((body) => {
        const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
        const input = JSON.parse(body.toString()) as Record<string, unknown>;
        calls.push(operation);
        const context = Object.entries(input['EncryptionContext'] ?? {}).toSorted();
        const nameOf = (blob: unknown) => JSON.stringify([blob, context]);
        const fresh = randomBytes(32).toString('base64');
        const CiphertextBlob = operation === 'Decrypt' ? input['CiphertextBlob'] : fresh;
        if (operation !== 'Decrypt') wrapped.set(nameOf(fresh), randomBytes(32));
        const key = wrapped.get(nameOf(CiphertextBlob));
        response.statusCode = key === undefined ? 400 : 200;
        response.end(
          JSON.stringify(
            key === undefined
              ? { __type: 'InvalidCiphertextException', message: 'none of ours' }
              : { KeyId: keyArn, Plaintext: key.toString('base64'), CiphertextBlob },
          ),
        );
      });
    });

    beforeAll(async () => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      vi.stubEnv('AWS_ENDPOINT_URL_KMS', `http://127.0.0.1:${port}`);
      vi.stubEnv('AWS_REGION', 'eu-north-1');
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
    });
    afterAll(() => {
      vi.unstubAllEnvs();
      server.close();
    });

    const underKms = (Vault: typeof EnvelopeVault) =>
      new Vault(() => Promise.reject(new Error('no secret is needed')), keyArn);

    it.each([
      ['sources', 'bundle'],
      ['bundle', 'sources'],
    ])('what the %s sealed the %s opens', async (sealer, opener) => {
      const [from, to] = [sealer, opener].map((side) =>
        underKms(side === 'bundle' ? Bundled : EnvelopeVault),
      );
      const sealed = await from?.seal(data, subject);
      expect(await to?.open(sealed ?? new Uint8Array(), subject)).toEqual(data);
    });

    it('asks KMS once for what it opens again, and for nothing that is another key', async () => {
      const vault = underKms(Bundled);
      const sealed = await vault.seal(data, subject);
      const before = calls.length;
      for (let time = 0; time < 3; time += 1) await vault.open(sealed, subject);
      expect(calls.slice(before)).toEqual(['Decrypt']);
      wrapped.clear();
      await expect(underKms(Bundled).open(sealed, subject)).rejects.toThrow('none of ours');
    });
  });
});
