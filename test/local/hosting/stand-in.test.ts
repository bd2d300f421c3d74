import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Activity } from '#local/hosting/activity.ts';
import { FunctionHost, type FunctionHostOptions } from '#local/hosting/functions.ts';
import { Meter } from '#local/hosting/meter.ts';
import type { Resource } from '#local/hosting/template.ts';

const standIn = { of: 'KEY_ARN', variable: 'SECRET_ARN', arn: 'arn:secret' };
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'zhudai-stand-in-'));
  const body = '({ key: process.env.KEY_ARN ?? null, secret: process.env.SECRET_ARN ?? null })';
  writeFileSync(join(root, 'tells.ts'), `export const handler = async () => ${body};\n`);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function resource(name: string, Variables: Readonly<Record<string, string>>): Resource {
  return {
    type: 'AWS::Lambda::Function',
    stack: 'a',
    logicalId: name,
    name,
    ref: name,
    properties: { Timeout: 3, MemorySize: 128, Environment: { Variables } },
    metadata: { 'zhudai:entry': 'tells.ts' },
    attribute: (attribute) => attribute,
  };
}

function host(given: FunctionHostOptions['standIn']): FunctionHost {
  return new FunctionHost({
    functions: [
      resource('seals', { KEY_ARN: 'arn:key' }),
      resource('asks', { KEY_ARN: 'arn:key', SECRET_ARN: 'arn:other' }),
      resource('neither', {}),
    ],
    invokeConfigs: [],
    standIn: given,
    root,
    activity: new Activity(),
    meter: new Meter(),
    isIsolated: false,
    log: () => undefined,
  });
}

describe('what stands in for a key on this machine', () => {
  it('is given to who had the key alone, and never in the place of what they were given', async () => {
    const functions = host(standIn);
    expect(await functions.invoke('seals', {})).toEqual({ key: null, secret: 'arn:secret' });
    expect(await functions.invoke('asks', {})).toEqual({ key: null, secret: 'arn:other' });
    expect(await functions.invoke('neither', {})).toEqual({ key: null, secret: null });
  });

  it('may be read by who had the key, and by nobody else', () => {
    const functions = host(standIn);
    expect(functions.readsInstead('seals', 'arn:secret')).toBe(true);
    expect(functions.readsInstead('seals', 'arn:another')).toBe(false);
    expect(functions.readsInstead('neither', 'arn:secret')).toBe(false);
    expect(functions.readsInstead('nobody', 'arn:secret')).toBe(false);
  });

  it('is nothing where the key is there', async () => {
    const functions = host(undefined);
    expect(await functions.invoke('seals', {})).toEqual({ key: 'arn:key', secret: null });
    expect(functions.readsInstead('seals', undefined)).toBe(false);
  });
});
