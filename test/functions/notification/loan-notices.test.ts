import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageSender } from '#domain/applications/provider-ports.ts';
import { Partner } from '#domain/catalog/partner.ts';
import type { LoanEventFacts } from '#domain/notification/loan-notices.ts';
import type { Notice } from '#domain/notification/notice.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { runMessageCallback } from '#functions/callbacks/message-callback.ts';
import { runNotifyLoan } from '#functions/notification/notify-loan.ts';
import { runSendWaitingNotices } from '#functions/notification/send-waiting-notices.ts';
import { InMemoryNotices } from '#test/support/in-memory-notices.ts';
import { goodApplicant, OriginationWorld } from '../origination/origination-world.ts';

type Sent = Parameters<MessageSender['send']>[0];

let world: OriginationWorld;
let notices: InMemoryNotices;
let loanId: string;
let sent: Sent[];
let isDown: boolean;

const dependencies = () => ({ ...world.dependencies(), notices });
const facts = (more: Partial<LoanEventFacts> = {}): LoanEventFacts => ({
  loanId,
  version: 9,
  at: world.now().toISOString(),
  amountFen: 264_321,
  valueDate: '2026-12-24',
  ...more,
});
const happens = (eventType: string, more: Partial<LoanEventFacts> = {}) =>
  runNotifyLoan(facts(more), dependencies(), { eventType });
const all = async (): Promise<readonly Notice[]> =>
  (await notices.listByLoan(loanId, { limit: 100 })).items;
const theMessage = async () => (await all()).find(({ channel }) => channel === 'Sms');
const reminder = { dueOn: '2026-11-27', daysBefore: 3, amountFen: 100_00 };

/** Moves the clock and lets the schedule of every five minutes run. */
const later = async (ms: number): Promise<void> => {
  await world.clock.advanceTo(world.clock.now() + ms, () => Promise.resolve());
  await runSendWaitingNotices({}, dependencies());
};
const HOUR = 3_600_000;

beforeEach(async () => {
  sent = [];
  isDown = false;
  notices = new InMemoryNotices();
  world = await OriginationWorld.start((outside) => {
    const friendly = outside.webhook;
    outside.message = (message) => {
      if (isDown) return Promise.reject(new Unavailable('the message provider is down'));
      sent.push(message);
      return Promise.resolve({ messageId: `m${sent.length}` });
    };
    outside.webhook = (message) =>
      isDown ? Promise.reject(new Unavailable('the webhook is down')) : friendly(message);
  });
  const applicationId = await world.apply({ applicant: goodApplicant });
  await world.sign(applicationId);
  loanId = loanIdOf(applicationId);
  sent = [];
  world.webhooks.length = 0;
  const partner = await world.catalog.find({ kind: 'partner', id: 'demo-partner' }, Partner);
  const item = { ...partner, version: 1, webhookUrl: 'https://partner.example/webhooks' };
  world.catalog.put('partner', { ...item, idVersion: 'demo-partner#0001' });
});
afterEach(() => {
  world.stop();
});

