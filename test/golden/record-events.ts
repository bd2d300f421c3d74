/**
 * Records what this release asks of its functions beside its machines' histories: npm run golden:events
 *
 * Platforms of their own are walked through as the test of least privilege does, on into the late months, and to every end
 * that an application or a loan comes to (`walk-endings.ts`). Of every call that no partner and no operator made (events,
 * streams, callbacks, schedules, steps of machines) one of each kind is written to test/golden/<release>/events.json;
 * `test/golden` holds later code to them. A release is recorded once.
 *
 * What the walk does not come upon other journeys of the same release do. They write every call down for whoever asks:
 *
 *     ZHUDAI_CALLED_FUNCTIONS=calls.jsonl npx vitest run test/journeys/…
 *     npm run golden:events -- add calls.jsonl
 *
 * adds one of each event, callback and stream record that the recording does not have, and changes none that it has.
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
import { walkEndings } from './walk-endings.ts';

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

const target = join(import.meta.dirname, manifest.version, 'events.json');
const [command, ...files] = process.argv.slice(2);
if (command === 'add') {
  const recorded = JSON.parse(await readFile(target, 'utf8')) as Call[];
  const written = (await Promise.all(files.map(readCalls))).flat().filter(isUnasked).flatMap(apart);
  const known = new Set(recorded.map(nameOf));
  const added = new Map<string, Call>();
  for (const call of written)
    if (!known.has(nameOf(call)) && !added.has(nameOf(call)))
      added.set(nameOf(call), { ...call, payload: bare(call.payload) as Call['payload'] });
  await store([...recorded, ...added.values()]);
  for (const name of [...added.keys()].toSorted()) console.log(`added ${name}`);
} else await walkAndRecord();

async function walkAndRecord(): Promise<void> {
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
    for (const stumble of await walkEndings()) console.log(stumble);
    const calls = await readCalls(written);
    const kept = chosen(calls);
    await store(kept);
    console.log(
      `${kept.length} of ${calls.length} calls of ${new Set(kept.map(({ entry }) => entry)).size} functions`,
    );
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function readCalls(file: string): Promise<readonly Call[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Call);
}

async function store(calls: readonly Call[]): Promise<void> {
  const ordered = calls.toSorted((a, b) => (a.entry < b.entry ? -1 : a.entry > b.entry ? 1 : 0));
  await writeFile(target, `${JSON.stringify(ordered, undefined, 1)}\n`);
}

/** What `test/golden` asks for by name: which event, or whose callback. */
function nameOf({ entry, payload }: Call): string {
  const type = payload['detail-type'];
  return typeof type === 'string' ? `${entry} ${type}` : entry;
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
