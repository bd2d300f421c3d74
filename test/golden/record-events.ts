/**
 * Records what this release asks of its functions beside its machines' histories: npm run golden:events
 *
 * A platform of its own is walked through as the test of least privilege does, and on into the late months. Of every call
 * that no partner and no operator made (events, streams, callbacks, schedules, steps of machines) one of each kind is
 * written to test/golden/<release>/events.json; `test/golden` holds later code to them. A release is recorded once.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatformProcess } from '#local/bench/platform-process.ts';
import { advanceClock } from '#local/cli/advance.ts';
import { TOKEN } from '#local/releases/golden-execution.ts';
import { sendRaw } from '#local/sandbox/http-json.ts';
import manifest from '../../package.json' with { type: 'json' };
import { walkEverywhere } from '../grants/walk.ts';

/** Past write-offs and the claims on guarantors. */
const LATE_DAYS = 120;
/** Of one function, so that no list of loans fills the recording. */
const KINDS_MAX = 40;

/** Fields whose values tell one kind of call from another. */
const tellingNames =
  /^(?:detail-type|status|outcome|kind|code|type|because|moneyTo|channel|eventName)$/;

interface Call {
  readonly entry: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-golden-events-'));
const written = (process.env['ZHUDAI_CALLED_FUNCTIONS'] ??= join(dataDir, 'calls.jsonl'));
try {
  const flags = ['--memory', '--empty', '--auto-operate'];
  const platform = await startPlatformProcess({ flags, dataDir });
  try {
    for (const stumble of await walkEverywhere(platform, dataDir)) console.log(stumble);
    for (const remark of ['nobody knows', undefined])
      await sendRaw({
        method: 'POST',
        url: `${platform.baseUrl}/sandbox/bank/receipts`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ amountFen: 12_345, remark }),
      });
    await advanceClock(platform.baseUrl, LATE_DAYS * 86_400);
  } finally {
    await platform.stop();
  }
  const lines = (await readFile(written, 'utf8')).trim().split('\n');
  const calls = chosen(lines.map((line) => JSON.parse(line) as Call));
  const target = join(import.meta.dirname, manifest.version, 'events.json');
  await writeFile(target, `${JSON.stringify(calls, undefined, 1)}\n`);
  console.log(
    `${calls.length} of ${lines.length} calls of ${new Set(calls.map(({ entry }) => entry)).size} functions`,
  );
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

/** One of each kind, the first seen. */
function chosen(calls: readonly Call[]): readonly Call[] {
  const kinds = new Map<string, Call>();
  const perEntry = new Map<string, number>();
  for (const call of calls.filter(isUnasked).flatMap(apart)) {
    const kind = `${call.entry} ${kindOf(call.payload)}`;
    const count = perEntry.get(call.entry) ?? 0;
    if (kinds.has(kind) || count >= KINDS_MAX) continue;
    perEntry.set(call.entry, count + 1);
    kinds.set(kind, { entry: call.entry, payload: bare(call.payload) as Call['payload'] });
  }
  return [...kinds.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
}

/** What partners and operators ask is held together by the description of the API. */
function isUnasked({ entry }: Call): boolean {
  return !/^functions\/(?:partner-api|operator-api)\//.test(entry);
}

/** A record of a stream for itself; of a callback its body, without what proved who sent it. */
function apart({ entry, payload }: Call): readonly Call[] {
  if (Array.isArray(payload['Records']))
    return payload['Records'].map((record: unknown) => ({ entry, payload: { Records: [record] } }));
  if (entry.startsWith('functions/callbacks/'))
    return [{ entry, payload: JSON.parse(String(payload['body'])) as Call['payload'] }];
  return [{ entry, payload }];
}

/** Which fields there are, and what those say that tell one kind from another. */
function kindOf(value: unknown, name = ''): string {
  if (Array.isArray(value))
    return `[${[...new Set(value.map((each) => kindOf(each)))].toSorted().join('|')}]`;
  if (typeof value !== 'object' || value === null)
    return tellingNames.test(name) ? JSON.stringify(value) : typeof value;
  const image = (value as { NewImage?: { event?: { M?: { type?: object } } } }).NewImage;
  if (image !== undefined)
    return `${kindOf((value as { Keys?: object }).Keys)} ${JSON.stringify(image.event?.M?.type)}`;
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}:${kindOf(each, key)}`)
    .toSorted()
    .join()}}`;
}

/** Without tokens, which are capabilities, and without sealed bytes, which no reader of these looks into. */
function bare(value: unknown, name = ''): unknown {
  if (typeof value === 'string' && /token/i.test(name)) return TOKEN;
  if (Array.isArray(value)) return value.map((each) => bare(each, name));
  if (typeof value !== 'object' || value === null) return value;
  if (/token/i.test(name) && 'S' in value) return { S: TOKEN };
  if ('B' in value && typeof value.B === 'string') return { B: 'AAAA' };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, bare(each, key)]));
}
