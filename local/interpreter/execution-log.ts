import { open, type FileHandle } from 'node:fs/promises';
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
 * An append-only file of lines. What comes while the disk is at work goes out with the next write, so that a hundred
 * executions that wait for their checkpoints share one sync. A line is `<crc32> TAB <head> TAB <body>`; JSON holds neither
 * tabs nor line ends.
 */
export class ExecutionLog {
  readonly #file: FileHandle;
  #end: number;
  #queue: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #broken: { readonly error: unknown } | undefined;

  private constructor(file: FileHandle, end: number) {
    this.#file = file;
    this.#end = end;
  }

  /**
   * Opens the file and tells every line in it. The first line that is not whole ends the log: it and what follows were
   * never acknowledged to anybody, and are cut off.
   */
  static async open(
    path: string,
    onLine: (line: Line, place: Place) => void,
  ): Promise<ExecutionLog> {
    const file = await open(path, 'a+', 0o600);
    try {
      const end = await readLines(file, onLine);
      await file.truncate(end);
      await file.datasync();
      await syncFolder(dirname(path));
      return new ExecutionLog(file, end);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Resolves when the line is on the disk. */
  append({ head, body }: Line): Promise<Place> {
    if (this.#broken) return Promise.reject(asError(this.#broken.error));
    const text = Buffer.from(`${head}\t${body}`);
    const bytes = Buffer.concat([Buffer.from(`${checksum(text)}\t`), text, Buffer.of(NEW_LINE)]);
    const { promise, resolve, reject } = Promise.withResolvers<Place>();
    this.#queue.push({ bytes, resolve, reject });
    this.#flushing ??= this.#flush();
    return promise;
  }

  async read({ offset, length }: Place): Promise<Line> {
    const bytes = Buffer.alloc(length);
    await this.#file.read(bytes, 0, length, offset);
    const line = lineIn(bytes);
    if (!line) throw new Error(`the log of executions is damaged at byte ${offset}`);
    return line;
  }

  /** Waits for what is being written; nothing can be added afterwards. */
  async close(): Promise<void> {
    await this.#flushing;
    this.#broken ??= { error: new Error('the log of executions is closed') };
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

/** Tells every whole line and answers where the last one ends. */
async function readLines(
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
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
