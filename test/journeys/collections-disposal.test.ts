import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CollectionsPlatform, type LentLoan } from './collections-platform.ts';

let platform: CollectionsPlatform;
let guaranteed: LentLoan;
let acceptedAtOnce: LentLoan;
let sold: LentLoan;
let lost: LentLoan;

const guarantor = { guarantorId: 'zhubao-guarantee', name: '筑保融资担保有限公司（虚构）' };

/** Nothing but disposals, in the first days: whoever waits for the ladder of the shipped strategy waits for half a year. */
const step = { toDaysPastDue: 900, everyDays: 30, atMost: 1, costFen: 1000 };
const steps = [
  { ...step, stepId: 'remind', action: 'Sms', fromDaysPastDue: 1, scriptId: 'reminder' },
  { ...step, stepId: 'write-off', action: 'WriteOff', fromDaysPastDue: 3 },
  { ...step, stepId: 'transfer', action: 'TransferClaim', fromDaysPastDue: 2 },
  {
    ...{ ...step, stepId: 'compensation', action: 'GuarantorCompensation', fromDaysPastDue: 2 },
    when: { hasGuarantor: true },
  },
];

beforeAll(async () => {
  platform = await CollectionsPlatform.start();
  [sold, lost] = await Promise.all([platform.lend(63_001), platform.lend(63_002)]);
  await publish('product', 'consumer-installment', { guarantor });
  const arms = [{ arm: 'Champion', percent: 100, steps }];
  await publish('collection-strategy', 'default-ladder', { arms });
  // A publication is in force within half a minute.
  await new Promise((resolve) => setTimeout(resolve, 31_000));
  [guaranteed, acceptedAtOnce] = await Promise.all([platform.lend(63_003), platform.lend(63_004)]);
  // The reminder is out, the decisions wait for people.
  await platform.moveToDayPastDue(sold, 6);
}, 240_000);
afterAll(async () => {
  await platform.stop();
});

/** A new version of a catalog item, by two people; what was lent before keeps the terms it was lent on. */
async function publish(kind: string, id: string, change: Record<string, unknown>): Promise<void> {
  const { body } = await platform.as('administrator', 'GET', `/ops/catalog?kind=${kind}&id=${id}`);
  const [current] = body['items'] as { version: number }[];
  const version = (current?.version ?? 0) + 1;
  const drafted = await platform.as('supervisor', 'POST', '/ops/catalog/drafts', {
    body: { kind, content: { ...current, ...change, version } },
  });
  const { draftId, contentHash } = drafted.body;
  const draft = `/ops/catalog/drafts/${String(draftId)}`;
  await platform.as('supervisor', 'POST', `${draft}/submission`, { body: {} });
  const approval = { outcome: 'Approve', contentHash };
  const approved = await platform.as('administrator', 'POST', `${draft}/approval`, {
    body: approval,
  });
  expect(approved.status).toBe(200);
}

interface LoanFile {
  readonly loan: Record<string, unknown>;
  readonly entries: readonly {
    readonly entryType: string;
    readonly legs: readonly { readonly account: string; readonly amountFen: number }[];
  }[];
}

async function fileOf({ loanId }: LentLoan): Promise<LoanFile> {
  const { body } = await platform.as('auditor', 'GET', `/ops/loans/${loanId}/file`);
  return body as unknown as LoanFile;
}

function balanceIn({ entries }: LoanFile, account: string): number {
  return entries
    .flatMap(({ legs }) => legs)
    .filter((leg) => leg.account === account)
    .reduce((sum, { amountFen }) => sum + amountFen, 0);
}

