import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A TCP port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
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
