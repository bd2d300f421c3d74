import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';

/** Where functions print: a file of the data folder, or nowhere. */
export class FunctionLog {
  readonly #stream: WriteStream | undefined;

  constructor(file: string | undefined) {
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    this.#stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
    // A full disk must not stop the platform.
    this.#stream.on('error', () => undefined);
  }

  readonly write = (text: string): void => {
    this.#stream?.write(text.endsWith('\n') ? text : `${text}\n`);
  };

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream) this.#stream.end(resolve);
      else resolve();
    });
  }
}
