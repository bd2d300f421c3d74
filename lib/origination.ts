import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  answersTasks,
  asksProviders,
  opensPersonalData,
  starts,
  uses,
  writesObjects,
  type Access,
} from './constructs/access.ts';
import { constructIdOf } from './constructs/construct-id.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { WorkflowFunction, type WorkflowFunctionProps } from './constructs/workflow-function.ts';
import { Workflow } from './constructs/workflow.ts';
import type { DataStack } from './data-stack.ts';

export interface OriginationProps {
  readonly data: DataStack;
  readonly disburseLoan: Workflow;
  readonly openTask: WorkflowFunction;
  readonly applyAnswer: WorkflowFunction;
  readonly notifyOutcome: WorkflowFunction;
}

/** From a partner's request to money paid out, or to an answer that says why not. */
export class Origination extends Construct {
  readonly originateLoan: Workflow;
  readonly #data: DataStack;

  constructor(scope: Construct, id: string, props: OriginationProps) {
    super(scope, id);
    this.#data = props.data;
    this.originateLoan = new Workflow(this, 'OriginateLoan', {
      name: 'originate-loan',
      failureImpact: 'an application stopped half-way and its partner waits without an answer',
      functions: {
        ...this.#assessment(),
        ...this.#waits(),
        OfferContract: this.#papers('offer-contract'),
        ...this.#endings(),
        OpenTask: props.openTask,
        ApplyAnswer: props.applyAnswer,
        NotifyOutcome: props.notifyOutcome,
      },
      earlierFunctions: this.#earlier(),
      children: { DisburseLoan: props.disburseLoan },
    });
    this.#startOnSubmission();
  }

  #assessment(): Record<string, WorkflowFunction> {
    const { applications, blocks, catalog, creditReports, decisions, personalDataKey, sightings } =
      this.#data;
    return {
      ScreenApplication: this.#step('screen-application', {
        errorImpact: 'submitted applications wait unread',
        access: [
          uses(applications, 'GetItem', 'PutItem'),
          uses(blocks, 'GetItem'),
          uses(catalog, 'GetItem', 'Query'),
          uses(sightings, 'BatchWriteItem', 'PutItem', 'UpdateItem', 'Query'),
          ...this.#readsPerson(),
        ],
      }),
      ReviewDocuments: this.#step('review-documents', {
        errorImpact: 'applications wait although their documents have come',
        timeout: Duration.seconds(45),
        access: [
          uses(applications, 'GetItem', 'PutItem'),
          uses(catalog, 'GetItem'),
          ...this.#readsPerson(),
        ],
      }),
      CheckCredit: this.#step('check-credit', {
        errorImpact: 'applications wait for a credit report',
        timeout: Duration.seconds(45),
        access: [
          uses(applications, 'GetItem', 'PutItem'),
          uses(creditReports, 'Query', 'PutItem'),
          uses(catalog, 'GetItem', 'Query'),
          ...this.#readsPerson(),
        ],
      }),
      DecideApplication: this.#step('decide-application', {
        errorImpact: 'complete applications wait without a decision',
        access: [
          uses(applications, 'GetItem', 'PutItem', 'DeleteItem'),
          uses(catalog, 'GetItem', 'Query'),
          uses(decisions, 'PutItem'),
          opensPersonalData(personalDataKey),
        ],
      }),
    };
  }

  #waits(): Record<string, WorkflowFunction> {
    const { applications, catalog, tasks } = this.#data;
    const answersItself = answersTasks(this, 'originate-loan');
    return {
      AwaitDocuments: this.#step('await-documents', {
        errorImpact: 'applications that lack documents fail instead of waiting for them',
        access: [
          uses(applications, 'GetItem'),
          uses(tasks, 'GetItem', 'PutItem'),
          uses(catalog, 'GetItem'),
          answersItself,
        ],
      }),
      AwaitSignature: this.#step('await-signature', {
        errorImpact: 'borrowers cannot sign the contracts they were promised',
        access: [uses(applications, 'GetItem'), uses(tasks, 'GetItem', 'PutItem'), answersItself],
      }),
      ExpireApplication: this.#step('expire-application', {
        errorImpact: 'applications past their deadline stay open and hold their borrowers',
        access: [
          uses(applications, 'GetItem', 'PutItem', 'DeleteItem'),
          uses(tasks, 'GetItem', 'PutItem'),
          uses(catalog, 'GetItem'),
        ],
      }),
    };
  }

  /** Called by executions of release 0.1.0, which keep the definition they began with; gone when none of them is left. */
  #earlier(): WorkflowFunction[] {
    const { applications, catalog, personalDataKey } = this.#data;
    return [
      this.#step('allocate-funding', {
        errorImpact: 'approved applications wait for a funder',
        access: [
          uses(applications, 'GetItem', 'PutItem', 'DeleteItem'),
          uses(catalog, 'GetItem', 'Query'),
          opensPersonalData(personalDataKey),
        ],
      }),
      this.#papers('prepare-contract'),
    ];
  }

  #papers(name: string): WorkflowFunction {
    const { applications, blocks, catalog, contracts, personalDataKey } = this.#data;
    return this.#step(name, {
      errorImpact: 'approved borrowers get no contract to sign',
      memoryMegabytes: 1024,
      files: {
        CONTRACT_FONT: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
      },
      timeout: Duration.seconds(60),
      access: [
        uses(applications, 'GetItem', 'PutItem', 'DeleteItem'),
        uses(blocks, 'GetItem'),
        uses(catalog, 'GetItem', 'Query'),
        writesObjects(contracts),
        opensPersonalData(personalDataKey),
      ],
    });
  }

  #endings(): Record<string, WorkflowFunction> {
    const { applications, loans, payouts } = this.#data;
    const endsApplication = uses(applications, 'GetItem', 'PutItem', 'DeleteItem');
    return {
      ActivateLoan: this.#step('activate-loan', {
        errorImpact: 'loans are paid out but not shown as running',
        access: [endsApplication, uses(loans, 'GetItem')],
      }),
      CancelLoan: this.#step('cancel-loan', {
        errorImpact: 'refused payouts keep the funds of their funders reserved',
        access: [endsApplication, uses(loans, 'GetItem', 'PutItem'), uses(payouts, 'GetItem')],
      }),
    };
  }

  /** The submission is stored before the workflow runs: the event starts it, however often it comes. */
  #startOnSubmission(): void {
    const startOrigination = this.#step('start-origination', {
      errorImpact: 'submitted applications are not worked on',
      isAsynchronous: true,
      access: [starts(this.originateLoan, 'ORIGINATE_LOAN_ARN')],
    });
    new EventTrigger(this, 'OnApplicationSubmitted', {
      description: 'Starts originate-loan for every submitted application',
      eventBus: this.#data.eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['ApplicationSubmitted'] },
      target: startOrigination,
    });
  }

  /** Providers are asked about a person whose data have to be opened for it. */
  #readsPerson(): Access[] {
    return [
      asksProviders(this.#data.providerSecret),
      opensPersonalData(this.#data.personalDataKey),
    ];
  }

  #step(name: string, props: Omit<WorkflowFunctionProps, 'entry'>): WorkflowFunction {
    const entry = `functions/origination/${name}.ts`;
    const mayRefuse = props.isAsynchronous !== true;
    return new WorkflowFunction(this, constructIdOf(entry), { ...props, entry, mayRefuse });
  }
}
