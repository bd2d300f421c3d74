import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, listEntries, type Bundle } from '#lib/bundle-functions.ts';
import { bundlePath } from '#lib/constructs/bundle-path.ts';
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

/** Loads the bundle and hands it an event that no service sends; prints what came back, thrown or answered. */
const callAlone = `
  const { handler } = await import(process.argv[1]);
  const context = { awsRequestId: 'r-1', functionName: 'alone', getRemainingTimeInMillis: () => 9000 };
  const said = await Promise.resolve().then(() => handler({ nonsense: true }, context)).then(
    (answer) => ({ answer }),
    (error) => ({ name: error.name, message: error.message }),
  );
  console.log('\\n' + JSON.stringify(said));
  process.exit(0);`;

interface Said {
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

describe('every bundle', () => {
  it.each(entries)('%s loads alone and answers a bad event with its own error', async (entry) => {
    const { answer, name, message } = await callBundle(entry);
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

  it('is no larger than what it was', () => {
    const over = bundles
      .filter(({ entry, bytes }) => bytes > budgetOf(entry))
      .map(({ entry, bytes }) => `${entry}: ${bytes}`);
    expect(over).toEqual([]);
  });
});

/** By what a function carries, in bytes; each a little above what was measured. */
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
  it('opens what the sources sealed, and the other way round', async () => {
    const vaultEntry = 'functions/platform/pii.ts';
    await bundleFunctions(directory, [vaultEntry]);
    const bundled = (await import(
      pathToFileURL(join(bundlePath(directory, vaultEntry), 'index.mjs')).href
    )) as { EnvelopeVault: typeof EnvelopeVault };
    const secret = { piiWrappingKey: Buffer.alloc(32, 7).toString('base64') };
    const vaults = [EnvelopeVault, bundled.EnvelopeVault].map(
      (Vault) => new Vault(() => Promise.resolve(secret as ProviderSecret)),
    );
    const data = { applicant: aPerson };
    const subject = { partnerId: 'demo-partner', entity: 'application', id: 'app_1' } as const;
    for (const [from, to] of [vaults, vaults.toReversed()]) {
      const sealed = await from?.seal(data, subject);
      expect(await to?.open(sealed ?? new Uint8Array(), subject)).toEqual(data);
    }
  });
});

function budgetOf(entry: string): number {
  // Those that write papers carry the library for PDF.
  const writers = [
    'functions/origination/offer-contract.ts',
    'functions/origination/prepare-contract.ts',
    'functions/collections/send-letter.ts',
  ];
  if (writers.includes(entry)) return 1_650_000;
  // Those that open or seal personal data, or move documents, carry a second service and the encryption library.
  return 520_000;
}
