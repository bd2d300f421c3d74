import { describe, expect, it } from 'vitest';
import { interestOn, payoffOn } from '../../../../domain/lending/servicing/payoff.ts';
import { accountOn } from '../../../../domain/lending/servicing/replay.ts';
import { charge, pay, prepay, serviced, writeOff } from './serviced-loan.ts';

const first = pay('2026-02-10', 1030_00);
const payoff = (given: Parameters<typeof serviced>[0], on: string) => payoffOn(serviced(given), on);

describe('payoffOn', () => {
  it.each([
    { on: '2026-01-10', Interest: 0, Principal: 3000_00, Penalty: 0 },
    { on: '2026-01-11', Interest: 97, Principal: 3000_00, Penalty: 0 },
    // 16 of 31 days.
    { on: '2026-01-26', Interest: 15_48, Principal: 3000_00, Penalty: 0 },
    { on: '2026-02-10', Interest: 30_00, Principal: 3000_00, Penalty: 0 },
    { on: '2026-02-11', Interest: 30_71, Principal: 3000_00, Penalty: 50 },
    { on: '2026-04-11', Interest: 60_00, Principal: 3000_00, Penalty: 30_00 + 16_00 + 50 },
  ])('on $on asks for $Interest of interest', ({ on, ...owed }) => {
    expect(payoff({}, on)).toEqual({
      Cost: 0,
      Fee: 0,
      ...owed,
      totalFen: owed.Interest + owed.Principal + owed.Penalty,
    });
  });

  it.each([
    { accrual: 'Actual360', fen: 9_33 },
    { accrual: 'Actual365', fen: 9_21 },
    { accrual: 'ActualActual', fen: 9_21 },
    { accrual: 'Thirty360', fen: 10_00 },
  ])('counts 14 days on 2,000 by $accrual as $fen', ({ accrual, fen }) => {
    const interestFen = { Actual360: 31_00, Thirty360: 30_00 }[accrual] ?? 30_58;
    const events = [pay('2026-02-10', 1000_00 + interestFen)];
    expect(payoff({ terms: { accrual }, events }, '2026-02-24').Interest).toBe(fen);
  });

  it.each([
    // 16 days before the leap year at 365; then 7 of its own at 366.
    { on: '2027-12-31', fen: 15_78 },
    { on: '2028-01-07', fen: 22_67 },
  ])('splits a period at New Year where the terms do, on $on', ({ on, fen }) => {
    const terms = { accrual: 'ActualActual', disbursedOn: '2027-12-15' };
    expect(payoff({ terms }, on).Interest).toBe(fen);
  });

  it('sums to all that is asked for, charges included', () => {
    const events = [charge('2026-01-20', 7_00, 'Fee'), charge('2026-01-21', 11_00, 'Cost')];
    expect(payoff({ events }, '2026-01-26')).toMatchObject({
      Fee: 7_00,
      Cost: 11_00,
      totalFen: 3000_00 + 15_48 + 7_00 + 11_00,
    });
  });

  it('leaves fees of installments to come out, and takes charges in', () => {
    const fees = [
      { code: 'Fee', payeeRole: 'Insurer', timing: 'EachInstallment', amountFen: 5_00 },
    ];
    const events = [pay('2026-02-10', 1035_00), charge('2026-02-20', 80_00, 'Cost')];
    expect(payoff({ terms: { fees }, events }, '2026-02-24')).toEqual({
      Cost: 80_00,
      Penalty: 0,
      Fee: 0,
      Interest: 10_00,
      Principal: 2000_00,
      totalFen: 2090_00,
    });
    expect(payoff({ terms: { fees } }, '2026-02-10').Fee).toBe(5_00);
  });

  it.each([
    // 70 in advance: 20 of interest, 10 of it earned; 50 of principal.
    { inAdvance: 70_00, Interest: 0, Principal: 1940_00 },
    { inAdvance: 4_00, Interest: 6_00, Principal: 2000_00 },
    { inAdvance: 10_00, Interest: 0, Principal: 2000_00 },
    // All of both installments.
    { inAdvance: 2030_00, Interest: 0, Principal: 0 },
  ])('counts $inAdvance fen paid in advance', ({ inAdvance, Interest, Principal }) => {
    const events = [pay('2026-02-10', 1030_00 + inAdvance)];
    expect(payoff({ events }, '2026-02-24')).toMatchObject({
      Interest,
      Principal,
      totalFen: Interest + Principal,
    });
  });

  it('counts a fee paid in advance, which is not owed any more', () => {
    const fees = [
      { code: 'Fee', payeeRole: 'Insurer', timing: 'EachInstallment', amountFen: 5_00 },
    ];
    const events = [pay('2026-02-10', 1035_00 + 5_00)];
    expect(payoff({ terms: { fees }, events }, '2026-02-24')).toMatchObject({
      Fee: 0,
      Interest: 5_00,
      Principal: 2000_00,
    });
  });

  it('is what settles the loan that day, to the fen', () => {
    for (const on of ['2026-01-11', '2026-02-10', '2026-02-24', '2026-03-31', '2026-05-20']) {
      const { totalFen } = payoff({ events: [first] }, on);
      const settle = (amountFen: number) =>
        accountOn(serviced({ events: [first, prepay(on, amountFen)] }), on);
      if (on >= '2026-02-10') {
        expect(settle(totalFen)).toMatchObject({ status: 'Settled', creditFen: 0 });
        expect(settle(totalFen - 1).status).toBe('Active');
      }
    }
  });

  it('is nothing after settlement and after a write-off', () => {
    const settled = [first, prepay('2026-02-24', 2010_00)];
    expect(payoff({ events: settled }, '2026-03-10').totalFen).toBe(0);
    expect(payoff({ events: [writeOff('2026-02-24')] }, '2026-03-10').totalFen).toBe(0);
  });
});

describe('interestOn', () => {
  it('is what is due and unpaid, and the days since', () => {
    expect(interestOn(serviced(), '2026-02-24')).toBe(30_00 + 10_00);
    expect(interestOn(serviced({ events: [first] }), '2026-02-24')).toBe(10_00);
    expect(interestOn(serviced({ events: [first] }), '2026-02-10')).toBe(0);
  });

  it('rounds half a fen as the terms say, else up', () => {
    // 1 % of 2.50 is half of five fen; 5 of 10 days are 1.25.
    const given = (rounding: string) =>
      serviced({ terms: { principalFen: 250, installments: 1, rounding } });
    expect(interestOn(given('HalfEven'), '2026-02-10')).toBe(2);
    expect(interestOn(given('HalfUp'), '2026-02-10')).toBe(3);
    expect(interestOn(given('Up'), '2026-02-10')).toBe(3);
  });
});
