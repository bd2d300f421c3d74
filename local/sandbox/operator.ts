import type { BusEvent } from './borrower.ts';
import { decideByRule } from './operator-rule.ts';
import type { BankEnquiry, TaskView } from './operator-rule.ts';
import { everyItem } from './page-items.ts';
import { PlatformClient, PlatformProblem } from './platform-client.ts';
import { WorkQueue } from './work-queue.ts';

export interface SandboxOperatorOptions {
  readonly baseUrl: string;
  /** A fresh bearer token of a demo operator. */
  readonly mintToken: (operatorId: string) => string | Promise<string>;
  /** Telephones the bank about a payout whose outcome its interface cannot tell. */
  readonly askBank?: BankEnquiry;
  readonly rescanMs?: number;
  readonly concurrency?: number;
  readonly onError?: (error: unknown) => void;
}

/** Who works which queue, in the order in which they are tried: the second approver is never the first. */
const staff: Readonly<Record<string, readonly string[]>> = {
  DocumentReview: ['operator-a', 'supervisor'],
  CreditReview: ['operator-a', 'supervisor'],
  Approval: ['operator-b', 'supervisor', 'operator-a'],
  PayoutReview: ['supervisor'],
  DecisionReview: ['operator-b', 'supervisor', 'operator-a'],
  Supervisor: ['supervisor'],
  FollowUp: ['operator-a', 'supervisor'],
  ModelReview: ['operator-a', 'supervisor'],
  Collateral: ['operator-a', 'supervisor', 'operator-b'],
};

const ATTEMPTS_MAX = 6;
const RETRY_MS = 60;

/**
 * The demo company's staff for `--auto-operate`. They work the queues through the operator API with tokens of their own,
 * so duty separation binds them as it binds people; what they decide is in `operator-rule.ts`.
 */
export class SandboxOperator {
  readonly #options: SandboxOperatorOptions;
  readonly #clients = new Map<string, PlatformClient>();
  readonly #queue: WorkQueue;
  readonly #rescanMs: number;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: SandboxOperatorOptions) {
    this.#options = options;
    this.#rescanMs = options.rescanMs ?? 1_000;
    this.#onError = options.onError ?? (() => undefined);
    this.#queue = new WorkQueue({
      concurrency: options.concurrency ?? 4,
      work: (taskId) => this.#work(taskId),
      onError: this.#onError,
    });
  }

  /** Looks through the queues, now and then regularly. */
  start(): void {
    void this.#rescan();
  }

  /** Takes a bus event; that of a task opened in a queue makes somebody look at it at once. */
  onEvent(event: BusEvent): void {
    const { subjectId, queue } = event.detail;
    if (event['detail-type'] !== 'TaskOpened' || typeof queue !== 'string') return;
    if (typeof subjectId === 'string') this.#queue.add(subjectId);
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#queue.stop();
  }

  async #rescan(): Promise<void> {
    for (const queue of Object.keys(staff)) {
      if (this.#isStopped) return;
      await this.#rescanQueue(queue).catch(this.#onError);
    }
    this.#timer = setTimeout(() => void this.#rescan(), this.#rescanMs);
  }

  async #rescanQueue(queue: string): Promise<void> {
    const client = await this.#clientOf(staff[queue]?.[0] ?? 'supervisor');
    for await (const task of everyItem(client, `/ops/tasks?queue=${queue}`)) {
      if (this.#isStopped) return;
      this.#queue.add(String(task['taskId']));
    }
  }

  async #work(taskId: string): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX && !this.#isStopped; attempt += 1) {
      const isDone = await this.#workOnce(taskId).catch((error: unknown) => {
        if (error instanceof PlatformProblem && error.status === 409) return false;
        throw error;
      });
      if (isDone) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt));
    }
  }

  /** Decides one task by as many people as it takes; false when it has to be looked at again. */
  async #workOnce(taskId: string): Promise<boolean> {
    const task = await this.#read(taskId);
    if (task?.status !== 'Open' || task.queue === undefined) return true;
    const operatorId = chooseOperator(task);
    if (operatorId === undefined) return true;
    const decision = await decideByRule(task, this.#options.askBank);
    const client = await this.#clientOf(operatorId);
    await this.#claim(client, task, operatorId);
    const answer = await client.post(
      `/ops/tasks/${taskId}/decision`,
      { ...decision, contentHash: task.contentHash },
      `decision-${taskId}-${operatorId}-${task.decisions.length}`,
    );
    // With a second approval outstanding the task stays open: somebody else comes next.
    return answer.body['status'] !== 'Open';
  }

  async #claim(client: PlatformClient, task: TaskView, operatorId: string): Promise<void> {
    if (task.assignee === operatorId) return;
    const path = `/ops/tasks/${task.taskId}/claim`;
    await client.post(path, {}, `claim-${task.taskId}-${operatorId}-${task.version}`);
  }

  async #read(taskId: string): Promise<TaskView | undefined> {
    try {
      const reader = await this.#clientOf('supervisor');
      const body = await reader.get(`/ops/tasks/${taskId}`);
      const inner = body['task'];
      const view = (typeof inner === 'object' ? inner : body) as Partial<TaskView>;
      return {
        excludedOperators: [],
        decisions: [],
        content: {},
        ...view,
      } as unknown as TaskView;
    } catch (error) {
      if (error instanceof PlatformProblem && error.status === 404) return undefined;
      throw error;
    }
  }

  async #clientOf(operatorId: string): Promise<PlatformClient> {
    const known = this.#clients.get(operatorId);
    if (known !== undefined) return known;
    const client = new PlatformClient({
      baseUrl: this.#options.baseUrl,
      credential: await this.#options.mintToken(operatorId),
      patienceMs: 5_000,
    });
    this.#clients.set(operatorId, client);
    return client;
  }
}

/** Calls, visits, disposals, new terms and the answers to debtors: no rule stands in for whoever collects or gives in. */
const leftToPeople = new Set([
  'CallBorrower',
  'VisitBorrower',
  'ApproveLegalAction',
  'ApproveCompensation',
  'ApproveWriteOff',
  'ApproveTransfer',
  'DecideHardship',
  'ApproveRestructuring',
  'ApproveLoanWriteOff',
  'AnswerDispute',
  'AnswerComplaint',
]);

/** The first of the queue's people who may decide: not excluded, has not decided, and nobody else holds the task. */
export function chooseOperator(task: TaskView): string | undefined {
  if (leftToPeople.has(task.kind)) return undefined;
  const decided = new Set(task.decisions.map(({ operatorId }) => operatorId));
  const candidates = (staff[task.queue ?? ''] ?? []).filter(
    (operatorId) => !task.excludedOperators.includes(operatorId) && !decided.has(operatorId),
  );
  if (task.assignee !== undefined && !decided.has(task.assignee))
    return candidates.find((operatorId) => operatorId === task.assignee);
  return candidates[0];
}
