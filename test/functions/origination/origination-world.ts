import { readFileSync } from 'node:fs';
import { MovableClock } from '#local/clock.ts';
import { createEngine, type Engine } from '#local/interpreter/engine.ts';
import { MemoryExecutionStore } from '#local/interpreter/memory-store.ts';
import { ServiceError } from '#local/interpreter/service-errors.ts';
import type { Json } from '#local/interpreter/json.ts';
import type { Application, ApplicationRequest } from '#domain/applications/application.ts';
import { backingOf } from '#domain/applications/backing-of.ts';
import { createApplication } from '#domain/applications/change-application.ts';
import { personalDataOf } from '#domain/applications/personal-data.ts';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import type {
  BankAnswer,
  CreditBureau,
  DocumentRecognition,
  IdentityCheck,
  IncomeCheck,
  MessageSender,
  PayoutBank,
} from '#domain/applications/provider-ports.ts';
import { confirmDisclosure } from '#domain/contracts/confirm-disclosure.ts';
import { requestSignature } from '#domain/contracts/sign-contract.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { sha256Hex } from '#domain/shared/digest.ts';
import type { Task, TaskDecision } from '#domain/tasks/task.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import type { Received } from '#functions/callbacks/callback-route.ts';
import {
  runSignatureCallback,
  type SignatureCallback,
} from '#functions/callbacks/signature-callback.ts';
import { runPayOut } from '#functions/disbursement/pay-out.ts';
import { runReleaseShares } from '#functions/disbursement/release-shares.ts';
import { runReserveShares } from '#functions/disbursement/reserve-shares.ts';
import { runNotifyOutcome } from '#functions/notification/notify-outcome.ts';
import { runActivateLoan } from '#functions/origination/activate-loan.ts';
import { runAwaitDocuments } from '#functions/origination/await-documents.ts';
import { runAwaitSignature } from '#functions/origination/await-signature.ts';
import { runCancelLoan } from '#functions/origination/cancel-loan.ts';
import { runCheckCredit } from '#functions/origination/check-credit.ts';
import { runDecideApplication } from '#functions/origination/decide-application.ts';
import { runExpireApplication } from '#functions/origination/expire-application.ts';
import { runAllocateFunding } from '#functions/origination/allocate-funding.ts';
import { runOfferContract } from '#functions/origination/offer-contract.ts';
import { runReviewDocuments } from '#functions/origination/review-documents.ts';
import { runScreenApplication } from '#functions/origination/screen-application.ts';
import { runApplyAnswer } from '#functions/tasks/apply-answer.ts';
import { runOpenTask } from '#functions/tasks/open-task.ts';
import { currentTask } from '#platform/task-rounds.ts';
import type { WebhookMessage } from '#platform/webhook-sender.ts';
import type { WorkflowTokens } from '#platform/workflow-tokens.ts';
import { aPerson, aRequest } from '#test/domain/builders.ts';
import { InMemoryApplications } from '#test/support/in-memory-applications.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { InMemoryBlocks } from '#test/support/in-memory-blocks.ts';
import { InMemoryCreditReports } from '#test/support/in-memory-credit-reports.ts';
import { InMemoryDecisions } from '#test/support/in-memory-decisions.ts';
import { InMemoryDisclosureSheets } from '#test/support/in-memory-disclosure-sheets.ts';
import { InMemoryMoneyStore } from '#test/support/in-memory-money-store.ts';
import { InMemorySightings } from '#test/support/in-memory-sightings.ts';
import { InMemoryTasks } from '#test/support/in-memory-tasks.ts';

const functionArn = (name: string): string =>
  `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const machineArn = (name: string): string =>
  `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;

/** A definition with its tokens put in, as lib/ does; from the folder of today, or one that an earlier release recorded. */
export function definitionOf(name: string, folder = 'statemachines'): string {
  const file = new URL(`../../../${folder}/${name}.asl.json`, import.meta.url);
  return readFileSync(file, 'utf8')
    .replaceAll(/\$\{(\w+)FunctionArn\}/g, (_, fn: string) => functionArn(fn))
    .replaceAll('${DisburseLoanStateMachineArn}', machineArn('disburse-loan'));
}

type Step = (input: never, dependencies: never) => Promise<unknown>;

