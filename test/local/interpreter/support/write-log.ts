import type { JournalRecord } from '#local/interpreter/journal.ts';
import { MemoryExecutionStore } from '#local/interpreter/memory-store.ts';
import type { ExecutionStore, ExecutionSummary } from '#local/interpreter/store.ts';

type Write =
  | { readonly kind: 'Definition'; readonly hash: string; readonly text: string }
  | { readonly kind: 'Execution'; readonly execution: ExecutionSummary }
  | {
      readonly kind: 'Record';
      readonly executionArn: string;
      readonly sequence: number;
      readonly record: JournalRecord;
    };

/** Everything a store was told, in order, so that a crash can be played after any of it. */
export class WriteLog {
  readonly writes: { readonly write: Write }[] = [];

  /** A store that also keeps the log. */
  recordingStore(): ExecutionStore {
    const store = new MemoryExecutionStore();
    const log = (write: Write): void => {
      this.writes.push({ write });
    };
    return Object.assign(store, {
      saveDefinition: (hash: string, text: string) => {
        log({ kind: 'Definition', hash, text });
        return MemoryExecutionStore.prototype.saveDefinition.call(store, hash, text);
      },
      saveExecution: (execution: ExecutionSummary) => {
        log({ kind: 'Execution', execution });
        return MemoryExecutionStore.prototype.saveExecution.call(store, execution);
      },
      append: (executionArn: string, sequence: number, records: readonly JournalRecord[]) => {
        for (const [index, record] of records.entries())
          log({ kind: 'Record', executionArn, sequence: sequence + index, record });
        return MemoryExecutionStore.prototype.append.call(store, executionArn, sequence, records);
      },
    });
  }

  /** What a store holds when the process dies after the first `count` writes. */
  async storeAfter(count: number): Promise<MemoryExecutionStore> {
    const store = new MemoryExecutionStore();
    for (const { write } of this.writes.slice(0, count))
      if (write.kind === 'Definition') await store.saveDefinition(write.hash, write.text);
      else if (write.kind === 'Execution') await store.saveExecution(write.execution);
      else await store.append(write.executionArn, write.sequence, [write.record]);
    return store;
  }

  /** The latest instant the first `count` writes know of. */
  diedAtMs(count: number): number {
    const instants = this.writes.slice(0, count).map(({ write }) => {
      if (write.kind === 'Record') return write.record.atMs;
      return write.kind === 'Execution'
        ? (write.execution.stoppedAtMs ?? write.execution.startedAtMs)
        : 0;
    });
    return Math.max(...instants);
  }

  /** The journal lines among the first `count` writes. */
  recordsAfter(count: number): JournalRecord[] {
    return this.writes
      .slice(0, count)
      .flatMap(({ write }) => (write.kind === 'Record' ? [write.record] : []));
  }
}
