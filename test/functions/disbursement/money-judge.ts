import { payoutRefOf } from '#domain/shared/ids.ts';
import type { MoneyRun } from './money-run.ts';
import { AMOUNT_FEN, type MoneyWorld } from './money-world.ts';

/** What is wrong with a finished run, judged by the bank's books first and by ours against them; empty when nothing is. */
export async function faultsOf(
  run: MoneyRun,
  world: MoneyWorld,
  ended: 'Paid' | 'GivenUp',
): Promise<string[]> {
  const { bank, loanId, applicationId, dependencies } = world;
  const { payments } = bank;
  const loan = await dependencies.loans.find(loanId);
  const entries = await dependencies.loans.listEntries(loanId);
  const application = await dependencies.applications.find(applicationId);
  const faults: string[] = [];
  const expect = (isRight: boolean, fault: string): void => {
    if (!isRight) faults.push(fault);
  };
  expect(payments.length <= 1, `I4: the bank paid ${payments.length} times`);
  expect(
    payments.every(({ amountFen }) => amountFen === AMOUNT_FEN),
    'I3: the bank paid another amount than the principal',
  );
  const isActive = loan?.status === 'Active';
  expect(
    isActive || loan?.status === 'PayFailed',
    `I12: the loan ends ${loan?.status ?? 'missing'}`,
  );
  expect(isActive === (ended === 'Paid'), `the loan is ${loan?.status} although it was ${ended}`);
  expect(
    payments.length === (isActive ? 1 : 0),
    `I4: ${payments.length} payments, loan ${loan?.status}`,
  );
  expect(
    application?.status === (isActive ? 'Disbursing' : 'PayoutFailed'),
    `the application is ${application?.status}`,
  );
  expect(entries.length === (isActive ? 1 : 0), `I1: ${entries.length} journal entries`);
  const sum = entries.flatMap(({ legs }) => legs).reduce((total, leg) => total + leg.amountFen, 0);
  expect(sum === 0, `I1: the journal sums to ${sum}`);
  const schedule = await dependencies.loans.findSchedule(loanId, 1);
  expect((schedule !== undefined) === isActive, 'the schedule does not go with the loan');
  for (let number = 1; number <= (loan?.payoutNumber ?? 0); number += 1) {
    const payout = await dependencies.money.findPayout(payoutRefOf(loanId, number));
    const isLast = number === loan?.payoutNumber;
    const state = isLast && isActive ? 'Paid' : 'Refused';
    expect(payout?.state === state, `payout ${number} is ${payout?.state ?? 'gone'}, not ${state}`);
  }
  return faults;
}
