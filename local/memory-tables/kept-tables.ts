import { mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppendLog, bytesOf, readLines, syncFolder, type Line } from '../append-log.ts';
import type { WireItem } from '../hosting/attribute-values.ts';
import type { Item } from './attributes.ts';
import type { StreamChange } from './change-stream.ts';
import { MemoryTables, type TableAnswer, type TablesObserver } from './memory-tables.ts';
import type { MemoryTable } from './memory-table.ts';
import { namedTables } from './named-tables.ts';
import type { ItemChange } from './writes.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface KeptTablesOptions {
  /** Where the files are. */
  readonly directory: string;
  /** A log longer than this, and twice as long as the last snapshot, gives way to a new snapshot. */
  readonly logBytesMax?: number;
  /** Told of what went wrong and harmed nothing. */
  readonly onError?: (error: unknown) => void;
}

/** The files do not hold what they held. */
export class DamagedTables extends Error {
  override readonly name = 'DamagedTables';
}

const FIRST_GENERATION = 1;
const LOG_BYTES_MAX = 64 * 1024 * 1024;
/** As long as a backup. */
const CUT_KEPT_MS = 35 * 86_400_000;
const SNAPSHOT_PART_BYTES = 1024 * 1024;

type Described = Parameters<MemoryTables['recall']>[0];
/** Of one item: its table, what it is now or nothing, and its key where there is nothing. */
type Written = readonly [tableName: string, after: Item | null, key?: Item];
interface Unread {
  readonly tableName: string;
  readonly firstNumber: number;
  readonly changes: readonly StreamChange[];
}

/**
 * Tables in this process that outlive it. `N.snapshot` holds all of them as they were at one moment, `N.log` every write
 * since, one line for each request, so that a transaction is there whole or not at all. A start reads the newest snapshot
 * and the logs from there on. Nobody is told anything, be it an item, that there is none, or a refusal, before the disk has
 * what it follows from.
 */
export class KeptTables {
  readonly tables: MemoryTables;
  readonly #options: KeptTablesOptions;
  #log: AppendLog;
  /** Lines that wait for a new log to be opened. */
  #held: Held[] | undefined;
  #generation: number;
  #snapshotBytes: number;
  /** By table: the last write of it that is still on its way to the disk. */
  readonly #pending = new Map<string, Promise<unknown>>();
  #rotating: Promise<void> | undefined;
  #broken: { readonly error: unknown } | undefined;
  #onBroken: (error: unknown) => void = () => undefined;

  private constructor(given: {
    readonly options: KeptTablesOptions;
    readonly found: Found;
    readonly observer: { current: TablesObserver | undefined };
    readonly tables: MemoryTables;
    readonly log: AppendLog;
  }) {
    const { options, found, observer, tables, log } = given;
    this.#options = options;
    this.tables = tables;
    this.#log = log;
    this.#generation = found.newest;
    this.#snapshotBytes = found.snapshotBytes;
    observer.current = {
      wrote: (changes) => {
        this.#wrote(changes);
      },
      described: (table) => {
        this.#append([table.name], { head: 'table', body: JSON.stringify(descriptionOf(table)) });
      },
      dropped: (tableName) => {
        this.#append([tableName], { head: 'noTable', body: JSON.stringify(tableName) });
      },
    };
  }

  /** Reads back what an earlier life has left; throws `DamagedTables` where that is not what it was. */
  static async open(options: KeptTablesOptions): Promise<KeptTables> {
    const { directory } = options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const observer: { current: TablesObserver | undefined } = { current: undefined };
    const tables = new MemoryTables({
      wrote: (changes) => observer.current?.wrote(changes),
      described: (table) => observer.current?.described(table),
      dropped: (tableName) => observer.current?.dropped(tableName),
    });
    const found = await findFiles(directory);
    const recall = recaller(tables);
    if (found.snapshot !== undefined)
      await readWhole(join(directory, fileOf(found.snapshot, 'snapshot')), recall);
    for (const generation of found.logs.slice(0, -1))
      await readWhole(join(directory, fileOf(generation, 'log')), recall);
    const log = await AppendLog.open(join(directory, fileOf(found.newest, 'log')), recall);
    await Promise.all(found.outdated.map((name) => rm(join(directory, name), { force: true })));
    return new KeptTables({ options, found, observer, tables, log });
  }

