import { createHmac, timingSafeEqual } from 'node:crypto';

/** The task a token answers. */
export interface TaskName {
  readonly executionArn: string;
  /** The state run and attempt, see `ExecutionRun.attemptOf`. */
  readonly attempt: string;
}

/**
 * Makes and reads task tokens. A token is derived, not drawn: a task run again after a crash gets the token its first run
 * handed out, so whoever stored it can still answer.
 */
export class TaskTokens {
  readonly #secret: string | Uint8Array;

  constructor(secret: string | Uint8Array) {
    this.#secret = secret;
  }

  issue({ executionArn, attempt }: TaskName): string {
    const name = Buffer.from(JSON.stringify([executionArn, attempt])).toString('base64url');
    return `${name}.${this.#sign(name).toString('base64url')}`;
  }

  /** The task `token` belongs to; undefined when it was not issued here. */
  read(token: string): TaskName | undefined {
    const [name, signature, ...rest] = token.split('.');
    if (name === undefined || signature === undefined || rest.length > 0) return undefined;
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#sign(name);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const [executionArn, attempt] = JSON.parse(Buffer.from(name, 'base64url').toString()) as [
      string,
      string,
    ];
    return { executionArn, attempt };
  }

  /** A UUID that depends on `text` and the secret only. */
  uuidOf(text: string): string {
    const hex = this.#sign(`uuid:${text}`).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#secret).update(text).digest();
  }
}
