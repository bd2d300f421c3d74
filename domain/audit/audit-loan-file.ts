import { balancesOf, type Balances } from '../servicing/journal-legs.ts';
import { accountOf, servicedLoanOf, type LoanFile } from '../servicing/loan-file.ts';
import { claimHoldersOf } from '../servicing/claim-holders.ts';
import { accounts, type FunderAccount } from '../servicing/chart-of-accounts.ts';
import { Component } from '../lending/servicing/service-policy.ts';
import { positionOf, type Position } from '../servicing/position.ts';
import { paymentIdOf } from '../shared/ids.ts';
import type { AuditFinding, Invariant } from './finding.ts';

type Finding = readonly [invariant: Invariant, because: string];

/**
 * Judges one loan by itself: its journal against zero, its shares against its principal, and everything stored against
 * what its payments and changes, played again in value-date order, come to on a date.
 */
export function auditLoanFile(file: LoanFile, asOf: string): AuditFinding[] {
  const findings = [
    ...fractions(file),
    ...entriesOf(file),
    ...shares(file),
    ...payments(file),
    ...replayed(file, asOf),
  ];
  const { loanId: subjectId } = file.loan;
  return findings.map(([invariant, because]) => ({ invariant, subjectId, because }));
}

/** Every amount stored anywhere in the loan's collection is a whole number of fen. */
function fractions(file: LoanFile): Finding[] {
  const wrong: Finding[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value === 'number' && path.endsWith('Fen') && !Number.isSafeInteger(value))
      wrong.push(['I2', `${path} is ${value}`]);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) look(member, `${path}.${key}`);
  };
  look(file, 'loan');
  return wrong;
}

function entriesOf({ loan, entries }: LoanFile): Finding[] {
  const unbalanced = entries.flatMap(({ record, legs }): Finding[] => {
    const fen = legs.reduce((sum, leg) => sum + leg.amountFen, 0);
    return fen === 0 ? [] : [['I1', `${record} sums to ${fen}`]];
  });
  const missing: Finding[] =
    entries.length === loan.entrySequence
      ? []
      : [['I1', `${entries.length} entries, but the loan counts ${loan.entrySequence}`]];
  return [...unbalanced, ...missing];
}

function shares({ loan, entries }: LoanFile): Finding[] {
  const { principalFen, participations } = loan;
  const sharesFen = participations.reduce((sum, { shareFen }) => sum + shareFen, 0);
  const findings: Finding[] = [];
  if (sharesFen !== principalFen)
    findings.push(['I3', `the shares sum to ${sharesFen}, not ${principalFen}`]);
  const disbursed = balancesOf(entries.filter(({ entryType }) => entryType === 'Disbursement'));
  for (const { funderId, shareFen } of participations) {
    const gaveFen = -(disbursed.get(accounts.funder(funderId, 'principal')) ?? 0);
    if (gaveFen !== shareFen)
      findings.push(['I8', `${funderId} gave ${gaveFen} of its share of ${shareFen}`]);
  }
  return findings;
}

function payments({ loan, payments, changes }: LoanFile): Finding[] {
  const findings: Finding[] = [];
  const references = payments.map(({ reference }) => reference);
  if (new Set(references).size < references.length)
    findings.push(['I6', 'the same money was posted twice']);
  for (const { record, reference, loanEvent } of payments)
    if (record !== `payment#${paymentIdOf(reference)}` || loanEvent.id !== paymentIdOf(reference))
      findings.push(['I6', `${record} is not the payment of its reference`]);
  const sequences = [...payments, ...changes].map(({ sequence }) => sequence).toSorted(ascending);
  if (sequences.some((sequence, index) => sequence !== index + 1))
    findings.push(['I10', 'the events of the loan are not numbered without gaps']);
  if (sequences.length !== loan.eventSequence)
    findings.push(['I10', `${sequences.length} events, but the loan counts ${loan.eventSequence}`]);
  return findings;
}

/** Plays the loan again and compares what the loan and its journal say with what comes out. */
function replayed(file: LoanFile, asOf: string): Finding[] {
  const { loan, entries, agreement } = file;
  const account = accountOf(file, asOf);
  const receivedFen = servicedLoanOf(file).events.reduce(
    (sum, event) => (event.kind === 'Payment' ? sum + event.amountFen : sum),
    0,
  );
  const position = positionOf(account, { terms: agreement.terms, receivedFen });
  const negative = account.rows.some(({ due, paid }) =>
    Component.options.some((part) => paid[part] < 0 || paid[part] > due[part]),
  );
  const outstandingFen = loan.principalFen - position.paid.Principal - position.writtenOffFen;
  return [
    ...differs('I5', 'paid beyond what was due, or below nothing', [Number(negative), 0]),
    ...differs('I5', 'outstanding principal', [loan.outstandingPrincipalFen, outstandingFen]),
    ...differs('I5', 'outstanding principal below nothing', [Number(outstandingFen < 0), 0]),
    ...differs('I5', 'credit', [loan.creditFen, position.creditFen - loan.refundedFen]),
    ...(loan.status === account.status
      ? []
      : [['I7', `the loan is ${loan.status}, its events make it ${account.status}`] as const]),
    ...journal(balancesOf(entries), { file, position, outstandingFen, receivedFen }),
  ];
}

function journal(
  balances: Balances,
  {
    file: { loan },
    position,
    outstandingFen,
    receivedFen,
  }: {
    readonly file: LoanFile;
    readonly position: Position;
    readonly outstandingFen: number;
    readonly receivedFen: number;
  },
): Finding[] {
  const of = (account: string) => balances.get(account) ?? 0;
  const holderIds = [...loan.participations, ...claimHoldersOf(loan)]
    .map(({ funderId }) => funderId)
    .filter((funderId, index, all) => all.indexOf(funderId) === index);
  const compensatedFen = loan.compensation?.status === 'Paid' ? loan.compensation.amountFen : 0;
  const collected = (account: FunderAccount) =>
    -holderIds.reduce((sum, funderId) => sum + of(accounts.funder(funderId, account)), 0);
  const cashFen = of(accounts.bank) + of(accounts.suspense);
  const { paid } = position;
  return [
    ...differs('I7', 'journal: principal owed', [of(accounts.principal), outstandingFen]),
    ...differs('I7', 'journal: money held', [
      cashFen,
      receivedFen + compensatedFen - loan.refundedFen,
    ]),
    ...differs('I7', 'journal: paid by a guarantor', [collected('compensated'), compensatedFen]),
    ...differs('I8', 'journal: claims on the principal', [collected('principal'), outstandingFen]),
    ...differs('I7', 'journal: credit', [-of(accounts.credit), loan.creditFen]),
    ...differs('I8', 'journal: principal repaid to funders', [collected('repaid'), paid.Principal]),
    ...differs('I8', 'journal: interest of funders', [collected('interest'), paid.Interest]),
    ...differs('I8', 'journal: penalty of funders', [collected('penalty'), paid.Penalty]),
  ];
}

type Pair = readonly [stored: number, expected: number];

function differs(invariant: Invariant, what: string, [stored, expected]: Pair): Finding[] {
  return stored === expected ? [] : [[invariant, `${what}: ${stored}, not ${expected}`]];
}

function ascending(a: number, b: number): number {
  return a - b;
}
