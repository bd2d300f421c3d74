import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Below the ports that systems lend to outgoing connections: one of those may be taken before anybody listens. */
const FIRST = 10_000;
const BEYOND = 32_700;
/** A platform takes three in a row. */
const IN_A_ROW = 3;
const TRIES_MAX = 100;

/** A TCP port nobody listens on at this moment, nor on the two behind it; drawn, so that two who ask get two. */
export async function freePort(): Promise<number> {
  const rows = Math.floor((BEYOND - FIRST) / IN_A_ROW);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = FIRST + IN_A_ROW * Math.floor(Math.random() * rows);
    const row = Array.from({ length: IN_A_ROW }, (_, at) => port + at);
    if ((await Promise.all(row.map(isPortFree))).every(Boolean)) return port;
  }
  return (await listen(0)) ?? 0;
}

/** Whether somebody could listen on this port now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await listen(port)) !== undefined;
}

async function listen(port: number): Promise<number | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const found = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return found;
}
