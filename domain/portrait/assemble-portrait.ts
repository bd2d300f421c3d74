import type { Application } from '../applications/application.ts';
import type { Loan } from '../loans/loan.ts';
import type { DecisionRecord } from '../underwriting/decision-record.ts';
import type { Conduct } from './conduct.ts';
import { estimateValueFen } from './estimate-value.ts';

/** What the platform knows of one borrower, gathered for one look. */
export interface Knowledge {
  readonly application: Pick<Application, 'applicant'>;
  readonly applications: readonly { readonly status: string; readonly submittedAt: string }[];
  readonly loans: readonly Loan[];
  readonly decision: DecisionRecord | undefined;
  readonly tasks: readonly { readonly kind: string; readonly status: string }[];
  readonly conduct: Conduct;
}

/**
 * The portrait of a borrower: who they are to the business, not who they are. Facts and figures that the platform has
 * anyway; no name, number or contact, so that operators and campaigns may work with it.
 */
export function assemblePortrait({
  application,
  applications,
  loans,
  decision,
  tasks,
  conduct,
}: Knowledge) {
  const submitted = applications.map(({ submittedAt }) => submittedAt).toSorted();
  const paidOut = loans.filter(({ disbursedOn }) => disbursedOn !== undefined);
  const facts = decision?.inputs.facts;
  const { segment, grade, score } = decision?.decided ?? {};
  return {
    kind: application.applicant.kind,
    segment,
    grade,
    score,
    facts: pick(facts, [
      'ageYears',
      'province',
      'employmentStatus',
      'statedIncomeFen',
      'monthlyIncomeFen',
    ]),
    applications: {
      count: applications.length,
      byStatus: countsOf(applications.map(({ status }) => status)),
      firstAt: submitted.at(0),
      lastAt: submitted.at(-1),
    },
    loans: {
      count: loans.length,
      byStatus: countsOf(loans.map(({ status }) => status)),
      borrowedFen: sumOf(paidOut, ({ principalFen }) => principalFen),
      outstandingPrincipalFen: sumOf(loans, (loan) => loan.outstandingPrincipalFen),
      isOverdue: loans.some(({ overdueSince }) => overdueSince !== undefined),
      worstBucket: loans
        .map(({ bucket }) => bucket)
        .toSorted()
        .at(-1),
    },
    ...conduct,
    openTasks: tasks.filter(({ status }) => status === 'Open').map(({ kind }) => kind),
    valueFen: decision === undefined ? undefined : estimateValueFen(decision),
  };
}

function pick(
  facts: Readonly<Record<string, number | boolean | string>> | undefined,
  names: readonly string[],
): Record<string, number | boolean | string> {
  return Object.fromEntries(Object.entries(facts ?? {}).filter(([name]) => names.includes(name)));
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
