import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/** Where one line stands in the file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** One line: what it is about, and the text itself, which need not be understood to find it again. */
export interface Line {
  readonly head: string;
  readonly body: string;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: (place: Place) => void;
  readonly reject: (error: unknown) => void;
}

const NEW_LINE = 0x0a;
const CHUNK_BYTES = 1024 * 1024;

/**
 * An append-only file of lines. What comes while the disk is at work goes out with the next write, so that a hundred who
 * wait for their lines share one sync. A line is `<crc32> TAB <head> TAB <body>`; JSON holds neither tabs nor line ends.
 */
export class AppendLog {
  readonly path: string;
  readonly #file: FileHandle;
  #end: number;
  #queuedBytes = 0;
  #queue: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #broken: { readonly error: unknown } | undefined;

  private constructor(path: string, file: FileHandle, end: number) {
    this.path = path;
    this.#file = file;
    this.#end = end;
  }

  /**
   * Opens the file and tells every line in it. The first line that is not whole ends the log: it and what follows were
   * never acknowledged to anybody, and are cut off. A tail in which whole lines follow may be a damaged disk's and no
   * torn write's: it is put aside as `PATH.cut` first.
   */
  static async open(path: string, onLine: (line: Line, place: Place) => void): Promise<AppendLog> {
    const file = await open(path, 'a+', 0o600);
    try {
      const end = await readLines(file, onLine);
      await putAside(file, end, `${path}.cut`);
      await file.truncate(end);
      await file.datasync();
      await syncFolder(dirname(path));
      return new AppendLog(path, file, end);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How long the file is with what waits to be written. */
  get bytes(): number {
    return this.#end + this.#queuedBytes;
  }

  /** Resolves when the line is on the disk. */
  append(line: Line): Promise<Place> {
    if (this.#broken) return Promise.reject(asError(this.#broken.error));
    const bytes = bytesOf(line);
    const { promise, resolve, reject } = Promise.withResolvers<Place>();
    this.#queue.push({ bytes, resolve, reject });
    this.#queuedBytes += bytes.length;
    this.#flushing ??= this.#flush();
    return promise;
  }

  async read({ offset, length }: Place): Promise<Line> {
    const bytes = Buffer.alloc(length);
    await this.#file.read(bytes, 0, length, offset);
    const line = lineIn(bytes);
    if (!line) throw new Error(`${this.path} is damaged at byte ${offset}`);
    return line;
  }

  /** Waits for what is being written; nothing can be added afterwards. */
  async close(): Promise<void> {
    await this.#flushing;
    this.#broken ??= { error: new Error(`${this.path} is closed`) };
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    // Whatever this turn of the event loop still adds goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const lines = this.#queue;
      this.#queue = [];
      try {
        if (this.#broken) throw asError(this.#broken.error);
        const bytes = Buffer.concat(lines.map((line) => line.bytes));
        await this.#file.appendFile(bytes);
        await this.#file.datasync();
        for (const line of lines) {
          line.resolve({ offset: this.#end, length: line.bytes.length });
          this.#end += line.bytes.length;
          this.#queuedBytes -= line.bytes.length;
        }
      } catch (error) {
        // Half a line may stand at the end now, and whatever came after it would be lost with it.
        this.#broken ??= { error };
        for (const line of lines) line.reject(error);
      }
    }
    this.#flushing = undefined;
  }
}

/** A line as it stands in a file. */
export function bytesOf({ head, body }: Line): Buffer {
  const text = Buffer.from(`${head}\t${body}`);
  return Buffer.concat([Buffer.from(`${checksum(text)}\t`), text, Buffer.of(NEW_LINE)]);
}

/** Tells every whole line and answers where the last one ends. */
export async function readLines(
  file: FileHandle,
  onLine: (line: Line, place: Place) => void,
): Promise<number> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return offset;
    position += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let at = rest.indexOf(NEW_LINE); at >= 0; at = rest.indexOf(NEW_LINE, start)) {
      const length = at + 1 - start;
      const line = lineIn(rest.subarray(start, at + 1));
      if (!line) return offset;
      onLine(line, { offset, length });
      offset += length;
      start = at + 1;
    }
    rest = rest.subarray(start);
  }
}

/** Copies what stands behind the last whole line, when more whole lines follow in it. */
async function putAside(file: FileHandle, end: number, path: string): Promise<void> {
  const { size } = await file.stat();
  if (size === end) return;
  const tail = Buffer.alloc(size - end);
  await file.read(tail, 0, tail.length, end);
  for (let at = tail.indexOf(NEW_LINE) + 1; at > 0;) {
    const next = tail.indexOf(NEW_LINE, at) + 1;
    if (next > 0 && lineIn(tail.subarray(at, next))) {
      await writeFile(path, tail, { mode: 0o600 });
      return;
    }
    at = next;
  }
}

/** The line in these bytes; undefined when it is not as it was written. */
function lineIn(bytes: Buffer): Line | undefined {
  const text = bytes.subarray(bytes.indexOf('\t') + 1, -1);
  if (bytes.at(-1) !== NEW_LINE || bytes.toString('latin1', 0, 9) !== `${checksum(text)}\t`)
    return undefined;
  const end = text.indexOf('\t');
  return { head: text.toString('utf8', 0, end), body: text.toString('utf8', end + 1) };
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

/** A new file is only there after a power cut when its folder was written too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