const steps: Readonly<Record<string, Step>> = {
  ScreenApplication: runScreenApplication,
  ReviewDocuments: runReviewDocuments,
  AwaitDocuments: runAwaitDocuments,
  CheckCredit: runCheckCredit,
  DecideApplication: runDecideApplication,
  OfferContract: runOfferContract,
  // What executions of release 0.1.0 call instead.
  AllocateFunding: runAllocateFunding,
  PrepareContract: runOfferContract,
  AwaitSignature: runAwaitSignature,
  ExpireApplication: runExpireApplication,
  ActivateLoan: runActivateLoan,
  CancelLoan: runCancelLoan,
  OpenTask: runOpenTask,
  ApplyAnswer: runApplyAnswer,
  NotifyOutcome: runNotifyOutcome,
  ReserveShares: runReserveShares,
  PayOut: runPayOut,
  ReleaseShares: runReleaseShares,
};

/** The outside world, every part of which a test may replace. */
export interface Outside {
  identity: IdentityCheck['verify'];
  income: IncomeCheck['verify'];
  recognise: DocumentRecognition['recognise'];
  bureau: CreditBureau['query'];
  pay: (instruction: Parameters<PayoutBank['pay']>[0]) => Promise<BankAnswer>;
  queryBank: PayoutBank['query'];
  bankAbilities: { supportsReferenceDedup: boolean; queryByReference: boolean };
  message: MessageSender['send'];
  webhook: (message: WebhookMessage) => Promise<void>;
  /** Called before a step runs: may throw, or change what is stored. */
  beforeStep: (step: string) => Promise<void> | void;
}

/** The real machines in the real interpreter with the real steps; stores and providers are in memory. */
export class OriginationWorld {
  readonly clock = new MovableClock(Date.parse('2026-11-24T02:00:00Z') - Date.now());
  readonly applications = new InMemoryApplications();
  readonly money = new InMemoryMoneyStore(this.applications);
  readonly tasks = new InMemoryTasks();
  readonly catalog = inMemoryCatalog();
  readonly reports = new InMemoryCreditReports();
  readonly sightings = new InMemorySightings();
  readonly blocks = new InMemoryBlocks();
  readonly decisions = new InMemoryDecisions();
  readonly papers = new Map<string, Uint8Array>();
  readonly sheets = new InMemoryDisclosureSheets();
  readonly sent: { template: string; parameters: Record<string, string> }[] = [];
  readonly webhooks: WebhookMessage[] = [];
  readonly payments: { reference: string; amountFen: number }[] = [];
  readonly entered: string[] = [];
  readonly outside: Outside;
  engine!: Engine;

  constructor() {
    this.outside = this.#friendly();
  }

  static async start(
    change: (outside: Outside) => void = () => undefined,
    folder?: string,
  ): Promise<OriginationWorld> {
    const world = new OriginationWorld();
    change(world.outside);
    world.engine = await createEngine({
      clock: world.clock,
      store: new MemoryExecutionStore(),
      region: 'us-east-1',
      accountId: '000000000000',
      tokenSecret: 'token secret of a test',
      random: () => 0.5,
      invokeLambda: (name, payload) => world.invoke(name.split(':').at(-1) ?? '', payload),
      onTransition: ({ state }) => {
        world.entered.push(state);
      },
    });
    for (const name of ['disburse-loan', 'originate-loan'])
      await world.engine.createStateMachine({
        name,
        arn: machineArn(name),
        definition: definitionOf(name, folder),
        roleArn: 'arn:aws:iam::000000000000:role/test',
        type: 'STANDARD',
      });
    return world;
  }

  readonly now = (): Date => new Date(this.clock.now());

  readonly tokens: WorkflowTokens = {
    succeed: async (taskToken, output) => {
      await this.engine.sendTaskSuccess(taskToken, output as Json).catch(ignoreGone);
    },
    fail: async (taskToken, error, cause) => {
      await this.engine.sendTaskFailure(taskToken, { error, cause }).catch(ignoreGone);
    },
  };

  readonly vault: PersonalDataVault = {
    seal: (data) => Promise.resolve(new TextEncoder().encode(JSON.stringify(data))),
    open: (sealed) => Promise.resolve(JSON.parse(new TextDecoder().decode(sealed)) as never),
    blindIndexes: (number) =>
      Promise.resolve([{ keyId: 'key', value: sha256Hex(`key ${number}`) }]),
    fingerprints: (number) => Promise.resolve([sha256Hex(`key ${number}`)]),
    traitKeys: (kind, value) => Promise.resolve([sha256Hex(`${kind} ${value}`)]),
  };

