import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  answersTasks,
  asksProviders,
  opensPersonalData,
  queries,
  startableByName,
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

const MACHINE = 'escalate-collections';

/** What can end an overdue loan, or change what is asked for. */
const loanEvents = [
  'PaymentPosted',
  'PaymentReversed',
  'RefundPaid',
  'LoanRestructured',
  'RestructuringRefused',
  'LoanWrittenOff',
  'LoanCompensated',
  'LoanTransferred',
  'LoanCured',
  'LoanBucketChanged',
];

/** What operators change of a case, besides what a task decides. */
const operatorEvents = [
  'CaseStepDone',
  'CaseContacted',
  'PromiseMade',
  'CasePaused',
  'CaseRequestWithdrawn',
  'CaseStrategyChanged',
];

/** What is overdue is collected: rung by rung, within the limits of conduct, until it is paid or handed on. */
export class Collections extends Construct {
  readonly escalateCollections: Workflow;
  readonly #data: DataStack;

  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    this.#data = data;
    this.escalateCollections = new Workflow(this, 'EscalateCollections', {
      name: MACHINE,
      failureImpact: 'an overdue borrower is neither reminded nor called until somebody looks',
      functions: { ...this.#choices(), ...this.#contacts() },
    });
    this.#followLoans();
    this.#answerRequests();
    this.#followRelief();
    this.#recordResults();
    this.#followCases();
  }

