import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, businessDateOf } from '#domain/shared/calendar.ts';
import { handler as getLoan } from '#functions/partner-api/get-loan.ts';
import { handler as getLoanSchedule } from '#functions/partner-api/get-loan-schedule.ts';
import { handler as listPayments } from '#functions/partner-api/list-payments.ts';
import { handler as quotePayoff } from '#functions/partner-api/quote-payoff.ts';
import { handler as reportPayment } from '#functions/partner-api/report-payment.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoReceipts } from '#platform/repositories/receipts.ts';
import { now } from '#platform/time.ts';
import { receiptIdOf } from '#domain/shared/ids.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { storedLoan } from '#test/support/stored-loan.ts';

const demo = { partnerId: 'demo-partner' };
const other = { partnerId: 'other-partner' };

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(async () => {
  await world.stop();
});

const today = businessDateOf(now().getTime());
/** Paid out so that the first installment is due today or was a few days ago. */
const disbursedOn = addDays(today, -31);

async function aLoan() {
  const { loan } = await storedLoan(world.documents, { disbursedOn });
  return { loanId: loan.loanId, on: { as: demo, parameters: { loanId: loan.loanId } } };
}

let number = 0;
const payment = (overrides: Record<string, unknown> = {}) => ({
  amountFen: 2_631_90,
  valueDate: today,
  reference: `R-${(number += 1)}`,
  ...overrides,
});

describe('reportPayment', () => {
  it('posts the money and says what it paid', async () => {
    const { loanId, on } = await aLoan();
    const answer = await send(reportPayment, { ...on, body: payment() });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      loanId,
      status: 'Active',
      payment: {
        channel: 'Partner',
        isReversed: false,
        allocation: { interestFen: 240_00, creditFen: 0 },
      },
    });
    const account = (await send(getLoan, on)).body['account'];
    expect(account).toMatchObject({ paid: { interestFen: 240_00 }, daysPastDue: 0 });
    const { rows } = (await send(getLoanSchedule, on)).body as { rows: { state: string }[] };
    expect(rows[0]).toMatchObject({ openFen: expect.any(Number) as number });
    expect(rows[1]).toMatchObject({ state: 'ToCome' });
    const listed = (await send(listPayments, on)).body['items'];
    expect(listed).toMatchObject([{ amountFen: 2_631_90, valueDate: today }]);
  });

  it('gives the first answer again to the same request, and posts nothing more', async () => {
    const { loanId, on } = await aLoan();
    const body = payment();
    const first = await send(reportPayment, { ...on, body, key: 'same' });
    const second = await send(reportPayment, { ...on, body, key: 'same' });
    expect(second.status).toBe(201);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.body['payment']).toEqual(first.body['payment']);
    const other = await send(reportPayment, { ...on, body: payment(), key: 'same' });
    expect(other).toMatchObject({ status: 422, body: { code: 'IdempotencyKeyReused' } });
    expect((await filesOf().find(loanId))?.payments).toHaveLength(1);
  });

  it('knows the same money under another key, and refuses it with another amount', async () => {
    const { loanId, on } = await aLoan();
    const body = payment();
    await send(reportPayment, { ...on, body });
    const again = await send(reportPayment, { ...on, body });
    expect(again.headers['idempotency-replayed']).toBe('true');
    const more = await send(reportPayment, { ...on, body: { ...body, amountFen: 1 } });
    expect(more).toMatchObject({ status: 409, body: { code: 'InvalidTransition' } });
    const elsewhere = await send(reportPayment, { ...(await aLoan()).on, body });
    expect(elsewhere).toMatchObject({ status: 409, body: { code: 'InvalidTransition' } });
    expect((await filesOf().find(loanId))?.payments).toHaveLength(1);
    const receipt = await new DynamoReceipts(world.documents, 'Receipts').find(
      receiptIdOf(body.reference),
    );
    expect(receipt).toMatchObject({ state: 'Posted', loanId, reportedBy: 'partner:demo-partner' });
    expect(receipt).not.toHaveProperty('confirmedAt');
  });

  it.each([
    ['an amount of nothing', { amountFen: 0 }],
    ['a fraction of a fen', { amountFen: 1.5 }],
    ['a date that is none', { valueDate: '2026-02-30' }],
    ['a date to come', { valueDate: addDays(today, 1) }],
    ['a date before the payout', { valueDate: addDays(disbursedOn, -1) }],
    ['a reference that is none', { reference: ' ' }],
    ['a field nobody knows', { surprise: true }],
  ])('refuses %s and changes nothing', async (_, wrong) => {
    const { loanId, on } = await aLoan();
    const before = await filesOf().find(loanId);
    const answer = await send(reportPayment, { ...on, body: payment(wrong) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidInput' } });
    expect(await filesOf().find(loanId)).toEqual(before);
  });

  it('answers a foreign loan exactly as an unknown one', async () => {
    const { loanId } = await aLoan();
    for (const handler of [getLoan, getLoanSchedule, listPayments]) {
      const foreign = await send(handler, { as: other, parameters: { loanId } });
      const unknown = await send(handler, {
        as: other,
        parameters: { loanId: 'loan_00000000000000000000000000' },
      });
      expect(foreign.text).toBe(unknown.text);
      expect(foreign.status).toBe(404);
    }
    const foreign = await send(reportPayment, {
      as: other,
      parameters: { loanId },
      body: payment(),
    });
    expect(foreign.status).toBe(404);
  });
});

describe('quotePayoff', () => {
  it('says to the fen what settles the loan, until the day it says', async () => {
    const { on } = await aLoan();
    const quote = (await send(quotePayoff, { ...on, body: { payOn: today } })).body as {
      items: Record<string, number>;
      totalFen: number;
    };
    expect(quote).toMatchObject({ payOn: today, validUntil: today });
    expect(Object.values(quote.items).reduce((sum, fen) => sum + fen, 0)).toBe(quote.totalFen);
    const short = await aLoan();
    const less = payment({ amountFen: quote.totalFen - 1 });
    expect((await send(reportPayment, { ...short.on, body: less })).body['status']).toBe('Active');
    const all = payment({ amountFen: quote.totalFen });
    expect((await send(reportPayment, { ...on, body: all })).body['status']).toBe('Settled');
    const after = await send(quotePayoff, { ...on, body: { payOn: today } });
    expect(after).toMatchObject({ status: 409, body: { code: 'InvalidTransition' } });
  });

  it.each([addDays(today, -1), addDays(today, 32)])('refuses to quote for %s', async (payOn) => {
    const { on } = await aLoan();
    expect(await send(quotePayoff, { ...on, body: { payOn } })).toMatchObject({ status: 400 });
  });
});

const filesOf = () => new DynamoLoanFiles(world.documents, 'Loans', 'Receipts');
