import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, type Bundle } from '#lib/bundle-functions.ts';
import { bundlePath } from '#lib/constructs/bundle-path.ts';

const entry = 'functions/partner-api/create-quote.ts';
const directory = mkdtempSync(join(tmpdir(), 'zhudai-bundles-'));
const bundle = join(bundlePath(directory, entry), 'index.mjs');

let bundles: readonly Bundle[] = [];

beforeAll(async () => {
  bundles = await bundleFunctions(directory, [entry]);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

describe('bundleFunctions', () => {
  it('makes one file that answers with nothing else beside it', async () => {
    const { handler } = (await import(pathToFileURL(bundle).href)) as {
      handler: (event: unknown, context: unknown) => Promise<Answer>;
    };
    const answer = await handler(
      {
        headers: { 'content-type': 'application/json', 'idempotency-key': 'quote-1' },
        body: '{"amountFen":"many"}',
        requestContext: { authorizer: { partnerId: 'demo-partner' } },
      },
      {},
    );
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'InvalidInput' });
  });

  it('takes the modules of Node from the process, and imports nothing', () => {
    const text = readFileSync(bundle, 'utf8');
    expect(text).toContain('process.getBuiltinModule');
    expect(text).not.toMatch(/(?:^|[;}])import\s*[{*\w"']/);
  });

  it('says how large it became', () => {
    expect(bundles).toEqual([{ entry, bytes: readFileSync(bundle).length }]);
  });

  it('leaves out the services the function does not use, and the ways to sign in that Lambda has not', () => {
    const text = readFileSync(bundle, 'utf8');
    expect(text).toContain('GetItem');
    expect(text).not.toMatch(/SendTaskSuccess|PutEvents|GetSecretValue|AssumeRole/);
  });
});
