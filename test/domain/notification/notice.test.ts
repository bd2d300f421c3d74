import { describe, expect, it } from 'vitest';
import {
  calledInstead,
  isToSend,
  isUseless,
  markExpired,
  markFailed,
  markReported,
  markSent,
  Notice,
  noticeOfReference,
  referenceOf,
  sendAgain,
  waitingMessage,
  waitingNews,
  type Message,
} from '../../../domain/notification/notice.ts';
import { applicationIdOf, loanIdOf } from '../../../domain/shared/ids.ts';

const quiet = { from: '22:00', to: '08:00' };
const applicationId = applicationIdOf('demo-partner', 'P-1');
const to = { loanId: loanIdOf(applicationId), applicationId, partnerId: 'demo-partner' };
const noon = '2026-12-01T04:00:00.000Z';
const night = '2026-12-01T15:00:00.000Z';
const morning = '2026-12-02T00:00:00.000Z';

const message = (at = noon): Message =>
  waitingMessage(
    {
      kind: 'InstallmentReminder',
      key: '2026-12-03.1',
      values: { amount: '1.00' },
      usefulUntil: '2026-12-03',
    },
    to,
    { at, quiet },
  );

describe('a notice', () => {
  it('is sent at once by day and held until morning by night', () => {
    expect(message(noon).sendAt).toBe(noon);
    expect(message(night).sendAt).toBe(morning);
  });

  it('fits its schema in every state', () => {
    const sent = markSent(message(), { at: noon, messageId: 'm', language: 'zh' });
    for (const each of [message(), sent, markExpired(message())])
      expect(Notice.parse(each)).toEqual(each);
  });

  it('goes to the partner at night as well', () => {
    const news = waitingNews({ a: 1 }, to, { key: 'LoanOverdue.v3', at: night });
    expect(isToSend(news, { at: night, quiet })).toBe(true);
  });

  it('is not sent when a late schedule comes in the quiet hours', () => {
    expect(isToSend(message(noon), { at: night, quiet })).toBe(false);
    expect(isToSend(message(noon), { at: morning, quiet })).toBe(true);
  });

  it('leaves the waiting index with everything that ends its waiting', () => {
    for (const done of [markSent(message(), { at: noon }), markExpired(message())])
      expect([done.sendAt, done.waitingShard, done.version]).toEqual([undefined, undefined, 2]);
  });

  it('is of use on its last day and no longer', () => {
    expect(isUseless(message(), '2026-12-03T15:59:59.999Z')).toBe(false);
    expect(isUseless(message(), '2026-12-03T16:00:00.000Z')).toBe(true);
  });

  it('waits longer after each failure, never into the night, and is parked after the eighth', () => {
    const fail = (notice: Message): Message =>
      markFailed(notice, { at: notice.sendAt ?? '', because: 'down', quiet });
    const waits: (string | undefined)[] = [];
    let notice = message();
    while (notice.status === 'Waiting') {
      notice = fail(notice);
      waits.push(notice.sendAt);
    }
    expect(waits).toEqual([
      '2026-12-01T04:00:05.000Z',
      '2026-12-01T04:05:05.000Z',
      '2026-12-01T04:35:05.000Z',
      '2026-12-01T06:35:05.000Z',
      '2026-12-01T11:35:05.000Z',
      // Ten hours on it would be night.
      '2026-12-02T00:00:00.000Z',
      '2026-12-03T00:00:00.000Z',
      undefined,
    ]);
    expect(notice).toMatchObject({ status: 'Parked', attempts: 8, lastFault: 'down' });
  });

  it('takes a report once, lets a delivery stand, and knows a later one', () => {
    const sent = markSent(message(), { at: noon });
    const lost = markReported(sent, { status: 'Undelivered', at: noon });
    expect(lost).toMatchObject({ status: 'Undelivered', version: 3 });
    expect(lost && markReported(lost, { status: 'Undelivered', at: noon })).toBeUndefined();
    const arrived = lost && markReported(lost, { status: 'Delivered', at: noon });
    expect(arrived).toMatchObject({ status: 'Delivered', version: 4 });
    expect(arrived && markReported(arrived, { status: 'Undelivered', at: noon })).toBeUndefined();
    expect(markReported(message(), { status: 'Delivered', at: noon })).toBeUndefined();
  });

  it('is sent again under another reference, and only when it is given up or did not arrive', () => {
    const parked: Notice = { ...message(), status: 'Parked' };
    const again = sendAgain(parked, { at: night, quiet });
    expect(again).toMatchObject({ status: 'Waiting', round: 2, attempts: 0, sendAt: morning });
    expect(again && referenceOf(again)).not.toBe(referenceOf(parked));
    expect(sendAgain(markSent(message(), { at: noon }), { at: noon, quiet })).toBeUndefined();
  });

  it('is found again by its reference, and nothing else is', () => {
    const { loanId, noticeId } = message();
    expect(noticeOfReference(referenceOf(message()))).toEqual({ loanId, noticeId });
    for (const strange of ['app_1:Disbursed', '', 'loan_x/y/1', `${loanId}/a`, `${loanId}/a/1/2`])
      expect(noticeOfReference(strange)).toBeUndefined();
  });

  it('becomes a call of its own when the text did not arrive', () => {
    const call = calledInstead(message(), noon);
    expect(call).toMatchObject({
      channel: 'Voice',
      noticeId: 'InstallmentReminder.2026-12-03.1.Voice',
      status: 'Waiting',
      usefulUntil: '2026-12-03',
    });
  });
});
