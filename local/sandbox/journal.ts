import {
  closeSync,
  fsync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
  existsSync,
} from 'node:fs';
import { join } from 'node:path';

const FSYNC_EVERY_MS = 200;

/**
 * The append-only file behind one simulator's books: one JSON line per entry. A line is handed to the operating system
 * before `append` returns, so killing the process loses nothing that was acknowledged; it is forced to the disk a moment
 * later, in batches, so a power cut may lose the last fraction of a second.
 */
export class Journal<Entry> {
  readonly #file: string | undefined;
  #descriptor: number | undefined;
  #flush: NodeJS.Timeout | undefined;

  /** Without a folder the books live in memory only. */
  constructor(dataDir: string | undefined, name: string) {
    if (dataDir === undefined) return;
    mkdirSync(dataDir, { recursive: true });
    this.#file = join(dataDir, `${name}.jsonl`);
  }

  /** Every entry written so far. A last line cut short by a crash was never acknowledged and is removed. */
  read(): Entry[] {
    if (this.#file === undefined || !existsSync(this.#file)) return [];
    const text = readFileSync(this.#file, 'utf8');
    const end = text.lastIndexOf('\n') + 1;
    if (end < text.length) truncateSync(this.#file, Buffer.byteLength(text.slice(0, end)));
    return text
      .slice(0, end)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Entry);
  }

  append(entry: Entry): void {
    if (this.#file === undefined) return;
    this.#descriptor ??= openSync(this.#file, 'a', 0o600);
    writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined;
      if (this.#descriptor !== undefined) fsync(this.#descriptor, () => undefined);
    }, FSYNC_EVERY_MS).unref();
  }

  close(): void {
    clearTimeout(this.#flush);
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
