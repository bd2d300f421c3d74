import { parseRate } from '../lending/annual-rate.ts';
import { quote } from '../lending/quote.ts';
import { loanTermsOf } from '../loans/loan-terms.ts';
import { multiplyRounded } from '../shared/money.ts';
import type { DecisionRecord } from '../underwriting/decision-record.ts';

const WHOLE = 10_000;

/**
 * What a loan as offered would bring: its interest less what the money costs and what loans of its grade lose. Undefined
 * without an offer or a known cost of funds. A yardstick for whom to look after first, not an account.
 */
export function estimateValueFen({
  decided,
  inputs,
}: Pick<DecisionRecord, 'decided' | 'inputs'>): number | undefined {
  const { offer, expectedLossFen } = decided;
  const costBasisPoints = inputs.facts['funderCostBasisPoints'];
  if (offer === undefined || typeof costBasisPoints !== 'number') return undefined;
  const loan = { ...offer, principalFen: offer.amountFen };
  const product = { fees: [], accrual: 'Thirty360' as const };
  const { interestFen } = quote(loanTermsOf(loan, product, inputs.date)).totals;
  const { numerator, denominator } = parseRate(offer.annualRate);
  if (numerator === 0) return -expectedLossFen;
  // Interest and the cost of the money run on the same balances: the cost is the same part of both rates.
  const costFen = multiplyRounded(
    interestFen,
    { numerator: costBasisPoints * denominator, denominator: numerator * WHOLE },
    'HalfUp',
  );
  return interestFen - costFen - expectedLossFen;
}
