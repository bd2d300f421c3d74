import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpCreditBureau } from '#platform/providers/credit-bureau.ts';
import { HttpIdentityCheck } from '#platform/providers/identity-check.ts';
import { HttpIncomeCheck } from '#platform/providers/income-check.ts';
import { bankAbilitiesOf, HttpPayoutBank } from '#platform/providers/payout-bank.ts';
import { json, startHostileProvider, type HostileProvider } from './hostile-provider.ts';

let provider: HostileProvider;
const TIMEOUT_MS = 200;
const endpoint = () => Promise.resolve({ url: provider.url, apiKey: 'key-1' });
const person = { name: '测试甲', idNumber: '990000199001010009', mobile: '19900000000' };
const instruction = {
  reference: 'REF1',
  amountFen: 30_000_00,
  payee: { name: '测试甲', accountNumber: '6200000000000005', bankCode: '999000000014' },
  remark: 'ZD-1',
};

beforeAll(async () => {
  provider = await startHostileProvider();
});
beforeEach(() => {
  provider.requests.length = 0;
});
afterAll(() => provider.stop());

const garbage: Readonly<Record<string, HostileProvider['behave']>> = {
  'a server error': json(503, { result: 'Match', checkId: 'c' }),
  'a client error': json(403, { result: 'Match', checkId: 'c' }),
  'no JSON': (_request, response) => response.end('<html>'),
  'an empty answer': (_request, response) => response.end(''),
  'a missing field': json(200, { result: 'Match' }),
  'a word it does not know': json(200, { result: 'Perhaps', checkId: 'c' }),
  'an endless answer': (_request, response) => {
    response.write('{"result":"Match","checkId":"');
    const more = setInterval(() => response.write('c'.repeat(20_000)), 1);
    response.on('close', () => {
      clearInterval(more);
    });
  },
  'a redirect': (_request, response) => {
    response.writeHead(307, { location: `${provider.url}/elsewhere` });
    response.end();
  },
  'a cut connection': (request) => request.socket.destroy(),
  silence: () => undefined,
};

describe('provider adapters', () => {
  const check = new HttpIdentityCheck(endpoint, TIMEOUT_MS);

  it('asks with the key, in JSON, and returns the answer', async () => {
    provider.behave = json(200, { result: 'Mismatch', checkId: 'check-1', extra: 'ignored' });
    expect(await check.verify(person)).toEqual({ result: 'Mismatch', checkId: 'check-1' });
    expect(provider.requests).toEqual([
      { method: 'POST', url: '/', authorization: 'Bearer key-1', body: JSON.stringify(person) },
    ]);
  });

  it.each(Object.keys(garbage))(
    'counts %s as no answer, and tells nobody what was asked',
    async (name) => {
      provider.behave = garbage[name] ?? json(500, {});
      const failed: unknown = await check.verify(person).catch((error: unknown) => error);
      expect(failed).toMatchObject({ name: 'Unavailable' });
      const told = failed instanceof Error ? `${failed.message} ${String(failed.cause)}` : '';
      expect(told).not.toContain(person.name);
      expect(told).not.toContain(person.idNumber);
      expect(provider.requests).toHaveLength(1);
    },
  );

  it('takes an income that is not told as unknown, not as zero', async () => {
    provider.behave = json(200, {
      result: 'NoRecord',
      verifiedMonthlyIncomeFen: null,
      checkId: 'c',
    });
    const income = new HttpIncomeCheck(endpoint, TIMEOUT_MS);
    const asked = { idNumber: person.idNumber, declaredMonthlyIncomeFen: 1 };
    expect((await income.verify(asked)).verifiedMonthlyIncomeFen).toBeUndefined();
  });

  it.each([
    { openLoans: -1 },
    { outstandingFen: 1.5 },
    { score: '700' },
    { obtainedAt: 'yesterday' },
  ])('does not believe a report with %j', async (change) => {
    const report = {
      reportId: 'r',
      obtainedAt: '2026-11-24T10:00:00+08:00',
      score: 700,
      openLoans: 1,
      outstandingFen: 0,
      overdueCount24Months: 0,
      currentOverdueFen: 0,
      queries3Months: 0,
    };
    const bureau = new HttpCreditBureau(endpoint, TIMEOUT_MS);
    const asked = { ...person, consentId: 'c', purpose: 'PreLoan' as const };
    provider.behave = json(200, report);
    expect(await bureau.query(asked)).toEqual(report);
    provider.behave = json(200, { ...report, ...change });
    await expect(bureau.query(asked)).rejects.toMatchObject({ name: 'Unavailable' });
  });
});

describe('HttpPayoutBank', () => {
  const bank = new HttpPayoutBank(endpoint, bankAbilitiesOf(undefined), TIMEOUT_MS);

  it.each(Object.keys(garbage))('takes %s for unknown, whether paying or asking', async (name) => {
    provider.behave = garbage[name] ?? json(500, {});
    await expect(bank.pay(instruction)).rejects.toMatchObject({ name: 'PayoutUnknown' });
    await expect(bank.query('REF1')).rejects.toMatchObject({ name: 'PayoutUnknown' });
  });

  it('never takes a refusal by status code for a refusal to pay', async () => {
    provider.behave = json(422, { status: 'Refused', reason: 'AccountClosed' });
    await expect(bank.pay(instruction)).rejects.toMatchObject({ name: 'PayoutUnknown' });
  });

  it('asks by reference, escaped, and hears that it is not found', async () => {
    provider.behave = json(404, { status: 'NotFound', isFinal: false });
    expect(await bank.query('A/B')).toEqual({ status: 'NotFound', isFinal: false });
    expect(provider.requests.at(-1)?.url).toBe('/payouts/A%2FB');
  });

  it.each([
    [undefined, true, true],
    ['ReferenceDedup', true, false],
    ['QueryByReference, ReferenceDedup', true, true],
    ['', false, false],
  ])('reads the abilities %j', (setting, supportsReferenceDedup, queryByReference) => {
    expect(bankAbilitiesOf(setting)).toEqual({ supportsReferenceDedup, queryByReference });
  });
});
