import { describe, expect, it } from 'vitest';
import { quote } from '../../../domain/lending/quote.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { fenOf, readVectors, termsOf, type PublishedLoan } from './published-terms.ts';

/** Published schedules that the terms cannot say, and why. */
const inexpressible: Record<string, string> = {
  'fx-sched-007':
    'an interest-free period whose interest is caught up later; the terms have no such grace',
  'fx-sched-043':
    'FEB_29_PERIOD_ONLY: a leap year counts 365 days outside the period of 29 February',
  'fx-sched-045':
    'FEB_29_PERIOD_ONLY: a leap year counts 365 days outside the period of 29 February',
  'fx-sched-158':
    'the legacy engine rounds flat interest once for the whole term and gives the last installment the rest',
};

const published = [
  ...readVectors<PublishedLoan>('fineract-schedules-core'),
  ...readVectors<PublishedLoan>('fineract-schedules-2026'),
];
const expressible = published.filter(({ id }) => !(id in inexpressible));

describe('published schedules', () => {
  it('covers 29 of the 33 cases', () => {
    expect(published).toHaveLength(33);
    expect(expressible).toHaveLength(29);
  });

  it.each(expressible)('reproduces $id to the fen', (loan) => {
    const answer = quote(parseTerms(termsOf(loan)));
    expect(
      answer.schedule.map((row) => [
        row.dueOn,
        row.principalFen,
        row.interestFen,
        row.totalFen,
        row.outstandingFen,
      ]),
    ).toEqual(
      loan.schedule.map((row) => [
        row.dueDate,
        fenOf(row.principal),
        fenOf(row.interest),
        fenOf(row.due),
        fenOf(row.balance),
      ]),
    );
  });

  it.each(Object.entries(inexpressible))('differs on %s, as its reason says', (id) => {
    const loan = published.find((candidate) => candidate.id === id);
    const answer = loan && quote(parseTerms(termsOf(loan)));
    expect(answer?.schedule.map((row) => row.interestFen)).not.toEqual(
      loan?.schedule.map((row) => fenOf(row.interest)),
    );
  });
});