describe('notices of a loan', () => {
  it('tell the borrower by text, in Chinese, at the number that is sealed', async () => {
    expect(await happens('PaymentPosted')).toMatchObject({ sent: 2 });
    expect(sent).toEqual([
      {
        to: goodApplicant.mobile,
        channel: 'Sms',
        template: 'PAYMENT_ZH',
        parameters: expect.objectContaining({ amount: '2,643.21', paidOn: '2026-12-24' }),
        reference: `${loanId}/PaymentReceived.v9.Sms/1`,
      },
    ]);
    const notice = await theMessage();
    expect(JSON.stringify(notice)).not.toContain(goodApplicant.mobile);
  });

  it('are told once when the event comes twice, also at the same moment', async () => {
    await Promise.all([happens('PaymentPosted'), happens('PaymentPosted')]);
    await happens('PaymentPosted');
    expect(sent).toHaveLength(1);
  });

  it('tell the borrower once of an installment the bank refuses on two days, the partner of each try', async () => {
    const refused = { amountFen: 100, dueOn: '2026-12-24', record: 'debit#2026-12-24' };
    for (const version of [3, 6, 6]) await happens('DebitRefused', { ...refused, version });
    await happens('DebitRefused', { ...refused, record: 'debit#2027-01-24', version: 3 });
    expect(sent.map(({ template }) => template)).toEqual(['DEBIT_FAILED_ZH']);
    expect(world.webhooks.map(({ messageId }) => messageId)).toEqual([
      `${loanId}-DebitRefused.debit#2026-12-24.v3.Webhook-1`,
      `${loanId}-DebitRefused.debit#2026-12-24.v6.Webhook-1`,
      `${loanId}-DebitRefused.debit#2027-01-24.v3.Webhook-1`,
    ]);
  });

  it('tell the partner as signed news without a word about the person', async () => {
    await happens('LoanOverdue', { overdueFen: 100 });
    const [news] = world.webhooks;
    const body = JSON.parse(news?.body ?? '{}') as unknown;
    expect(body).toMatchObject({ type: 'loan.overdue', data: { loanId, overdueFen: 100 } });
    expect(news?.messageId).toBe(`${loanId}-LoanOverdue.v9.Webhook-1`);
  });

  it('survive an outage: kept, tried again, and sent once the provider is back', async () => {
    isDown = true;
    expect(await happens('PaymentPosted')).toEqual({ added: 2, sent: 0 });
    await later(6_000);
    expect((await all()).map(({ attempts }) => attempts)).toEqual([2, 2]);
    isDown = false;
    await later(HOUR);
    expect((await all()).map(({ status }) => status)).toEqual(['Sent', 'Sent']);
    expect(sent).toHaveLength(1);
  });

  it('wait for the morning when the event comes at night', async () => {
    await world.clock.advanceTo(Date.parse('2026-11-24T14:30:00Z'), () => Promise.resolve());
    await happens('LoanCured');
    await later(HOUR);
    expect(sent).toEqual([]);
    await later(8 * HOUR);
    await later(30 * 60_000);
    expect(sent).toHaveLength(1);
  });

  it('remind nobody of a date that has passed while the provider was down', async () => {
    isDown = true;
    await happens('LoanDayClosed', { reminders: [reminder] });
    isDown = false;
    await later(4 * 24 * HOUR);
    expect(sent).toEqual([]);
    expect((await all()).map(({ status }) => status)).toEqual(['Expired']);
  });

  it('are parked after a day and more of failing, and stop nobody else', async () => {
    isDown = true;
    await happens('PaymentPosted');
    for (let day = 0; day < 12; day += 1) await later(26 * HOUR);
    expect((await all()).map(({ status }) => status)).toEqual(['Parked', 'Parked']);
    isDown = false;
    await later(HOUR);
    expect(sent).toEqual([]);
  });
});

describe('reports of the message provider', () => {
  const report = (status: 'Delivered' | 'Undelivered', reference = sent.at(-1)?.reference ?? '') =>
    runMessageCallback(
      { messageId: 'm1', reference, status, at: world.now().toISOString() },
      dependencies(),
    );

  it('note what arrived, twice as well as once', async () => {
    await happens('PaymentPosted');
    expect([await report('Delivered'), await report('Delivered')]).toEqual([
      'Accepted',
      'Accepted',
    ]);
    expect(await theMessage()).toMatchObject({ status: 'Delivered', version: 3 });
  });

  it('have the borrower called when a reminder did not arrive, once, and never again after that', async () => {
    await happens('LoanDayClosed', { reminders: [reminder] });
    await Promise.all([report('Undelivered'), report('Undelivered')]);
    await later(60_000);
    expect(sent.map(({ channel }) => channel)).toEqual(['Sms', 'Voice']);
    await report('Undelivered');
    await later(HOUR);
    expect(sent).toHaveLength(2);
  });

  it('call nobody for news that can wait', async () => {
    await happens('PaymentPosted');
    await report('Undelivered');
    await later(HOUR);
    expect(sent).toHaveLength(1);
  });

  it('are asked for again when they come before our own note, and unknown when they are about nothing', async () => {
    isDown = true;
    await happens('PaymentPosted');
    expect(await report('Delivered', `${loanId}/PaymentReceived.v9.Sms/1`)).toBe('TooEarly');
    expect(await report('Delivered', `${loanId}/Nothing/1`)).toBe('Unknown');
    expect(await report('Delivered', 'app_x:Disbursed')).toBe('Accepted');
  });
});