  #choices(): Record<string, WorkflowFunction> {
    const { applications, catalog, cases, loans, tasks } = this.#data;
    return {
      ChooseStep: this.#function('choose-step', {
        errorImpact: 'collections stand still: nobody is reminded, promises are not followed up',
        timeout: Duration.seconds(60),
        access: [
          uses(cases, 'GetItem', 'PutItem'),
          uses(catalog, 'GetItem', 'Query'),
          // Approved write-offs, transfers and claims on guarantors are written here.
          uses(loans, 'Query', 'PutItem'),
          uses(applications, 'GetItem'),
          ...this.#worksTasks(),
        ],
      }),
      OpenStep: this.#function('open-step', {
        errorImpact: 'calls, visits and disposals reach no collector',
        access: [
          uses(cases, 'GetItem'),
          uses(catalog, 'GetItem', 'Query'),
          uses(tasks, 'GetItem', 'PutItem'),
          answersTasks(this, MACHINE),
        ],
      }),
      AwaitNextStep: this.#function('await-next-step', {
        errorImpact: 'collections fail instead of waiting for their next step',
        access: [uses(cases, 'GetItem', 'PutItem'), answersTasks(this, MACHINE)],
      }),
      RenewEscalation: this.#function('renew-escalation', {
        errorImpact: 'long collections end without going on',
        access: [uses(cases, 'GetItem', 'PutItem'), this.#startsEscalations()],
      }),
    };
  }

  #contacts(): Record<string, WorkflowFunction> {
    const { applications, catalog, cases, contracts, personalDataKey, providerSecret } = this.#data;
    const reserves = uses(cases, 'GetItem', 'PutItem', 'ConditionCheckItem');
    return {
      ContactBorrower: this.#function('contact-borrower', {
        errorImpact: 'borrowers are not reminded of what is overdue',
        timeout: Duration.seconds(60),
        access: [
          reserves,
          uses(catalog, 'GetItem', 'Query'),
          uses(applications, 'GetItem'),
          asksProviders(providerSecret),
          opensPersonalData(personalDataKey),
        ],
      }),
      SendLetter: this.#function('send-letter', {
        errorImpact: 'demand letters are not written',
        memoryMegabytes: 1024,
        timeout: Duration.seconds(60),
        files: {
          CONTRACT_FONT: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
        },
        access: [reserves, uses(catalog, 'GetItem', 'Query'), writesObjects(contracts)],
      }),
    };
  }

  #followLoans(): void {
    const { cases, eventBus } = this.#data;
    const readsDebts = this.#readsDebts();
    const openCase = this.#function('open-case', {
      errorImpact: 'overdue loans are not collected',
      isAsynchronous: true,
      access: [
        uses(cases, 'GetItem', 'PutItem'),
        ...readsDebts,
        this.#startsEscalations(),
        answersTasks(this, MACHINE),
      ],
    });
    new EventTrigger(this, 'OnLoanOverdue', {
      description: 'Takes every loan up that falls overdue',
      eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['LoanOverdue'] },
      target: openCase,
    });
    const followLoan = this.#function('follow-loan', {
      errorImpact: 'borrowers who paid are still collected from',
      isAsynchronous: true,
      access: [uses(cases, 'GetItem', 'PutItem', 'Query'), ...readsDebts, ...this.#worksTasks()],
    });
    new EventTrigger(this, 'OnLoanChanged', {
      description: 'Ends collecting at once when the money comes, and counts it towards promises',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: loanEvents,
        // The loan's own: an order to the bank says RefundPaid too, and knows no borrower.
        detail: { borrowerKey: [{ exists: true }] },
      },
      target: followLoan,
    });
  }

  #answerRequests(): void {
    const { cases, catalog, eventBus, loans } = this.#data;
    const applyRelief = this.#function('apply-relief', {
      errorImpact: 'answered requests of debtors take no effect: their cases rest on',
      isAsynchronous: true,
      access: [
        uses(cases, 'GetItem', 'PutItem'),
        queries(cases, 'ById'),
        // Granted hardship is priced and put before a second person.
        uses(loans, 'Query'),
        uses(catalog, 'GetItem', 'Query'),
        ...this.#worksTasks(),
      ],
    });
    new EventTrigger(this, 'OnReliefDecided', {
      description: 'Lets the answer to hardship, dispute or complaint take effect',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['TaskDecided'],
        detail: { kind: ['DecideHardship', 'AnswerDispute', 'AnswerComplaint'] },
      },
      target: applyRelief,
    });
  }

  #followRelief(): void {
    const { cases, eventBus } = this.#data;
    const followRelief = this.#function('follow-relief', {
      errorImpact: 'cases rest on after the borrower was refused new terms',
      isAsynchronous: true,
      access: [
        uses(cases, 'GetItem', 'PutItem', 'Query'),
        ...this.#readsDebts(),
        uses(this.#data.tasks, 'GetItem'),
        answersTasks(this, MACHINE),
      ],
    });
    new EventTrigger(this, 'OnRestructuringAnswered', {
      description: 'Lets a case that rests for new terms wait for the borrower, or go on',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['TaskClosed'],
        detail: { kind: ['ApproveRestructuring'] },
      },
      target: followRelief,
    });
  }

  #followCases(): void {
    const { cases, eventBus } = this.#data;
    const followCase = this.#function('follow-case', {
      errorImpact: 'a case whose change was stored by a route that died rests or waits for nobody',
      isAsynchronous: true,
      access: [uses(cases, 'GetItem'), ...this.#worksTasks()],
    });
    new EventTrigger(this, 'OnCaseChanged', {
      description: 'Finishes what follows from a change an operator made to a case',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: operatorEvents,
        detail: { actor: [{ prefix: 'operator:' }] },
      },
      target: followCase,
    });
  }

  #readsDebts(): Access[] {
    const { applications, catalog, loans } = this.#data;
    return [uses(loans, 'Query'), uses(applications, 'GetItem'), uses(catalog, 'GetItem')];
  }

  #recordResults(): void {
    const { eventBus, metrics } = this.#data;
    const recordResult = this.#function('record-result', {
      errorImpact: 'strategies and agencies cannot be compared',
      isAsynchronous: true,
      access: [uses(metrics, 'PutItem')],
    });
    new EventTrigger(this, 'OnCaseClosed', {
      description: 'Keeps how every case ended',
      eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['CaseClosed'] },
      target: recordResult,
    });
  }

  #worksTasks(): Access[] {
    return [uses(this.#data.tasks, 'GetItem', 'PutItem'), answersTasks(this, MACHINE)];
  }

  /** By its name: the machine calls a function that starts the machine. */
  #startsEscalations(): Access {
    return starts(startableByName(this, MACHINE), 'ESCALATE_COLLECTIONS_ARN');
  }

  #function(name: string, props: Omit<WorkflowFunctionProps, 'entry'>): WorkflowFunction {
    const entry = `functions/collections/${name}.ts`;
    return new WorkflowFunction(this, constructIdOf(entry), { ...props, entry });
  }
}