  /** Answers a request as `MemoryTables.send` does, as soon as the disk has what the answer tells. */
  async send(target: string, request: Fields): Promise<TableAnswer> {
    const answered = this.tables.send(target, request);
    const pending = this.#pendingOf(namedTables(target, request));
    if (pending.length > 0) await Promise.all(pending);
    if (this.#broken) throw asError(this.#broken.error);
    return answered;
  }

  find(tableName: string, attributes: Fields): WireItem | undefined {
    return this.tables.find(tableName, attributes);
  }

  /** Calls back once when nothing can be kept any more, as on a full disk; from then on every request fails. */
  onBroken(work: (error: unknown) => void): void {
    this.#onBroken = work;
  }

  /** Makes a snapshot now: what was deleted or overwritten until this moment is in no file any more afterwards. */
  async compact(): Promise<void> {
    await this.#rotating;
    this.#rotating ??= this.#rotate();
    await this.#rotating;
  }

  /** Waits for what is on its way to the disk. */
  async close(): Promise<void> {
    await this.#rotating;
    await this.#log.close();
  }

  #pendingOf(tableNames: readonly string[] | undefined): readonly Promise<unknown>[] {
    if (this.#pending.size === 0) return [];
    if (!tableNames) return [...this.#pending.values()];
    return tableNames.flatMap((name) => this.#pending.get(name) ?? []);
  }

  #wrote(changes: readonly ItemChange[]): void {
    const made = changes.filter(({ before, after }) => before !== after);
    if (made.length === 0) return;
    const written = made.map(({ tableName, before, after }): Written => {
      if (after) return [tableName, after];
      return [tableName, null, this.#keyOf(tableName, before ?? {})];
    });
    const body = JSON.stringify({ atMs: Date.now(), written });
    this.#append(
      made.map(({ tableName }) => tableName),
      { head: 'write', body },
    );
    if (this.#log.bytes > this.#logBytesMax()) this.#rotating ??= this.#rotate();
  }

  #keyOf(tableName: string, item: Item): Item {
    return this.tables.table(tableName)?.keyOf(item) ?? item;
  }

  #append(tableNames: readonly string[], line: Line): void {
    const stored = this.#held ? hold(this.#held, line) : this.#log.append(line);
    stored.catch((error: unknown) => {
      this.#break(error);
    });
    for (const name of tableNames) {
      this.#pending.set(name, stored);
      const forget = (): void => {
        if (this.#pending.get(name) === stored) this.#pending.delete(name);
      };
      stored.then(forget, forget);
    }
  }

  #break(error: unknown): void {
    if (this.#broken) return;
    this.#broken = { error };
    this.#onBroken(error);
  }

  #logBytesMax(): number {
    return Math.max(this.#options.logBytesMax ?? LOG_BYTES_MAX, 2 * this.#snapshotBytes);
  }

  /** A new log from this moment on, and beside it a snapshot of this moment, after which the older files can go. */
  async #rotate(): Promise<void> {
    const { directory, onError } = this.#options;
    const generation = this.#generation + 1;
    const held: Held[] = [];
    this.#held = held;
    const moment = snapshotOf(this.tables.all);
    try {
      // Whole before the first line of the next one: a start must never find a later write without an earlier.
      await this.#log.close();
      this.#log = await AppendLog.open(join(directory, fileOf(generation, 'log')), () => undefined);
      this.#generation = generation;
    } catch (error) {
      this.#break(error);
      return;
    } finally {
      this.#held = undefined;
      for (const { line, resolve, reject } of held) this.#log.append(line).then(resolve, reject);
    }
    try {
      this.#snapshotBytes = await writeSnapshot(directory, generation, moment);
      const { outdated } = await findFiles(directory);
      await Promise.all(outdated.map((name) => rm(join(directory, name), { force: true })));
    } catch (error) {
      // The logs since the last snapshot tell everything as well; the next one may succeed.
      this.#snapshotBytes = this.#log.bytes;
      onError?.(error);
    } finally {
      this.#rotating = undefined;
    }
  }
}

interface Held {
  readonly line: Line;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

function hold(held: Held[], line: Line): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  held.push({ line, resolve, reject });
  return promise;
}

const file = /^(\d{6})\.(snapshot|log)$/;

function fileOf(generation: number, kind: 'snapshot' | 'log'): string {
  return `${String(generation).padStart(6, '0')}.${kind}`;
}

interface Found {
  readonly snapshot: number | undefined;
  readonly snapshotBytes: number;
  /** Those that are to be read, in order; the newest is the last. */
  readonly logs: readonly number[];
  readonly newest: number;
  readonly outdated: readonly string[];
}

async function findFiles(directory: string): Promise<Found> {
  const names = await readdir(directory);
  const found = names.flatMap((name) => {
    const [, digits, kind] = file.exec(name) ?? [];
    return digits === undefined ? [] : [{ name, generation: Number(digits), kind }];
  });
  const snapshots = found.filter(({ kind }) => kind === 'snapshot');
  const snapshot = snapshots.map(({ generation }) => generation).sort((a, b) => b - a)[0];
  const from = snapshot ?? FIRST_GENERATION;
  const logs = found
    .filter(({ kind, generation }) => kind === 'log' && generation >= from)
    .map(({ generation }) => generation)
    .sort((a, b) => a - b);
  if (logs.length === 0 && snapshot === undefined) logs.push(from);
  const expected = Array.from({ length: Math.max(logs.length, 1) }, (_, at) => from + at);
  const missing = expected.find((generation, at) => logs[at] !== generation);
  if (missing !== undefined)
    throw new DamagedTables(`${join(directory, fileOf(missing, 'log'))} is not there`);
  return {
    snapshot,
    snapshotBytes:
      snapshot === undefined ? 0 : (await stat(join(directory, fileOf(snapshot, 'snapshot')))).size,
    logs,
    newest: logs.at(-1) ?? from,
    outdated: [
      ...found.filter(({ generation }) => generation < from).map(({ name }) => name),
      ...names.filter((name) => name.endsWith('.snapshot.part')),
      ...(await oldCuts(directory, names)),
    ],
  };
}

/** What was cut off long ago: nobody looks at it any more, and what was erased must be nowhere. */
async function oldCuts(directory: string, names: readonly string[]): Promise<readonly string[]> {
  const old: string[] = [];
  for (const name of names.filter((each) => each.endsWith('.cut')))
    if (Date.now() - (await stat(join(directory, name))).mtimeMs > CUT_KEPT_MS) old.push(name);
  return old;
}

/** Reads a file that was finished: whatever is not whole in it was whole once. */
async function readWhole(path: string, onLine: (line: Line) => void): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const end = await readLines(handle, onLine);
    const { size } = await handle.stat();
    if (end < size) throw new DamagedTables(`${path} is damaged at byte ${String(end)}`);
  } finally {
    await handle.close();
  }
}

