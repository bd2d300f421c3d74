import type { JournalRecord } from './journal.ts';
import type { Json } from './json.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One execution as lists and descriptions show it. */
export interface ExecutionSummary {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly machineName: string;
  readonly machineType: MachineType;
  /** The definition it began with, which it keeps when the machine is updated. */
  readonly definitionHash: string;
  readonly roleArn: string;
  readonly input: Json;
  readonly startedAtMs: number;
  readonly status: ExecutionStatus;
  readonly stoppedAtMs?: number;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
  readonly redrivenAtMs?: number;
  /** The task that started it, so that a task run again after a crash finds its child instead of a second one. */
  readonly startedBy?: string;
  readonly mapRunArn?: string;
  /** The version it was started with, when it was started by a version or an alias. */
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
}

export type MachineType = 'STANDARD' | 'EXPRESS';

/** A state machine as it was created. */
export interface MachineRecord {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly type: MachineType;
  readonly definition: string;
  readonly definitionHash: string;
  readonly roleArn: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A published version: a definition that never changes again. */
export interface VersionRecord {
  readonly number: number;
  readonly definitionHash: string;
  readonly description: string;
  readonly createdAtMs: number;
}

export interface AliasRoute {
  readonly number: number;
  /** Percent of the executions started by the alias. */
  readonly weight: number;
}

export interface AliasRecord {
  readonly name: string;
  readonly description: string;
  readonly routes: readonly AliasRoute[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Everything published of one machine; versions oldest first. */
export interface PublicationRecord {
  readonly stateMachineArn: string;
  /** The highest number ever given: none is given twice. */
  readonly lastNumber: number;
  readonly versions: readonly VersionRecord[];
  readonly aliases: readonly AliasRecord[];
  /** The definition that a template was last deployed with. */
  readonly deployedHash?: string;
}

/** One page of a list of executions, newest first. */
export interface ExecutionPage {
  readonly executions: readonly ExecutionSummary[];
  readonly next?: string;
}

export interface ExecutionQuery {
  /** Executions of this machine, or of this map run. */
  readonly of: string;
  readonly status?: ExecutionStatus;
  readonly limit: number;
  readonly after?: string;
}

/** Where the interpreter keeps what must outlive the process. What a method stored is durable when it resolves. */
export interface ExecutionStore {
  /** Creates what the store needs, once. */
  ensure(): Promise<void>;
  saveMachine(machine: MachineRecord): Promise<void>;
  deleteMachine(stateMachineArn: string): Promise<void>;
  listMachines(): Promise<readonly MachineRecord[]>;
  savePublication(record: PublicationRecord): Promise<void>;
  deletePublication(stateMachineArn: string): Promise<void>;
  listPublications(): Promise<readonly PublicationRecord[]>;
  /** The text of a definition by its hash: executions outlive the machine's present definition. */
  saveDefinition(hash: string, definition: string): Promise<void>;
  findDefinition(hash: string): Promise<string | undefined>;
  saveExecution(execution: ExecutionSummary): Promise<void>;
  findExecution(executionArn: string): Promise<ExecutionSummary | undefined>;
  listExecutions(query: ExecutionQuery): Promise<ExecutionPage>;
  listRunning(): Promise<readonly ExecutionSummary[]>;
  /** Appends lines to an execution's journal; `sequence` is the place of the first, counted from 1. */
  append(executionArn: string, sequence: number, records: readonly JournalRecord[]): Promise<void>;
  readJournal(executionArn: string): Promise<readonly JournalRecord[]>;
}