const told = async ({ mobile }: LentLoan, template: string): Promise<number> => {
  const { body } = await platform.send('GET', '/sandbox/sms/books');
  const masked = `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
  const messages = body['messages'] as { template: string; to: string }[];
  return messages.filter((each) => each.to === masked && each.template === template).length;
};

describe('the end of the ladder', () => {
  it('claims from the guarantor, whose money gives it the claim on the borrower', async () => {
    const caseId = await platform.caseIdOf(guaranteed);
    expect((await platform.caseOf(caseId))['loans']).toMatchObject([{ hasGuarantor: true }]);
    const task = await platform.taskOf('ApproveCompensation', caseId);
    // The guarantor says that the claim has come, and only later what it makes of it.
    await platform.send('PUT', '/sandbox/guarantor/conduct', { body: { answer: 'Later' } });
    expect((await platform.decide('collector', task, 'Approve')).status).toBe(403);
    expect((await platform.decide('supervisor', task, 'Approve')).status).toBe(200);
    const claim = await platform.until(async () => {
      const { body } = await platform.send('GET', '/sandbox/guarantor/books');
      return (body['claims'] as { reference: string; amountFen: number; outcome: string }[])[0];
    }, 'the claim to reach the guarantor');
    expect(claim.outcome).toBe('Received');
    const decision = `/sandbox/guarantor/claims/${encodeURIComponent(claim.reference)}/decision`;
    await platform.send('POST', decision, { body: { outcome: 'Accepted' } });
    await platform.until(async () => {
      const { loan } = await fileOf(guaranteed);
      const { status } = loan['compensation'] as { status: string };
      return status === 'Accepted' ? true : undefined;
    }, 'the loan to know what the guarantor said');
    await platform.send('PUT', '/sandbox/guarantor/conduct', { body: { answer: 'Accept' } });
    const other = await platform.caseIdOf(acceptedAtOnce);
    const otherTask = await platform.taskOf('ApproveCompensation', other);
    expect((await platform.decide('supervisor', otherTask, 'Approve')).status).toBe(200);
    await platform.until(async () => {
      const { loan } = await fileOf(acceptedAtOnce);
      const { status } = (loan['compensation'] ?? {}) as { status?: string };
      return status === 'Accepted' ? true : undefined;
    }, 'a claim to be accepted at once');
    expect((await platform.caseOf(caseId))['status']).toBe('Open');
    await platform.moveToDayPastDue(sold, 8);
    const closed = await platform.caseWhen(caseId, ({ status }) => status === 'Closed');
    expect(closed).toMatchObject({ closedBecause: 'Compensated' });
    const file = await fileOf(guaranteed);
    expect(file.loan).toMatchObject({ status: 'Active', compensation: { status: 'Paid' } });
    expect(balanceIn(file, 'funder:zhudai-lending:principal')).toBe(0);
    expect(balanceIn(file, 'funder:zhudai-lending:compensated')).toBe(-claim.amountFen);
    expect(balanceIn(file, 'funder:zhubao-guarantee:principal')).toBe(
      -balanceIn(file, 'borrower:principal'),
    );
    expect(await told(guaranteed, 'CLAIM_ZH')).toBe(1);
  }, 90_000);

  it('hands a claim to the buyer the lender names, and goes on when nobody agrees', async () => {
    const soldId = await platform.caseIdOf(sold);
    const lostId = await platform.caseIdOf(lost);
    const sale = await platform.taskOf('ApproveTransfer', soldId);
    expect((await platform.decide('supervisor', sale, 'Approve')).status).toBe(200);
    const closed = await platform.caseWhen(soldId, ({ status }) => status === 'Closed');
    expect(closed).toMatchObject({ closedBecause: 'Transferred' });
    const file = await fileOf(sold);
    expect(file.loan).toMatchObject({ status: 'Active', transfer: { buyerId: 'huading-assets' } });
    expect(file.loan['actOn']).toBeUndefined();
    expect(balanceIn(file, 'funder:huading-assets:principal')).toBe(
      -balanceIn(file, 'borrower:principal'),
    );
    const refused = await platform.taskOf('ApproveTransfer', lostId);
    expect((await platform.decide('supervisor', refused, 'Reject')).status).toBe(200);
    expect((await platform.caseOf(lostId))['status']).toBe('Open');
    await platform.until(
      async () => ((await told(sold, 'CLAIM_ZH')) === 1 ? true : undefined),
      'the borrower to be told',
    );
  }, 90_000);

  it('gives a loan up through servicing when two people agree, and collects nothing after', async () => {
    await platform.moveToDayPastDue(lost, 10);
    const caseId = await platform.caseIdOf(lost);
    const first = await platform.taskOf('ApproveWriteOff', caseId);
    expect((await platform.decide('supervisor', first, 'Approve')).status).toBe(200);
    expect((await platform.caseOf(caseId))['status']).toBe('Open');
    expect((await platform.decide('supervisor', first, 'Approve')).status).toBe(403);
    expect((await platform.decide('operator-demo', first, 'Approve')).status).toBe(200);
    const closed = await platform.caseWhen(caseId, ({ status }) => status === 'Closed');
    expect(closed).toMatchObject({ closedBecause: 'WrittenOff' });
    expect((await fileOf(lost)).loan).toMatchObject({ status: 'WrittenOff' });
    const reminders = await Promise.all(
      [sold, lost, guaranteed].map((each) => platform.remindersOf(each)),
    );
    await platform.moveToDayPastDue(lost, 45);
    const later = await Promise.all(
      [sold, lost, guaranteed].map((each) => platform.remindersOf(each)),
    );
    expect(later).toEqual(reminders);
  }, 90_000);

  it('gives what the borrower still pays to whoever has the claim, and takes no case up for it', async () => {
    const holders = [
      [guaranteed, 'zhubao-guarantee'],
      [sold, 'huading-assets'],
    ] as const;
    for (const [loan, holder] of holders) {
      const before = (await fileOf(loan)).entries.length;
      await platform.transfer(loan, 5_000, `late-${holder}`);
      const entry = await platform.until(
        async () => (await fileOf(loan)).entries.at(before),
        'the money to be booked',
      );
      const owners = entry.legs.flatMap(
        ({ account }) => /^funder:([^:]+):/.exec(account)?.[1] ?? [],
      );
      expect([entry.entryType, new Set(owners)]).toEqual(['Payment', new Set([holder])]);
      const { body } = await platform.as('collector', 'GET', '/ops/cases?lenderId=zhudai-lending');
      expect(JSON.stringify(body)).not.toContain(loan.loanId);
    }
  });

  it('leaves the books of all of them true', async () => {
    const { loan } = await fileOf(sold);
    const audit = await platform.as('auditor', 'GET', `/ops/audit/${String(loan['loanId'])}`);
    const events = (audit.body['items'] as { event: { type: string } }[]).map(
      ({ event }) => event.type,
    );
    expect(events).toContain('LoanTransferred');
    for (const each of [sold, lost, guaranteed]) {
      const file = await fileOf(each);
      for (const { legs } of file.entries)
        expect(legs.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(0);
    }
  });
});
