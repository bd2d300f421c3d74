import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '#local/hosting/ports.ts';

const script = join(import.meta.dirname, '../../../local/sandbox/serve.ts');
const data = mkdtempSync(join(tmpdir(), 'zhudai-crash-'));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

async function serve(port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, '--port', String(port), '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('the bank simulator', () => {
  it('loses no payment it acknowledged when it is killed in the middle, five times', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/sandbox/bank`;
    const acknowledged = new Set<string>();
    let next = 0;
    const pay = async () => {
      const reference = `REF${next++}`;
      const answer = await fetch(`${url}/payouts`, {
        method: 'POST',
        headers: { authorization: 'Bearer sandbox', 'content-type': 'application/json' },
        body: JSON.stringify({
          reference,
          amountFen: 100,
          payee: { name: '甲', accountNumber: '6200000000000005', bankCode: '999000000014' },
          remark: '',
        }),
      });
      if (answer.ok) acknowledged.add(reference);
    };
    for (let kill = 0; kill < 5; kill += 1) {
      const child = await serve(port);
      let isRunning = true;
      const senders = Array.from({ length: 4 }, async () => {
        while (isRunning) await pay().catch(() => undefined);
      });
      await new Promise((resolve) => setTimeout(resolve, 40 + kill * 25));
      child.kill('SIGKILL');
      await once(child, 'exit');
      isRunning = false;
      await Promise.all(senders);
    }
    await serve(port);
    const books = (await (await fetch(`${url}/books`)).json()) as {
      payouts: { reference: string; count: number }[];
    };
    const booked = new Set(books.payouts.map(({ reference }) => reference));
    expect(acknowledged.size).toBeGreaterThan(20);
    expect([...acknowledged].filter((reference) => !booked.has(reference))).toEqual([]);
    expect(books.payouts.every(({ count }) => count === 1)).toBe(true);
  });
});
