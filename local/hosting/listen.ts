import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CannotStart } from './database-process.ts';

const KEEP_ALIVE_MS = 65_000;

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Listens on a port of this machine alone; says what to do when somebody else has it. */
export async function listen(
  port: number,
  handle: Handle,
): Promise<{ server: Server; port: number }> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, handle);
  server.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new CannotStart(
      `Port ${port} is taken by another program. Choose another one: npm start -- --port ${port + 100}`,
    );
  }
  return { server, port: (server.address() as AddressInfo).port };
}

/** Ends a server and its connections. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
