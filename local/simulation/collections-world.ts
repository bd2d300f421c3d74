import { readFileSync } from 'node:fs';
import type { Applications, PersonalDataVault } from '../../domain/applications/ports.ts';
import type { MessageSender } from '../../domain/applications/provider-ports.ts';
import type { CollectionCase } from '../../domain/collections/case.ts';
import type { Contact } from '../../domain/collections/contact.ts';
import { CaseClosedFacts } from '../../domain/collections/case-result.ts';
import type {
  CallReport,
  Cases,
  CaseResults,
  VoiceCaller,
} from '../../domain/collections/ports.ts';
import { addDays, businessDateOf } from '../../domain/shared/calendar.ts';
import { applicationIdOf, loanIdOf } from '../../domain/shared/ids.ts';
import { closeTask } from '../../domain/tasks/close-task.ts';
import { decideTask, type TaskAnswer } from '../../domain/tasks/decide-task.ts';
import { openTask } from '../../domain/tasks/open-task.ts';
import type { Tasks } from '../../domain/tasks/ports.ts';
import type { Task } from '../../domain/tasks/task.ts';
import { runApplyRelief } from '../../functions/collections/apply-relief.ts';
import { runAwaitNextStep } from '../../functions/collections/await-next-step.ts';
import { runChooseStep } from '../../functions/collections/choose-step.ts';
import { runContactBorrower } from '../../functions/collections/contact-borrower.ts';
import { executionNameOf } from '../../functions/collections/escalations.ts';
import { runFollowRelief } from '../../functions/collections/follow-relief.ts';
import { runFollowLoan } from '../../functions/collections/follow-loan.ts';
import { runOpenCase } from '../../functions/collections/open-case.ts';
import { runOpenStep } from '../../functions/collections/open-step.ts';
import { runRecordResult } from '../../functions/collections/record-result.ts';
import { runRenewEscalation } from '../../functions/collections/renew-escalation.ts';
import { runSendLetter } from '../../functions/collections/send-letter.ts';
import type { Restructurings } from '../../functions/platform/serviced-restructurings.ts';
import { currentTask } from '../../functions/platform/task-rounds.ts';
import type { WorkflowTokens } from '../../functions/platform/workflow-tokens.ts';
import { createEngine, type Engine } from '../interpreter/engine.ts';
import type { Json } from '../interpreter/json.ts';
import { MemoryExecutionStore } from '../interpreter/memory-store.ts';
import { ServiceError } from '../interpreter/service-errors.ts';
import { FileCatalog } from './file-catalog.ts';
import { LoanBook, type BookedLoan } from './loan-book.ts';
import { SteppingClock } from './stepping-clock.ts';

/** A document that every application of this world has. */
export const evidenceId = `doc_${'0'.repeat(26)}`;

const machineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:escalate-collections';
const executionArn = (name: string): string =>
  `arn:aws:states:us-east-1:000000000000:execution:escalate-collections:${name}`;