  /** Everything a step may ask for. */
  dependencies() {
    const { outside } = this;
    const bank: PayoutBank = {
      ...outside.bankAbilities,
      pay: (instruction) => outside.pay(instruction),
      query: (reference) => outside.queryBank(reference),
    };
    return {
      applications: this.applications,
      loans: this.money,
      money: this.money,
      tasks: this.tasks,
      tokens: this.tokens,
      catalog: this.catalog,
      reports: this.reports,
      sightings: this.sightings,
      blocks: this.blocks,
      decisions: this.decisions,
      vault: this.vault,
      identity: { verify: outside.identity },
      income: { verify: outside.income },
      recognition: { recognise: outside.recognise },
      bureau: { query: outside.bureau },
      bank,
      messages: { send: outside.message },
      webhooks: { send: outside.webhook },
      webhookSecretKeys: () => Promise.resolve(['webhook secret key of a test']),
      papers: {
        put: (key: string, pdf: Uint8Array) => {
          this.papers.set(key, pdf);
          return Promise.resolve();
        },
      },
      sheets: this.sheets,
      now: this.now,
      staleAfterSeconds: 75,
    };
  }

  async invoke(step: string, payload: unknown): Promise<unknown> {
    await this.outside.beforeStep(step);
    const run = steps[step];
    if (run === undefined) throw new Error(`no step ${step}`);
    return run(payload as never, this.dependencies() as never);
  }

  /** Submits an application and starts its machine. */
  async apply(overrides: Parameters<typeof aRequest>[0] = {}): Promise<string> {
    const request = aRequest(overrides);
    const application = await this.#submission(request);
    await this.applications.create(application);
    const { applicationId } = application;
    await this.engine.startExecution({
      stateMachineArn: machineArn('originate-loan'),
      name: applicationId,
      input: { applicationId },
    });
    await this.settle();
    return applicationId;
  }

  async #submission(request: ApplicationRequest): Promise<Application> {
    const { applicant, guarantors = [] } = request;
    const identity = applicant.kind === 'Person' ? applicant.idNumber : applicant.uscc;
    const keys = guarantors.map(({ idNumber }) => this.#nameOf(idNumber));
    const backing = backingOf(request, await Promise.all(keys));
    return createApplication({
      request,
      partnerId: 'demo-partner',
      productVersion: 1,
      applicant: {
        kind: applicant.kind,
        borrowerKey: await this.#nameOf(identity),
        nameMasked: '测**',
        mobileMasked: '199****0000',
        cardLast4: applicant.bankAccount.number.slice(-4),
      },
      pii: await this.vault.seal(personalDataOf(request), {
        partnerId: 'demo-partner',
        entity: 'application',
        id: '',
      }),
      submittedAt: this.now().toISOString(),
      ...(backing === undefined ? {} : { backing }),
    });
  }

