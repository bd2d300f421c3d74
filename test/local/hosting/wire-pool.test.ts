import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WirePool } from '#local/hosting/wire-pool.ts';

let server: Server;
let pool: WirePool;
afterEach(() => {
  pool.close();
  server.closeAllConnections();
  server.close();
});

/** A database that loses the first requests and answers the others with what it was sent. */
async function losing(count: number): Promise<number> {
  let left = count;
  server = createServer((request, response) => {
    if (left-- > 0) return;
    void once(request, 'data').then(([chunk]) => response.end(chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('gives up an answer that does not come, as a connection that was reset', async () => {
  pool = new WirePool(await losing(1), 50);
  await expect(pool.post({}, 'lost')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it('goes on with the others, and with more than it has connections', async () => {
  pool = new WirePool(await losing(8), 50);
  const sent = Array.from({ length: 30 }, (_, number) => `request ${number}`);
  const answers = await Promise.allSettled(sent.map((text) => pool.post({}, text)));
  const heard = answers.flatMap((each) =>
    each.status === 'fulfilled' ? [each.value.body.toString()] : [],
  );
  expect(heard).toEqual(sent.slice(8));
});

it('keeps a connection that is idle for longer', async () => {
  pool = new WirePool(await losing(0), 50);
  await pool.post({}, 'first');
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect((await pool.post({}, 'second')).body.toString()).toBe('second');
});