/** Makes again what the lines tell. */
function recaller(tables: MemoryTables): (line: Line) => void {
  return ({ head, body }) => {
    switch (head) {
      case 'table':
        tables.recall(JSON.parse(body) as Described);
        return;
      case 'noTable':
        tables.forget(JSON.parse(body) as string);
        return;
      case 'item': {
        const { tableName, item } = JSON.parse(body) as { tableName: string; item: Item };
        tables.table(tableName)?.recall(item);
        return;
      }
      case 'unread': {
        const { tableName, ...unread } = JSON.parse(body) as Unread;
        tables.table(tableName)?.stream?.resume(unread);
        return;
      }
      case 'write': {
        const { atMs, written } = JSON.parse(body) as { atMs: number; written: readonly Written[] };
        for (const [tableName, after, key] of written) {
          const table = tables.table(tableName);
          table?.change(table.items.get(after ?? key ?? {}), after ?? undefined, atMs);
        }
      }
    }
  };
}

function descriptionOf({ name, properties, createdAtMs, ttlAttribute }: MemoryTable): Described {
  return { name, properties, createdAtMs, ttlAttribute };
}

/** Everything as it is now. Items never change, so it is enough to know which there are. */
function snapshotOf(tables: readonly MemoryTable[]): readonly (() => Iterable<Line>)[] {
  return tables.map((table) => {
    const tableName = table.name;
    const description = JSON.stringify(descriptionOf(table));
    const items = [...table.all()];
    const unread = table.stream?.unread();
    return function* lines() {
      yield { head: 'table', body: description };
      for (const item of items) yield { head: 'item', body: JSON.stringify({ tableName, item }) };
      if (unread) yield { head: 'unread', body: JSON.stringify({ tableName, ...unread }) };
    };
  });
}

/** Writes a snapshot aside and gives it its name when it is whole; answers how long it is. */
async function writeSnapshot(
  directory: string,
  generation: number,
  tables: readonly (() => Iterable<Line>)[],
): Promise<number> {
  const path = join(directory, fileOf(generation, 'snapshot'));
  const part = `${path}.part`;
  const handle = await open(part, 'w', 0o600);
  let length = 0;
  try {
    for (const lines of tables)
      for (const bytes of inParts(lines())) {
        // In parts: whoever asks for something meanwhile does not wait for all of it.
        await handle.appendFile(bytes);
        length += bytes.length;
      }
    await handle.datasync();
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(part, path);
  await syncFolder(directory);
  return length;
}

function* inParts(lines: Iterable<Line>): Generator<Buffer> {
  let part: Buffer[] = [];
  let length = 0;
  for (const line of lines) {
    const bytes = bytesOf(line);
    part.push(bytes);
    length += bytes.length;
    if (length < SNAPSHOT_PART_BYTES) continue;
    yield Buffer.concat(part);
    part = [];
    length = 0;
  }
  yield Buffer.concat(part);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