  /** Of one key, the index is as good a name as any. */
  async #nameOf(number: string): Promise<string> {
    const [index] = await this.vault.blindIndexes(number);
    return index?.value ?? '';
  }

  /** Lets everything run that needs no person; retries are waited for, deadlines of days are not. */
  async settle(withinSeconds = 4_000): Promise<void> {
    for (let turn = 0; turn < 500; turn += 1) {
      await this.engine.idle();
      const dueAtMs = this.clock.nextDueAtMs();
      if (dueAtMs === undefined || dueAtMs - this.clock.now() > withinSeconds * 1000) return;
      await this.clock.advanceTo(dueAtMs, () => this.engine.idle());
    }
    throw new Error('the machines never settle');
  }

  async advance(days: number): Promise<void> {
    await this.clock.advanceTo(this.clock.now() + days * 86_400_000, () => this.engine.idle());
    await this.settle();
  }

  async application(applicationId: string): Promise<Application> {
    const application = await this.applications.find(applicationId);
    if (application === undefined) throw new Error(`no ${applicationId}`);
    return application;
  }

  async execution(applicationId: string) {
    return this.engine.describeExecution(
      `arn:aws:states:us-east-1:000000000000:execution:originate-loan:${applicationId}`,
    );
  }

  async openTask(applicationId: string, kind: Task['kind']): Promise<Task> {
    const { task } = await currentTask(this.tasks, applicationId, kind);
    if (task === undefined) throw new Error(`no open task ${kind}`);
    return task;
  }

  /** A person answers the open task of a kind, through the same decision as the operator API. */
  async decide(
    applicationId: string,
    kind: Task['kind'],
    answer: {
      outcome: TaskDecision['outcome'];
      operatorId?: string;
      documentsRequested?: string[];
    },
  ): Promise<void> {
    const task = await this.openTask(applicationId, kind);
    const { outcome, operatorId = 'operator-b', documentsRequested } = answer;
    const decided = decideTask(task, {
      operator: {
        operatorId,
        roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor'],
      },
      answer: { outcome, contentHash: task.contentHash, documentsRequested },
      at: this.now().toISOString(),
    });
    await this.tasks.replace(decided);
    if (decided.status === 'Decided' && decided.taskToken !== undefined)
      await this.tokens.succeed(decided.taskToken, { taskId: task.taskId, outcome });
    await this.settle();
  }

  /** The borrower confirms the cost sheet and signs; the provider calls back. */
  async sign(applicationId: string): Promise<Received> {
    await this.askForSignature(applicationId);
    const received = await runSignatureCallback(
      await this.signatureCallback(applicationId),
      this.dependencies(),
    );
    await this.settle();
    return received;
  }

  async askForSignature(applicationId: string): Promise<void> {
    const at = this.now().toISOString();
    const application = await this.application(applicationId);
    const sheetHash = application.contract?.sheetHash ?? '';
    const confirmed = confirmDisclosure(
      application,
      { sheetHash, shownAt: at, readSeconds: 20 },
      { minReadSeconds: 10, at },
    );
    await this.applications.replace(confirmed);
    await this.applications.replace(requestSignature(confirmed, { requestId: 'sig-1', at }));
  }

  async signatureCallback(
    applicationId: string,
    changes: Partial<SignatureCallback> = {},
  ): Promise<SignatureCallback> {
    const { contract } = await this.application(applicationId);
    return {
      type: 'SignatureCompleted',
      requestId: 'sig-1',
      reference: applicationId,
      certificateSerial: 'SERIAL-1',
      certificateAuthority: 'Test CA',
      signedAt: this.now().toISOString(),
      documentSha256: contract?.contractSha256 ?? '',
      ...changes,
    };
  }

  stop(): void {
    this.engine.stop();
    this.clock.stop();
  }

  #friendly(): Outside {
    return {
      identity: () => Promise.resolve({ result: 'Match', checkId: 'check-1' }),
      income: ({ declaredMonthlyIncomeFen }) =>
        Promise.resolve({
          result: 'Confirmed',
          verifiedMonthlyIncomeFen: declaredMonthlyIncomeFen,
          checkId: 'check-2',
        }),
      recognise: () => Promise.resolve({ result: 'Genuine', fields: {}, checkId: 'check-3' }),
      bureau: () =>
        Promise.resolve({
          reportId: 'report-1',
          obtainedAt: this.now().toISOString(),
          score: 780,
          openLoans: 0,
          outstandingFen: 0,
          overdueCount24Months: 0,
          currentOverdueFen: 0,
          queries3Months: 0,
        }),
      pay: ({ reference, amountFen }) => {
        this.payments.push({ reference, amountFen });
        const valueDate = businessDateOf(this.clock.now());
        return Promise.resolve({ status: 'Paid', bankReference: 'BK1', amountFen, valueDate });
      },
      queryBank: () => Promise.resolve({ status: 'NotFound', isFinal: true }),
      bankAbilities: { supportsReferenceDedup: true, queryByReference: true },
      message: ({ template, parameters }) => {
        this.sent.push({ template, parameters });
        return Promise.resolve({ messageId: 'message-1' });
      },
      webhook: (message) => {
        this.webhooks.push(message);
        return Promise.resolve();
      },
      beforeStep: () => undefined,
    };
  }
}

/** As the client of the platform does: a token that is gone is no error. */
function ignoreGone(error: unknown): void {
  const gone = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];
  if (error instanceof ServiceError && gone.includes(error.type)) return;
  throw error;
}

/** The applicant whom rules and scorecard approve without a person. */
export const goodApplicant = {
  ...aPerson,
  profile: {
    checkingStatus: 'Above200',
    creditHistory: 'PaidDuly',
    savings: 'Above1000',
    employmentYears: 'Above7',
    installmentRate: 1,
    otherDebtors: 'None',
    property: 'RealEstate',
    otherInstallmentPlans: 'None',
    housing: 'Own',
    job: 'Skilled',
  },
};
