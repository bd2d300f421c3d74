import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markSent, waitingMessage, type Notice } from '#domain/notification/notice.ts';
import type { Notices } from '#domain/notification/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { applicationIdOf, loanIdOf } from '#domain/shared/ids.ts';
import { DynamoNotices } from '#platform/repositories/notices.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryNotices } from '#test/support/in-memory-notices.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const inMemory = (): Notices => new InMemoryNotices();
const inDynamo = (): Notices => new DynamoNotices(database.documents, 'Notices');
const at = '2026-12-01T04:00:00.000Z';
let number = 0;

function aNotice(loan: string, key: string): Notice {
  const applicationId = applicationIdOf('demo-partner', loan);
  const to = { loanId: loanIdOf(applicationId), applicationId, partnerId: 'demo-partner' };
  return waitingMessage({ kind: 'LoanCured', key, values: {} }, to, {
    at,
    quiet: { from: '22:00', to: '08:00' },
  });
}

describe.each([
  ['InMemoryNotices', inMemory],
  ['DynamoNotices', inDynamo],
])('%s', (_name, create) => {
  const loan = (): string => `notices-${(number += 1)}`;

  it('adds a notice once and says so', async () => {
    const notices = create();
    const notice = aNotice(loan(), 'v1');
    expect([await notices.add(notice), await notices.add(notice)]).toEqual([true, false]);
    expect(await notices.find(notice)).toEqual(expect.objectContaining(notice));
  });

  it('replaces only the version that was read', async () => {
    const notices = create();
    const notice = aNotice(loan(), 'v1');
    await notices.add(notice);
    await notices.replace(markSent(notice, { at }));
    await expect(notices.replace(markSent(notice, { at }))).rejects.toThrow(ConcurrentChange);
  });

  it('lists what waits until an instant, and nothing that was sent', async () => {
    const notices = create();
    const name = loan();
    const [waiting, sent] = [aNotice(name, 'v1'), aNotice(name, 'v2')];
    await notices.add(waiting);
    await notices.add(sent);
    await notices.replace(markSent(sent, { at }));
    const due = async (until: string) =>
      (
        await notices.listWaiting({ shard: waiting.waitingShard ?? '', until }, { limit: 100 })
      ).items
        .filter(({ loanId }) => loanId === waiting.loanId)
        .map(({ noticeId }) => noticeId);
    expect(await due(at)).toEqual([waiting.noticeId]);
    expect(await due('2026-12-01T03:59:59.999Z')).toEqual([]);
  });

  it('lists the notices of one loan, in pages', async () => {
    const notices = create();
    const name = loan();
    const mine = ['v1', 'v2', 'v3'].map((key) => aNotice(name, key));
    for (const notice of [...mine, aNotice(loan(), 'v1')]) await notices.add(notice);
    const { loanId = '' } = mine[0] ?? {};
    const first = await notices.listByLoan(loanId, { limit: 2 });
    const rest = await notices.listByLoan(loanId, { limit: 2, after: first.next });
    expect([...first.items, ...rest.items].map(({ noticeId }) => noticeId)).toEqual(
      mine.map(({ noticeId }) => noticeId),
    );
    expect(rest.next).toBeUndefined();
  });
});
