import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPlatformClock } from '#local/cli/platform-clock.ts';

let status: number;
let baseUrl: string;
const server = createServer((_, response) => {
  response.writeHead(status);
  response.end('{"now":"2031-05-06T07:08:09Z"}');
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

it('takes the clock of the platform of one machine', async () => {
  status = 200;
  expect(await readPlatformClock(baseUrl)).toBe(Date.parse('2031-05-06T07:08:09Z'));
});

it.each([403, 404])("takes everybody's where a deployed platform answers %i", async (answered) => {
  status = answered;
  const before = Date.now();
  const now = await readPlatformClock(baseUrl);
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

it('takes none where the platform fails', async () => {
  status = 500;
  await expect(readPlatformClock(baseUrl)).rejects.toThrow('/local/clock answered 500');
});
