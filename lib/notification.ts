import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  asksProviders,
  opensPersonalData,
  queries,
  uses,
  type Access,
} from './constructs/access.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { Schedule } from './constructs/schedule.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** Tells borrower and partner what became of an application, and what happens to a loan. */
export class Notification extends Construct {
  readonly notifyOutcome: WorkflowFunction;

  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    this.notifyOutcome = new WorkflowFunction(this, 'NotifyOutcome', {
      entry: 'functions/notification/notify-outcome.ts',
      errorImpact: 'borrowers and partners do not hear what became of their applications',
      timeout: Duration.seconds(60),
      access: [
        uses(data.applications, 'GetItem', 'PutItem'),
        uses(data.loans, 'GetItem'),
        uses(data.catalog, 'GetItem'),
        asksProviders(data.providerSecret),
        opensPersonalData(data.personalDataKey),
      ],
    });
    this.#notifyOfReviews(data);
    this.#notifyOfLoans(data);
    this.#sendWhatWaits(data);
  }

  #notifyOfReviews(data: DataStack): void {
    const notifyReview = new WorkflowFunction(this, 'NotifyReview', {
      entry: 'functions/notification/notify-review.ts',
      errorImpact: 'partners do not hear what the review of a decline came to',
      timeout: Duration.seconds(30),
      isAsynchronous: true,
      access: [
        uses(data.notices, 'PutItem'),
        uses(data.applications, 'GetItem'),
        uses(data.catalog, 'GetItem'),
        asksProviders(data.providerSecret),
      ],
    });
    new EventTrigger(this, 'OnReviewConcluded', {
      description: 'Tells the partner what the review of a decline came to',
      eventBus: data.eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['DeclineUpheld', 'ApplicationReopened'] },
      target: notifyReview,
    });
  }

  #notifyOfLoans(data: DataStack): void {
    const notifyLoan = new WorkflowFunction(this, 'NotifyLoan', {
      entry: 'functions/notification/notify-loan.ts',
      errorImpact: 'borrowers hear neither of due dates nor of their payments',
      timeout: Duration.seconds(60),
      isAsynchronous: true,
      access: deliveryAccess(data),
    });
    new EventTrigger(this, 'OnLoanEvent', {
      description: 'Tells borrower and partner what happened to a loan',
      eventBus: data.eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: noticedEvents,
        // The loan's own: its order to the bank says RefundPaid too, and would be told a second time.
        detail: { record: [{ exists: false }] },
      },
      target: notifyLoan,
    });
    new EventTrigger(this, 'OnDebitRefused', {
      description: 'Tells borrower and partner that the bank did not fetch an installment',
      eventBus: data.eventBus,
      // Only an order can say so: the loan is as it was.
      eventPattern: { source: ['zhudai'], detailType: ['DebitRefused'] },
      target: notifyLoan,
    });
    new EventTrigger(this, 'OnReminderDue', {
      description: 'Reminds borrowers of what falls due',
      eventBus: data.eventBus,
      // A day that closed without a reminder is nobody's news.
      eventPattern: {
        source: ['zhudai'],
        detailType: ['LoanDayClosed'],
        detail: { reminders: { amountFen: [{ exists: true }] } },
      },
      target: notifyLoan,
    });
  }

  #sendWhatWaits(data: DataStack): void {
    const sendWaiting = new WorkflowFunction(this, 'SendWaitingNotices', {
      entry: 'functions/notification/send-waiting-notices.ts',
      errorImpact: 'messages held over the night, and those of an outage, are not sent',
      timeout: Duration.seconds(60),
      isAsynchronous: true,
      access: [
        ...deliveryAccess(data),
        uses(data.notices, 'GetItem'),
        queries(data.notices, 'Waiting'),
      ],
    });
    new Schedule(this, 'SendWaitingNoticesSchedule', {
      description: 'Sends the notices whose time has come',
      expression: 'rate(5 minutes)',
      target: sendWaiting,
    });
  }
}

/** Events of loans that people outside hear of; reminders have a rule of their own. */
const noticedEvents = [
  'PaymentPosted',
  'PaymentReversed',
  'LoanOverdue',
  'LoanCured',
  'LoanRestructured',
  'LoanCompensated',
  'LoanTransferred',
  'LoanWrittenOff',
  'RefundPaid',
];

function deliveryAccess(data: DataStack): Access[] {
  return [
    uses(data.notices, 'PutItem'),
    uses(data.applications, 'GetItem'),
    uses(data.loans, 'GetItem'),
    uses(data.catalog, 'GetItem', 'Query'),
    asksProviders(data.providerSecret),
    opensPersonalData(data.personalDataKey),
  ];
}
