import { connect, type Socket } from 'node:net';

export interface WireAnswer {
  readonly status: number;
  readonly body: Buffer;
}

interface Waiting {
  readonly text: string | undefined;
  readonly resolve: (answer: WireAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** The database does one thing at a time: more than a few at once only wait there, at the cost of switching threads. */
const CONNECTIONS_MAX = 8;
/** A database that says nothing for so long has lost the request: what waits for it must not wait for ever. */
const ANSWER_WITHIN_MS = 20_000;
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * The database's HTTP without an HTTP client: it answers every POST with a length, on connections that stay open. A
 * platform under load spends most of its time talking to its database, and Node's client costs several times this.
 */
export class WirePool {
  readonly #port: number;
  readonly #answerWithinMs: number;
  readonly #idle: WireConnection[] = [];
  readonly #queue: (Waiting & { readonly text: string })[] = [];
  #open = 0;
  #isClosed = false;

  constructor(port: number, answerWithinMs = ANSWER_WITHIN_MS) {
    this.#port = port;
    this.#answerWithinMs = answerWithinMs;
  }

  post(headers: Readonly<Record<string, string>>, body: string): Promise<WireAnswer> {
    let head = `POST / HTTP/1.1\r\nhost: 127.0.0.1:${this.#port}\r\n`;
    for (const [name, value] of Object.entries(headers))
      if (name !== 'host' && name !== 'content-length') head += `${name}: ${value}\r\n`;
    const text = `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    return new Promise((resolve, reject) => {
      this.#queue.push({ text, resolve, reject });
      this.#next();
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  #next(): void {
    if (this.#queue.length === 0) return;
    const connection = this.#idle.pop() ?? this.#connect();
    if (!connection) return;
    const request = this.#queue.shift();
    if (request) connection.send(request);
  }

  #connect(): WireConnection | undefined {
    if (this.#open >= CONNECTIONS_MAX) return undefined;
    this.#open += 1;
    return new WireConnection(this.#port, this.#answerWithinMs, {
      free: (connection) => {
        if (this.#isClosed) connection.close();
        else this.#idle.push(connection);
        this.#next();
      },
      closed: (connection) => {
        this.#open -= 1;
        const at = this.#idle.indexOf(connection);
        if (at >= 0) this.#idle.splice(at, 1);
        this.#next();
      },
    });
  }
}

interface Owner {
  free(connection: WireConnection): void;
  closed(connection: WireConnection): void;
}

/** One connection with at most one request under way. */
class WireConnection {
  readonly #socket: Socket;
  readonly #answerWithinMs: number;
  readonly #owner: Owner;
  #waiting: Waiting | undefined;
  #received: Buffer = Buffer.alloc(0);

  constructor(port: number, answerWithinMs: number, owner: Owner) {
    this.#owner = owner;
    this.#answerWithinMs = answerWithinMs;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    this.#socket.on('timeout', () => {
      this.#socket.destroy(lost('the database did not answer in time'));
    });
    this.#socket.on('error', (error) => {
      this.#fail(error);
    });
    this.#socket.on('close', () => {
      this.#fail(lost('the database closed the connection'));
      owner.closed(this);
    });
  }

  send(request: Waiting & { readonly text: string }): void {
    this.#waiting = request;
    this.#socket.setTimeout(this.#answerWithinMs);
    this.#socket.write(request.text);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) {
      this.#socket.destroy(new Error('the database answered without a length'));
      return;
    }
    const bodyStart = headEnd + HEAD_END.length;
    if (this.#received.length < bodyStart + length) return;
    const body = this.#received.subarray(bodyStart, bodyStart + length);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#received = Buffer.alloc(0);
    this.#socket.setTimeout(0);
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
    this.#owner.free(this);
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}

/** As the operating system says it, so that the SDK's retries know what to do. */
function lost(message: string): Error {
  return Object.assign(new Error(message), { code: 'ECONNRESET' });
}
