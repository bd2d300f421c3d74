import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { runPublishChanges } from '#functions/audit/publish-changes.ts';
import { listEntries } from '#lib/bundle-functions.ts';
import { repositoryRoot } from '#lib/constructs/repository-root.ts';
import { fromAttributeMap } from '#platform/attribute-value.ts';
import { functionsBehind, synthesised } from '../lib/synthesised.ts';

interface Call {
  readonly entry: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What each release was asked by events, streams, callbacks, schedules and machines (`npm run golden:events`). */
const releases = readdirSync(import.meta.dirname).filter((name) =>
  existsSync(join(import.meta.dirname, name, 'events.json')),
);

/** Nothing of what a function would do after it has read its event can be done: there is nobody to do it with. */
beforeAll(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('AWS_REGION', 'eu-north-1');
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const context = { awsRequestId: 'r', functionName: 'f', getRemainingTimeInMillis: () => 9_000 };

/** What a function of today finds wrong with what it was asked; undefined when it would go to work. */
async function complaintOf({ entry, payload }: Call): Promise<string | undefined> {
  if (!listEntries().includes(entry)) return 'is gone';
  const loaded = (await import(pathToFileURL(join(repositoryRoot, entry)).href)) as Record<
    string,
    unknown
  >;
  if (entry.startsWith('functions/callbacks/')) return complaintOfSchema(loaded, payload);
  if (entry === 'functions/audit/publish-changes.ts') return complaintOfStream(payload);
  const handler = loaded['handler'] as (event: unknown, context: object) => Promise<unknown>;
  const error: unknown = await handler(payload, context).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof Error && /^(?:InvalidInput|ZodError)$/.test(error.name)
    ? error.message
    : undefined;
}

function complaintOfSchema(loaded: Record<string, unknown>, body: unknown): string | undefined {
  const [, schema] = Object.entries(loaded).find(([name]) => /^[A-Z]\w*Callback$/.test(name)) ?? [];
  if (!(schema instanceof z.ZodType)) return 'says no longer what it accepts';
  return schema.safeParse(body).error?.message;
}

interface Change {
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly Keys: unknown;
    readonly NewImage?: unknown;
  };
}

async function complaintOfStream(payload: Call['payload']): Promise<string | undefined> {
  const records = (payload['Records'] as Change[]).map(({ dynamodb }) => ({
    sequenceNumber: dynamodb.SequenceNumber,
    keys: fromAttributeMap(dynamodb.Keys),
    image: dynamodb.NewImage === undefined ? undefined : fromAttributeMap(dynamodb.NewImage),
  }));
  const poison = await runPublishChanges(records, {
    keep: () => Promise.resolve([]),
    publish: () => Promise.resolve([]),
  });
  return poison === undefined ? undefined : `cannot read the change ${poison}`;
}

describe.each(releases)('what release %s was asked', (release) => {
  const calls = JSON.parse(
    readFileSync(join(import.meta.dirname, release, 'events.json'), 'utf8'),
  ) as Call[];

  it('is understood by the functions of today, call by call', { timeout: 120_000 }, async () => {
    const complaints: string[] = [];
    for (const call of calls) {
      const complaint = await complaintOf(call);
      if (complaint !== undefined) complaints.push(`${call.entry}: ${complaint}`);
    }
    expect(complaints).toEqual([]);
  });

  it('would be refused if it were something else', async () => {
    const entries = new Set(calls.map(({ entry }) => entry));
    const silent: string[] = [];
    for (const entry of entries)
      if (
        (await complaintOf({ entry, payload: { Records: [{ dynamodb: nothing }] } })) === undefined
      )
        silent.push(entry);
    expect(silent).toEqual(askedNothing);
  });

  it('has every callback, every stream and every event that a rule leads to a function', () => {
    const recorded = new Set(
      calls.flatMap(({ entry, payload }) => [entry, `${entry} ${String(payload['detail-type'])}`]),
    );
    const missing = [...expectedCalls()].filter((call) => !recorded.has(call)).toSorted();
    expect(missing).toEqual(sinceThen[release]);
  });
});

const nothing = { SequenceNumber: '1', Keys: {}, NewImage: { event: { M: {} } } };

/** Started by the clock alone: they read nothing of what they are given. */
const askedNothing: readonly string[] = [
  'functions/day-close/start-day-close.ts',
  'functions/disbursement/sweep-payouts.ts',
  'functions/notification/send-waiting-notices.ts',
  'functions/privacy/sweep-retention.ts',
  'functions/servicing/sweep-orders.ts',
  'functions/tasks/watch-tasks.ts',
  'functions/underwriting/watch-models.ts',
];

/** What later code is told and that release did not say yet. */
const sinceThen: Readonly<Record<string, readonly string[]>> = { '0.1.0': [] };

function expectedCalls(): ReadonlySet<string> {
  const cloud = synthesised();
  const events = cloud.ofType('AWS::Events::Rule').flatMap(({ properties }) => {
    const pattern = properties['EventPattern'] as { 'detail-type'?: string[] };
    return functionsBehind(cloud, properties).flatMap(({ metadata }) =>
      (pattern['detail-type'] ?? []).map((type) => `${String(metadata['zhudai:entry'])} ${type}`),
    );
  });
  const others = listEntries().filter((entry) => /^functions\/(?:callbacks|audit)\//.test(entry));
  return new Set([...events, ...others]);
}
