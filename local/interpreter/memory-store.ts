import type { JournalRecord } from './journal.ts';
import type {
  ExecutionPage,
  ExecutionQuery,
  ExecutionStore,
  ExecutionSummary,
  MachineRecord,
  PublicationRecord,
} from './store.ts';

/** Keeps executions in this process: for `--memory`, tests and conformance runs. */
export class MemoryExecutionStore implements ExecutionStore {
  readonly #machines = new Map<string, MachineRecord>();
  readonly #publications = new Map<string, PublicationRecord>();
  readonly #definitions = new Map<string, string>();
  readonly #executions = new Map<string, ExecutionSummary>();
  readonly #running = new Set<string>();
  readonly #journals = new Map<string, JournalRecord[]>();
  /** Execution ARNs by machine or map run, oldest first. */
  readonly #lists = new Map<string, string[]>();

  ensure(): Promise<void> {
    return Promise.resolve();
  }

  saveMachine(machine: MachineRecord): Promise<void> {
    this.#machines.set(machine.stateMachineArn, machine);
    return Promise.resolve();
  }

  deleteMachine(stateMachineArn: string): Promise<void> {
    this.#machines.delete(stateMachineArn);
    return Promise.resolve();
  }

  listMachines(): Promise<readonly MachineRecord[]> {
    return Promise.resolve([...this.#machines.values()]);
  }

  savePublication(record: PublicationRecord): Promise<void> {
    this.#publications.set(record.stateMachineArn, record);
    return Promise.resolve();
  }

  deletePublication(stateMachineArn: string): Promise<void> {
    this.#publications.delete(stateMachineArn);
    return Promise.resolve();
  }

  listPublications(): Promise<readonly PublicationRecord[]> {
    return Promise.resolve([...this.#publications.values()]);
  }

  saveDefinition(hash: string, definition: string): Promise<void> {
    this.#definitions.set(hash, definition);
    return Promise.resolve();
  }

  findDefinition(hash: string): Promise<string | undefined> {
    return Promise.resolve(this.#definitions.get(hash));
  }

  saveExecution(execution: ExecutionSummary): Promise<void> {
    const { executionArn } = execution;
    if (!this.#executions.has(executionArn))
      for (const owner of ownersOf(execution)) this.#listOf(owner).push(executionArn);
    this.#executions.set(executionArn, execution);
    if (execution.status === 'RUNNING') this.#running.add(executionArn);
    else this.#running.delete(executionArn);
    return Promise.resolve();
  }

  findExecution(executionArn: string): Promise<ExecutionSummary | undefined> {
    return Promise.resolve(this.#executions.get(executionArn));
  }

  listExecutions({ of, status, limit, after }: ExecutionQuery): Promise<ExecutionPage> {
    const arns = this.#lists.get(of) ?? [];
    const executions: ExecutionSummary[] = [];
    let index = after === undefined ? arns.length - 1 : Number(after);
    for (; index >= 0 && executions.length < limit; index -= 1) {
      const execution = this.#executions.get(arns[index] ?? '');
      if (execution && (status === undefined || execution.status === status))
        executions.push(execution);
    }
    return Promise.resolve(index >= 0 ? { executions, next: String(index) } : { executions });
  }

  listRunning(): Promise<readonly ExecutionSummary[]> {
    return Promise.resolve([...this.#running].flatMap((arn) => this.#executions.get(arn) ?? []));
  }

  append(executionArn: string, sequence: number, records: readonly JournalRecord[]): Promise<void> {
    let journal = this.#journals.get(executionArn);
    if (!journal) this.#journals.set(executionArn, (journal = []));
    // The same place written twice counts once, as it does in a table.
    journal.splice(sequence - 1, records.length, ...records);
    return Promise.resolve();
  }

  readJournal(executionArn: string): Promise<readonly JournalRecord[]> {
    return Promise.resolve([...(this.#journals.get(executionArn) ?? [])]);
  }

  #listOf(owner: string): string[] {
    let list = this.#lists.get(owner);
    if (!list) this.#lists.set(owner, (list = []));
    return list;
  }
}

/** Under which heading an execution is listed: a map run's children are not among their machine's executions. */
export function ownersOf(execution: ExecutionSummary): readonly string[] {
  return [execution.mapRunArn ?? execution.stateMachineArn];
}
