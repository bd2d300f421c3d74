import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubCall {
  /** `AWSStepFunctions.SendTaskSuccess`, `secretsmanager.GetSecretValue`, or `POST /signature/requests`. */
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

type Answer = { readonly status?: number; readonly body: unknown };
type Answerer = (body: Record<string, unknown>) => Answer;

/** The services around the API, reduced to what was asked of them and what they were told to answer. */
export class ServiceStubs {
  readonly calls: StubCall[] = [];
  readonly answers = new Map<string, Answerer>();
  readonly #server = createServer((request, response) => {
    void this.#serve(request, response);
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  callsOf(operation: string): Record<string, unknown>[] {
    return this.calls.filter((call) => call.operation === operation).map(({ body }) => body);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const target = request.headers['x-amz-target'];
    const operation = typeof target === 'string' ? target : `${request.method} ${request.url}`;
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    this.calls.push({ operation, body });
    const answer = this.answers.get(operation)?.(body) ?? { body: {} };
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    // Bytes are an object of S3; everything else speaks JSON.
    response.end(answer.body instanceof Uint8Array ? answer.body : JSON.stringify(answer.body));
  }
}