/** The definition with its tokens put in, as `lib/` does. */
export function escalationDefinition(): string {
  const file = new URL('../../statemachines/escalate-collections.asl.json', import.meta.url);
  return readFileSync(file, 'utf8').replaceAll(
    /\$\{(\w+)FunctionArn\}/g,
    (_, name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  );
}

type Step = (input: never, dependencies: never) => Promise<unknown>;

const steps: Readonly<Record<string, Step>> = {
  ChooseStep: runChooseStep,
  ContactBorrower: runContactBorrower,
  SendLetter: runSendLetter,
  OpenStep: runOpenStep,
  AwaitNextStep: runAwaitNextStep,
  RenewEscalation: runRenewEscalation,
};

export interface CollectionStores {
  readonly cases: Cases;
  readonly tasks: Tasks;
  readonly results: CaseResults;
}

export interface SentMessage {
  readonly to: string;
  readonly script: string;
  readonly reference: string;
  readonly at: string;
  readonly channel: 'Message' | 'Call' | 'Letter';
}

/** The outside world, every part of which a test or a simulation may replace. */
export interface CollectionsOutside {
  message: MessageSender['send'];
  call: (request: Parameters<VoiceCaller['call']>[0]) => Promise<CallReport>;
  /** Called before a step of the machine runs: may throw, or change what is stored. */
  beforeStep: (step: string) => Promise<void> | void;
}

/**
 * The real machine in the real interpreter with the real handlers, on whatever stores it is given. Servicing is a book of
 * loans, providers are functions, and time moves only when it is moved.
 */
export class CollectionsWorld {
  readonly clock: SteppingClock;
  readonly catalog = new FileCatalog();
  readonly book = new LoanBook();
  readonly stores: CollectionStores;
  readonly sent: SentMessage[] = [];
  readonly entered: { readonly execution: string; readonly state: string }[] = [];
  readonly writtenOff: string[] = [];
  /** Loans whose guarantor was asked to pay. */
  readonly claimed: string[] = [];
  readonly outside: CollectionsOutside;
  /** Told the number of every state that is entered, from 1. */
  onEntered: (count: number) => void = () => undefined;
  /** Told of every contact as it is reserved. */
  onReserved: (contact: Contact) => void = () => undefined;
  readonly #events: Promise<void>[] = [];
  readonly #observers: ((method: string, next: CollectionCase | undefined) => void)[] = [];
  engine!: Engine;

  private constructor(stores: CollectionStores, startsAt: string) {
    this.clock = new SteppingClock(Date.parse(startsAt));
    this.stores = { ...stores, cases: this.#listening(stores.cases) };
    this.outside = {
      message: () => Promise.resolve({ messageId: 'message-1' }),
      call: () => Promise.resolve({ callId: 'call-1', outcome: 'NoAnswer' }),
      beforeStep: () => undefined,
    };
  }

  static async start(
    stores: CollectionStores,
    { startsAt = '2026-11-26T10:00:00+08:00' }: { readonly startsAt?: string } = {},
  ): Promise<CollectionsWorld> {
    const world = new CollectionsWorld(stores, startsAt);
    world.engine = await createEngine({
      clock: world.clock,
      store: new MemoryExecutionStore(),
      region: 'us-east-1',
      accountId: '000000000000',
      tokenSecret: 'token secret of a simulation',
      random: () => 0.5,
      invokeLambda: (name, payload) => world.#invoke(name.split(':').at(-1) ?? '', payload),
      onTransition: ({ state, executionArn: execution }) => {
        world.entered.push({ execution: execution.split(':').at(-1) ?? '', state });
        world.onEntered(world.entered.length);
      },
    });
    await world.engine.createStateMachine({
      name: 'escalate-collections',
      arn: machineArn,
      definition: escalationDefinition(),
      roleArn: 'arn:aws:iam::000000000000:role/simulation',
      type: 'STANDARD',
    });
    return world;
  }

  readonly now = (): Date => new Date(this.clock.now());

  get today(): string {
    return businessDateOf(this.clock.now());
  }

  readonly tokens: WorkflowTokens = {
    succeed: (taskToken, output) =>
      this.engine.sendTaskSuccess(taskToken, output as Json).catch(ignoreGone),
    fail: (taskToken, error, cause) =>
      this.engine.sendTaskFailure(taskToken, { error, cause }).catch(ignoreGone),
  };

  /** Everything a step may ask for. */
  dependencies() {
    return {
      ...this.stores,
      catalog: this.catalog,
      debts: this.book,
      applications: {
        find: (applicationId: string) =>
          Promise.resolve({
            applicationId,
            partnerId: 'demo-partner',
            documents: [{ documentId: evidenceId, status: 'Verified' }],
            pii: new Uint8Array(),
          }),
      } as unknown as Applications,
      vault: {
        open: () =>
          Promise.resolve({
            applicant: { kind: 'Person', name: '测试甲', idNumber: '', mobile: '19900000000' },
          }),
      } as unknown as PersonalDataVault,
      messages: {
        send: async (message: Parameters<MessageSender['send']>[0]) => {
          const answer = await this.outside.message(message);
          this.#note('Message', { ...message, script: message.template });
          return answer;
        },
      },
      voice: {
        call: async (request: Parameters<VoiceCaller['call']>[0]) => {
          const report = await this.outside.call(request);
          this.#note('Call', request);
          return report;
        },
      },
      papers: {
        put: (objectKey: string) => {
          this.#note('Letter', { to: '', script: 'demand-letter', reference: objectKey });
          return Promise.resolve();
        },
      },
      writeOffs: {
        request: ({ loanIds }: { readonly loanIds: readonly string[] }) => {
          for (const loanId of loanIds) {
            if (this.writtenOff.includes(loanId)) continue;
            this.writtenOff.push(loanId);
            this.book.end(loanId, 'WrittenOff');
          }
          return Promise.resolve();
        },
      },
      transfers: {
        request: ({ loanIds }: { readonly loanIds: readonly string[] }) => {
          for (const loanId of loanIds) this.book.end(loanId, 'Transferred');
          return Promise.resolve('Transferred' as const);
        },
      },
      compensations: {
        request: ({ loanIds }: { readonly loanIds: readonly string[] }) => {
          this.claimed.push(...loanIds.filter((loanId) => !this.claimed.includes(loanId)));
          return Promise.resolve();
        },
      },
      restructurings: { ask: this.#askRestructuring },
      escalations: {
        start: async (input: Parameters<typeof executionNameOf>[0]) => {
          await this.engine
            .startExecution({
              stateMachineArn: machineArn,
              name: executionNameOf(input),
              input: { ...input },
            })
            .catch(ignoreExisting);
        },
      },
      tokens: this.tokens,
      now: this.now,
    };
  }

  /** Servicing puts new terms before a second person. */
  readonly #askRestructuring: Restructurings['ask'] = async (asked) => {
    const { excludedOperators, ...content } = asked;
    const { applicationId } = this.book.loan(asked.loanId);
    const kind = 'ApproveRestructuring';
    const { round, task } = await currentTask(this.stores.tasks, applicationId, kind);
    if (task !== undefined) return task.taskId;
    const at = this.now().toISOString();
    const opened = openTask({
      ...{ kind, applicationId, partnerId: 'demo-partner', round, content },
      ...{ excludedOperators, at },
    });
    await this.stores.tasks.create(opened);
    return opened.taskId;
  };

  /** Approved, the terms are open to the borrower for a week; either way the task has done its work. */
  async #answerRestructuring(task: Task, outcome: string): Promise<void> {
    const { taskId, content, kind } = task;
    if (kind !== 'ApproveRestructuring') return;
    if (outcome === 'Approve') this.book.offer(String(content['loanId']), addDays(this.today, 7));
    const at = this.now().toISOString();
    await this.stores.tasks.replace(closeTask(task, { at, because: outcome }));
    await runFollowRelief({ taskId, kind }, this.dependencies());
  }

  /** The borrower confirms what was offered. */
  async confirmOffer(loanId: string): Promise<void> {
    this.book.end(loanId, 'Restructured');
    await this.tell(loanId, 'LoanRestructured');
  }

  #note(channel: SentMessage['channel'], sent: Omit<SentMessage, 'at' | 'channel'>): void {
    const { to, script, reference } = sent;
    this.sent.push({ to, script, reference, at: this.now().toISOString(), channel });
  }

  async #invoke(step: string, payload: unknown): Promise<Json> {
    await this.outside.beforeStep(step);
    const run = steps[step];
    if (run === undefined) throw new Error(`no step ${step}`);
    return (await run(payload as never, this.dependencies() as never)) as Json;
  }

  /** An overdue loan of the book comes to the notice of collections. */
  async overdue(loan: BookedLoan): Promise<void> {
    this.book.add(loan);
    await this.announce(loan.loanId);
  }

  async announce(...loanIds: readonly string[]): Promise<void> {
    await Promise.all(loanIds.map((loanId) => runOpenCase({ loanId }, this.dependencies())));
    await this.idle();
  }

  /** Money comes in; the event follows. */
  async pay(loanId: string, amountFen: number, paymentId = `pay-${loanId}-${this.clock.now()}`) {
    this.book.pay(loanId, amountFen);
    await this.tell(loanId, 'PaymentPosted', { paymentId, amountFen, valueDate: this.today });
  }

  /** An event of servicing about a loan. */
  async tell(
    loanId: string,
    eventType: string,
    facts: { paymentId?: string; amountFen?: number; valueDate?: string } = {},
  ): Promise<void> {
    await this.follow(loanId, eventType, facts);
    await this.idle();
  }

  /** The same, without waiting for what the workflow makes of it. */
  follow(
    loanId: string,
    eventType: string,
    facts: { paymentId?: string; amountFen?: number; valueDate?: string } = {},
  ): Promise<void> {
    const { borrowerKey } = this.book.loan(loanId);
    return runFollowLoan({ loanId, borrowerKey, ...facts }, this.dependencies(), { eventType });
  }

  /** Work that was begun and that the world is not quiet without. */
  later(work: Promise<void>): void {
    this.#events.push(work);
  }

  /** Hears of every write to the cases, after it was made. */
  observe(observer: (method: string, next: CollectionCase | undefined) => void): void {
    this.#observers.push(observer);
  }

  /** A person decides a task, by the same rule as the operator's route. */
  async decide(
    task: Task,
    outcome: TaskAnswer['outcome'],
    operatorId = 'supervisor',
  ): Promise<Task> {
    const decided = decideTask(task, {
      operator: { operatorId, roles: ['Supervisor', 'Approver'] },
      answer: { outcome, contentHash: task.contentHash },
      at: this.now().toISOString(),
    });
    await this.stores.tasks.replace(decided);
    if (decided.status === 'Decided') await this.#afterDecision(decided, outcome);
    await this.idle();
    return decided;
  }

  async #afterDecision(task: Task, outcome: string): Promise<void> {
    const { taskId, taskToken, kind, about } = task;
    if (taskToken !== undefined) await this.tokens.succeed(taskToken, { taskId, outcome });
    await this.#answerRestructuring(task, outcome);
    const { caseId, pauseId } = about ?? {};
    if (caseId === undefined || pauseId === undefined) return;
    if (kind === 'DecideHardship' || kind === 'AnswerDispute' || kind === 'AnswerComplaint')
      await runApplyRelief({ subjectId: taskId, caseId, pauseId, kind }, this.dependencies());
  }

  async caseOf(borrowerKey: string, lenderId = 'zhudai-lending'): Promise<CollectionCase> {
    const found = await this.stores.cases.find(borrowerKey, lenderId);
    if (found === undefined) throw new Error(`no case of ${borrowerKey}`);
    return found;
  }

  async execution(collectionCase: CollectionCase) {
    const name = executionNameOf(collectionCase);
    return this.engine.describeExecution(executionArn(name));
  }

  /** Every event of an execution, by its name. */
  history(name: string) {
    return this.engine.history(executionArn(name));
  }

  /** Everything that needs no time to pass has been done. */
  async idle(): Promise<void> {
    await this.engine.idle();
    while (this.#events.length > 0) {
      await Promise.all(this.#events.splice(0));
      await this.engine.idle();
    }
  }

  /** Lets time pass up to an instant; whatever is waited for in between happens in its order. */
  async advanceTo(instant: string): Promise<void> {
    const target = Date.parse(instant);
    await this.idle();
    while (this.clock.stepTo(target)) await this.idle();
  }

  stop(): void {
    this.engine.stop();
  }

  /** What the stream of the table tells the consumers of its events. */
  #listening(cases: Cases): Cases {
    return new Proxy(cases, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as (...values: unknown[]) => Promise<unknown>;
        return async (...values: unknown[]) => {
          const answer = await method(...values);
          const next = name === 'replace' ? (values[0] as CollectionCase) : undefined;
          for (const observer of this.#observers) observer(String(name), next);
          if (name === 'reserveContact')
            this.onReserved((values[0] as { contact: Contact }).contact);
          if (next?.event.type === 'CaseClosed') this.#events.push(this.#recordResult(next));
          return answer;
        };
      },
    });
  }

  #recordResult({ event }: CollectionCase): Promise<void> {
    const { at, facts } = event;
    const closed = CaseClosedFacts.parse(JSON.parse(JSON.stringify({ ...facts, at })));
    return runRecordResult(closed, this.stores);
  }
}

/** A loan of the book with ids made from a name. */
export function bookedLoan(
  name: string,
  loan: Partial<BookedLoan> & { dueOn: string },
): BookedLoan {
  const applicationId = applicationIdOf('demo-partner', name);
  return {
    loanId: loanIdOf(applicationId),
    applicationId,
    borrowerKey: `borrower-${name}`,
    lenderId: 'zhudai-lending',
    segment: 'PersonalConsumer',
    grade: 'B',
    hasGuarantor: false,
    installmentFen: 100_000,
    principalFen: 1_200_000,
    installments: 12,
    ...loan,
  };
}

const goneNames = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

function ignoreGone(error: unknown): void {
  if (error instanceof ServiceError && goneNames.has(error.type)) return;
  throw error;
}

function ignoreExisting(error: unknown): void {
  if (error instanceof ServiceError && error.type === 'ExecutionAlreadyExists') return;
  throw error;
}
