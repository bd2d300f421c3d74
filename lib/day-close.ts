import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  asksProviders,
  knows,
  opensPersonalData,
  queries,
  starts,
  uses,
} from './constructs/access.ts';
import { Schedule } from './constructs/schedule.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import { Workflow } from './constructs/workflow.ts';
import type { DataStack } from './data-stack.ts';

const errorImpact =
  'loans due today are neither reminded, debited nor marked overdue until the next close catches up';

/** How long one invocation works a shard before it hands over; its time limit leaves room for the debits under way. */
const SHARD_WORK_SECONDS = 30;

/** The close of each business date: what is due on it, and every date missed before. */
export class DayClose extends Construct {
  readonly closeBusinessDay: Workflow;
  readonly #data: DataStack;

  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    this.#data = data;
    this.closeBusinessDay = new Workflow(this, 'CloseBusinessDay', {
      name: 'close-business-day',
      failureImpact: errorImpact,
      isDistributed: true,
      functions: {
        OpenBusinessDay: this.#openBusinessDay(),
        CloseShard: this.#closeShard(),
        EndBusinessDay: this.#endBusinessDay(),
      },
    });
    this.#startAfterMidnight();
  }

  #openBusinessDay(): WorkflowFunction {
    return new WorkflowFunction(this, 'OpenBusinessDay', {
      entry: 'functions/day-close/open-business-day.ts',
      errorImpact,
      access: [
        uses(this.#data.metrics, 'GetItem', 'PutItem', 'Query'),
        queries(this.#data.loans, 'Due'),
      ],
    });
  }

  #closeShard(): WorkflowFunction {
    const { applications, catalog, loans, personalDataKey, providerSecret } = this.#data;
    return new WorkflowFunction(this, 'CloseShard', {
      entry: 'functions/day-close/close-shard.ts',
      errorImpact,
      timeout: Duration.seconds(60),
      access: [
        uses(loans, 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
        queries(loans, 'Due'),
        uses(catalog, 'GetItem', 'Query'),
        // The debit: whose account it is, and the bank.
        uses(applications, 'GetItem'),
        asksProviders(providerSecret),
        opensPersonalData(personalDataKey),
        knows({ SHARD_WORK_SECONDS: String(SHARD_WORK_SECONDS) }),
      ],
    });
  }

  #endBusinessDay(): WorkflowFunction {
    return new WorkflowFunction(this, 'EndBusinessDay', {
      entry: 'functions/day-close/end-business-day.ts',
      errorImpact,
      access: [uses(this.#data.metrics, 'GetItem', 'PutItem')],
    });
  }

  #startAfterMidnight(): void {
    const startDayClose = new WorkflowFunction(this, 'StartDayClose', {
      entry: 'functions/day-close/start-day-close.ts',
      errorImpact,
      isAsynchronous: true,
      access: [starts(this.closeBusinessDay, 'CLOSE_BUSINESS_DAY_ARN')],
    });
    // Twice: a schedule is delivered at least once but may be dropped, and starting the same date again does nothing.
    new Schedule(this, 'AfterMidnight', {
      description: 'Closes the business date that has begun',
      expression: 'cron(5 0 * * ? *)',
      target: startDayClose,
    });
    new Schedule(this, 'InTheMorning', {
      description: 'Closes the business date, should the close after midnight not have begun',
      expression: 'cron(5 6 * * ? *)',
      target: startDayClose,
    });
  }
}
