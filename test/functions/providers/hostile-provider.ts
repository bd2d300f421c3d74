import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HostileProvider {
  readonly url: string;
  readonly requests: { method: string; url: string; authorization: string; body: string }[];
  /** How the next requests are answered. */
  behave: (request: IncomingMessage, response: ServerResponse) => void;
  stop(): Promise<void>;
}

/** An HTTP server that answers as badly as a test wants. */
export async function startHostileProvider(): Promise<HostileProvider> {
  const requests: HostileProvider['requests'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, authorization: headers.authorization ?? '', body });
      provider.behave(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const provider: HostileProvider = {
    url: `http://127.0.0.1:${port}`,
    requests,
    behave: (_request, response) => response.end('{}'),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return provider;
}

/** Answers with JSON. */
export function json(status: number, body: unknown): HostileProvider['behave'] {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}
