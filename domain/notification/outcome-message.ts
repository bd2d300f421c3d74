import type { Application } from '../applications/application.ts';
import { yuanText } from '../contracts/amount-text.ts';
import type { LoanSchedule } from '../loans/loan.ts';

export interface OutcomeMessage {
  /** Code of a template registered with the message provider: no free text leaves for a telephone. */
  readonly template: string;
  readonly parameters: Record<string, string>;
}

/** What the borrower is told when it is over. A paid loan names its first due date; nothing names the reasons of a decline. */
export function borrowerMessage(
  application: Application,
  schedule: LoanSchedule | undefined,
): OutcomeMessage {
  const { status, contract, decision } = application;
  if (status !== 'Disbursed') return { template: `Application${status}`, parameters: {} };
  const [first] = schedule?.rows ?? [];
  return {
    template: 'LoanDisbursed',
    parameters: {
      contractNumber: contract?.contractNumber ?? '',
      amount: yuanText(decision?.offer?.amountFen ?? application.requested.amountFen),
      firstDueOn: first?.dueOn ?? '',
      firstAmount: first === undefined ? '' : yuanText(first.totalFen),
    },
  };
}

/** What the partner is told: the outcome, by its own number and ours. The rest is a request away. */
export function partnerMessage(application: Application) {
  const { applicationId, externalId, status, reasonCodes, loanId, closedAt } = application;
  return {
    type: `application.${status.toLowerCase()}`,
    timestamp: closedAt ?? application.event.at,
    data: {
      applicationId,
      externalId,
      status,
      reasonCodes,
      ...(loanId === undefined ? {} : { loanId }),
    },
  };
}
