import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { closeServer, listen } from '#local/hosting/listen.ts';
import type { Sandbox } from '#local/sandbox/sandbox.ts';

/**
 * One address for everybody outside the platform: the sandbox's providers answer themselves, everything else goes on to
 * the deployed API. The callbacks of the providers take this way too, so it can listen before the API has an address.
 */
export class FrontDoor {
  readonly #server: Server;
  #apiUrl: string | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(port: number, sandbox: Sandbox): Promise<FrontDoor> {
    const door: { current?: FrontDoor } = {};
    const { server } = await listen(port, (request, response) => {
      if (sandbox.handle(request, response)) return;
      if (door.current === undefined) response.writeHead(503).end();
      else door.current.#forward(request, response);
    });
    return (door.current = new FrontDoor(server));
  }

  /** Where the API is; the address of its stage. */
  leadTo(apiUrl: string): void {
    this.#apiUrl = apiUrl.replace(/\/$/, '');
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    if (this.#apiUrl === undefined) {
      response.writeHead(503).end();
      return;
    }
    const target = new URL(`${this.#apiUrl}${request.url ?? '/'}`);
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = send(
      target,
      { method: request.method, headers: { ...request.headers, host: target.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    request.pipe(outgoing);
  }
}
