import { AppendLog, type Line, type Place } from '../append-log.ts';
import type { JournalRecord } from './journal.ts';
import { MemoryExecutionStore } from './memory-store.ts';
import type {
  ExecutionPage,
  ExecutionQuery,
  ExecutionStore,
  ExecutionSummary,
  MachineRecord,
  PublicationRecord,
} from './store.ts';

type Head =
  | { readonly kind: 'machine' | 'publication' | 'execution' }
  | { readonly kind: 'noMachine' | 'noPublication'; readonly of: string }
  | { readonly kind: 'definition'; readonly of: string }
  | { readonly kind: 'journal'; readonly of: string; readonly sequence: number };

/** Lines of a journal that were written together: the place of the first, and where they stand. */
interface Part {
  readonly sequence: number;
  readonly place: Place;
}

/**
 * Keeps executions in one append-only file. Summaries are read back into memory at the start; a journal stays in the
 * file and is read when somebody asks for it.
 */
export class FileExecutionStore implements ExecutionStore {
  readonly #path: string;
  readonly #known = new MemoryExecutionStore();
  readonly #journals = new Map<string, Part[]>();
  readonly #definitions = new Set<string>();
  #log: Promise<AppendLog> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async ensure(): Promise<void> {
    await this.#opened();
  }

  async saveMachine(machine: MachineRecord): Promise<void> {
    await this.#append({ kind: 'machine' }, machine);
    await this.#known.saveMachine(machine);
  }

  async deleteMachine(stateMachineArn: string): Promise<void> {
    await this.#append({ kind: 'noMachine', of: stateMachineArn }, null);
    await this.#known.deleteMachine(stateMachineArn);
  }

  listMachines(): Promise<readonly MachineRecord[]> {
    return this.#known.listMachines();
  }

  async savePublication(record: PublicationRecord): Promise<void> {
    await this.#append({ kind: 'publication' }, record);
    await this.#known.savePublication(record);
  }

  async deletePublication(stateMachineArn: string): Promise<void> {
    await this.#append({ kind: 'noPublication', of: stateMachineArn }, null);
    await this.#known.deletePublication(stateMachineArn);
  }

  listPublications(): Promise<readonly PublicationRecord[]> {
    return this.#known.listPublications();
  }

  async saveDefinition(hash: string, definition: string): Promise<void> {
    if (this.#definitions.has(hash)) return;
    await this.#append({ kind: 'definition', of: hash }, definition);
    this.#definitions.add(hash);
    await this.#known.saveDefinition(hash, definition);
  }

  findDefinition(hash: string): Promise<string | undefined> {
    return this.#known.findDefinition(hash);
  }

  async saveExecution(execution: ExecutionSummary): Promise<void> {
    await this.#append({ kind: 'execution' }, execution);
    await this.#known.saveExecution(execution);
  }

  findExecution(executionArn: string): Promise<ExecutionSummary | undefined> {
    return this.#known.findExecution(executionArn);
  }

  listExecutions(query: ExecutionQuery): Promise<ExecutionPage> {
    return this.#known.listExecutions(query);
  }

  listRunning(): Promise<readonly ExecutionSummary[]> {
    return this.#known.listRunning();
  }

  async append(
    executionArn: string,
    sequence: number,
    records: readonly JournalRecord[],
  ): Promise<void> {
    const place = await this.#append({ kind: 'journal', of: executionArn, sequence }, records);
    this.#partsOf(executionArn).push({ sequence, place });
  }

  async readJournal(executionArn: string): Promise<readonly JournalRecord[]> {
    const log = await this.#opened();
    const records: JournalRecord[] = [];
    for (const { sequence, place } of this.#journals.get(executionArn) ?? []) {
      // A hole: what was never wholly written was never answered to anybody.
      if (sequence > records.length + 1) break;
      const { body } = await log.read(place);
      const part = JSON.parse(body) as JournalRecord[];
      // Of two that claim a place the later one counts, and nothing that was behind the earlier one.
      records.splice(sequence - 1);
      records.push(...part);
    }
    return records;
  }

  /** To be called when nothing more is written. */
  async close(): Promise<void> {
    await (await this.#log)?.close();
  }

  #opened(): Promise<AppendLog> {
    this.#log ??= AppendLog.open(this.#path, (line, place) => {
      this.#recall(line, place);
    });
    return this.#log;
  }

  async #append(head: Head, body: unknown): Promise<Place> {
    const log = await this.#opened();
    return log.append({ head: JSON.stringify(head), body: JSON.stringify(body) });
  }

  /** Takes in one line of an earlier life. The store in memory does its work at once, whatever it answers with. */
  #recall({ head, body }: Line, place: Place): void {
    const about = JSON.parse(head) as Head;
    switch (about.kind) {
      case 'journal':
        this.#partsOf(about.of).push({ sequence: about.sequence, place });
        return;
      case 'execution':
        void this.#known.saveExecution(JSON.parse(body) as ExecutionSummary);
        return;
      case 'definition':
        this.#definitions.add(about.of);
        void this.#known.saveDefinition(about.of, JSON.parse(body) as string);
        return;
      case 'machine':
        void this.#known.saveMachine(JSON.parse(body) as MachineRecord);
        return;
      case 'noMachine':
        void this.#known.deleteMachine(about.of);
        return;
      case 'publication':
        void this.#known.savePublication(JSON.parse(body) as PublicationRecord);
        return;
      case 'noPublication':
        void this.#known.deletePublication(about.of);
    }
  }

  #partsOf(executionArn: string): Part[] {
    let parts = this.#journals.get(executionArn);
    if (!parts) this.#journals.set(executionArn, (parts = []));
    return parts;
  }
}
