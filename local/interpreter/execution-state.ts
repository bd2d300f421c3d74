import {
  openBranch,
  type Branch,
  type Children,
  type Frame,
  type MapRun,
  type Phase,
  type TaskCall,
} from './branch.ts';
import type { Failure } from './failures.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { JournalRecord } from './journal.ts';
import type { Program } from './program.ts';

/** Events that others do not follow: the next one points past them. */
const sideEvents: ReadonlySet<string> = new Set([
  'ExecutionStarted',
  'ExecutionRedriven',
  'MapIterationStarted',
  'MapIterationSucceeded',
  'MapIterationFailed',
  'MapIterationAborted',
  'MapStateSucceeded',
  'MapStateAborted',
  'MapRunSucceeded',
  'MapRunAborted',
  'MapRunRedriven',
  'ParallelStateSucceeded',
  'ParallelStateAborted',
  'TaskStateAborted',
  'WaitStateAborted',
]);

/**
 * Where an execution stands. It changes by `apply` alone, one journal line after the other, so that reading the journal
 * again after a crash gives the very state the running process had.
 */
export class ExecutionState {
  readonly root: Branch;
  readonly branches = new Map<string, Branch>();
  lastEventId = 0;
  redriveCount = 0;
  hasStarted = false;
  /** The event that ended it. */
  ending: JournalRecord | undefined;

  constructor(program: Program, input: Json) {
    this.root = openBranch({
      id: '0',
      index: 0,
      parent: undefined,
      program,
      input,
      variables: {},
      cursor: 0,
    });
    this.branches.set(this.root.id, this.root);
  }

  get isEnded(): boolean {
    return this.ending !== undefined;
  }

  /** Takes one line of the journal into account. */
  apply(record: JournalRecord): void {
    const branch = this.branches.get(record.branch);
    if (!branch) throw new Error(`journal names branch ${record.branch}, which is not open`);
    if (record.id !== undefined) this.lastEventId = record.id;
    this.#change(branch, record);
    if (record.id !== undefined && !sideEvents.has(record.type)) branch.cursor = record.id;
  }

  #change(branch: Branch, record: JournalRecord): void {
    const { type } = record;
    if (type.endsWith('StateEntered')) enter(branch, record);
    else if (type.endsWith('StateExited')) exit(branch, record);
    else if (type.startsWith('Execution')) this.#changeExecution(record);
    else if (type.endsWith('StateAborted')) abort(branch, record);
    else if (type.startsWith('Map') || type.startsWith('Parallel'))
      this.#changeChildren(branch, record);
    else changeTask(branch, record);
  }

  #changeExecution(record: JournalRecord): void {
    if (record.type === 'ExecutionStarted') this.hasStarted = true;
    else if (record.type === 'ExecutionRedriven') {
      this.ending = undefined;
      this.redriveCount += 1;
      this.#reopen(this.root);
    } else this.ending = record;
  }

  #changeChildren(branch: Branch, record: JournalRecord): void {
    const hidden = record.hidden ?? {};
    switch (record.type) {
      case 'ParallelStateStarted':
        this.#openBranches(branch, record);
        return;
      case 'MapStateStarted':
        if (hidden['isDistributed'] !== true) openMap(branch, record);
        return;
      case 'MapIterationStarted':
        this.#openIteration(branch, record);
        return;
      case 'MapIterationSucceeded':
        this.#closeIteration(branch, record);
        return;
      case 'MapIterationFailed':
        branch.cursor = record.previousId ?? branch.cursor;
        settle(branch, failed(record, hidden));
        return;
      case 'MapStateSucceeded':
      case 'ParallelStateSucceeded':
        this.#collect(branch, record);
        return;
      case 'MapRunStarted':
        openMapRun(branch, {
          arn: textOf(record.details?.['mapRunArn']),
          startedAtMs: record.atMs,
          openChildren: new Set(),
          value: undefined,
          redrivenAtMs: undefined,
          redriveCount: 0,
        });
        return;
      case 'MapRunRedriven':
        if (branch.phase.kind === 'MapRun') {
          branch.phase.run.redriveCount = Number(record.details?.['redriveCount']);
          branch.phase.run.redrivenAtMs = record.atMs;
        }
        return;
      case 'MapRunSucceeded':
        if (branch.phase.kind === 'MapRun') branch.phase.run.value = hidden['value'] ?? null;
        return;
      case 'MapStateFailed':
      case 'ParallelStateFailed':
        settle(branch, { ...failed(record, hidden), isLogged: true });
        return;
      case 'MapRunFailed':
        settle(branch, failed(record, hidden));
        return;
      default:
    }
  }

  #openBranches(branch: Branch, record: JournalRecord): void {
    const { state } = frameOf(branch);
    if (state.type !== 'Parallel') throw new Error(`${state.name} is not a Parallel state`);
    const startedId = record.id ?? 0;
    const children = childrenOf(startedId, { isMap: false, count: state.branches.length });
    for (const [index, program] of state.branches.entries()) {
      const child = openBranch({
        id: `${startedId}.${index}`,
        index,
        parent: branch,
        program,
        input: record.hidden?.['input'] ?? null,
        variables: branch.variables,
        cursor: startedId,
      });
      children.branches.set(index, child);
      this.branches.set(child.id, child);
    }
    openChildren(branch, children);
  }

  #openIteration(branch: Branch, record: JournalRecord): void {
    const children = openChildrenOf(branch);
    const { state } = frameOf(branch);
    if (state.type !== 'Map') throw new Error(`${state.name} is not a Map state`);
    const index = Number(record.details?.['index']);
    const child = openBranch({
      id: `${children.startedId}.${index}`,
      index,
      parent: branch,
      program: state.processor,
      input: record.hidden?.['input'] ?? null,
      variables: branch.variables,
      cursor: record.id ?? 0,
    });
    children.branches.set(index, child);
    children.nextIndex = Math.max(children.nextIndex, index + 1);
    this.branches.set(child.id, child);
  }

  #closeIteration(branch: Branch, record: JournalRecord): void {
    const children = openChildrenOf(branch);
    const index = Number(record.details?.['index']);
    const child = children.branches.get(index);
    if (!child) throw new Error(`iteration ${index} is not open`);
    if (child.phase.kind === 'Done') children.results[index] = child.phase.output;
    children.doneCount += 1;
    children.closedId = record.id;
    branch.cursor = child.cursor;
    this.#forget(child);
    children.branches.delete(index);
  }

  #collect(branch: Branch, record: JournalRecord): void {
    if (branch.phase.kind === 'MapRun') {
      const { value = null } = branch.phase.run;
      settle(branch, { kind: 'Result', value });
      return;
    }
    const children = openChildrenOf(branch);
    for (const child of children.branches.values()) {
      if (child.phase.kind === 'Done') children.results[child.index] = child.phase.output;
      this.#forget(child);
    }
    branch.cursor = record.previousId ?? branch.cursor;
    settle(branch, { kind: 'Result', value: children.results });
  }

  /** A redriven execution goes on where it failed: what had ended stays, what had not begins its state anew. */
  #reopen(branch: Branch): void {
    branch.isAborted = false;
    const { frame } = branch;
    if (branch.phase.kind === 'Done' || !frame) return;
    frame.retries.fill(0);
    frame.retryCount = 0;
    if (frame.mapRun) {
      openMapRun(branch, { ...frame.mapRun, openChildren: new Set(), value: undefined });
      return;
    }
    if (!frame.children) {
      settle(branch, { kind: 'Begin' });
      return;
    }
    settle(branch, { kind: 'Children', children: frame.children });
    for (const child of frame.children.branches.values()) this.#reopen(child);
  }

  #forget(child: Branch): void {
    this.branches.delete(child.id);
  }
}

function enter(branch: Branch, record: JournalRecord): void {
  const name = textOf(record.details?.['name']);
  const state = branch.program.states.get(name);
  if (!state) throw new Error(`no state ${name} in the definition`);
  branch.frame = {
    state,
    input: record.details?.['input'] ?? null,
    enteredId: record.id ?? 0,
    enteredAtMs: record.atMs,
    beforeId: record.previousId ?? 0,
    retries: state.retriers.map(() => 0),
    retryCount: 0,
    children: undefined,
    mapRun: undefined,
  };
  settle(branch, { kind: 'Begin' });
}

function exit(branch: Branch, record: JournalRecord): void {
  const assigned = record.details?.['assignedVariables'];
  if (isJsonObject(assigned)) Object.assign(branch.variables, assigned);
  const output = record.details?.['output'] ?? null;
  const next = record.hidden?.['next'];
  branch.frame = undefined;
  settle(
    branch,
    typeof next === 'string'
      ? { kind: 'Enter', state: next, input: output }
      : { kind: 'Done', output },
  );
}

/** A branch is aborted because another failed; or it is itself the one that failed, and `hidden` says how. */
function abort(branch: Branch, { hidden = {} }: JournalRecord): void {
  if ('failure' in hidden)
    settle(branch, { kind: 'Failed', failure: failureFrom(hidden['failure']), isLogged: true });
  else branch.isAborted = true;
}

function changeTask(branch: Branch, record: JournalRecord): void {
  const { type, details = {}, hidden = {} } = record;
  if (type === 'Waiting') settle(branch, { kind: 'Waiting', dueAtMs: Number(hidden['dueAtMs']) });
  else if (type === 'Retry') retry(branch, hidden);
  else if (type === 'Heartbeat') heartbeat(branch, record.atMs);
  else if (type === 'EvaluationFailed') settle(branch, failed(record, details));
  else if (type.endsWith('Scheduled')) schedule(branch, record);
  else if (type.endsWith('Started')) start(branch);
  else if (type === 'TaskSubmitted') submit(branch, hidden);
  else if (type.endsWith('Succeeded'))
    settle(branch, { kind: 'Result', value: details['output'] ?? null });
  else settle(branch, failed(record, { ...details, ...hidden }));
}

function schedule(branch: Branch, record: JournalRecord): void {
  const { details = {}, hidden = {} } = record;
  const call: TaskCall = {
    scheduledId: record.id ?? 0,
    scheduledAtMs: record.atMs,
    parameters: details['parameters'] ?? details['input'] ?? null,
    attempt: frameOf(branch).retryCount,
    timeoutSeconds: optionalNumber(details['timeoutInSeconds']),
    heartbeatSeconds: optionalNumber(details['heartbeatInSeconds']),
    lastHeartbeatAtMs: record.atMs,
    isSubmitted: false,
    childArn: typeof hidden['childArn'] === 'string' ? hidden['childArn'] : undefined,
    isStarted: false,
  };
  settle(branch, { kind: 'Task', call });
}

function start(branch: Branch): void {
  if (branch.phase.kind === 'Task') branch.phase.call.isStarted = true;
}

function submit(branch: Branch, hidden: JsonObject): void {
  if (branch.phase.kind !== 'Task') return;
  branch.phase.call.isSubmitted = true;
  if (typeof hidden['childArn'] === 'string') branch.phase.call.childArn = hidden['childArn'];
}

function heartbeat(branch: Branch, atMs: number): void {
  if (branch.phase.kind === 'Task') branch.phase.call.lastHeartbeatAtMs = atMs;
}

function retry(branch: Branch, hidden: JsonObject): void {
  const frame = frameOf(branch);
  const retrier = Number(hidden['retrier']);
  frame.retries[retrier] = (frame.retries[retrier] ?? 0) + 1;
  frame.retryCount += 1;
  frame.children = undefined;
  frame.mapRun = undefined;
  settle(branch, { kind: 'Retry', dueAtMs: Number(hidden['dueAtMs']) });
}

function openMap(branch: Branch, record: JournalRecord): void {
  const items = record.hidden?.['items'];
  const list = Array.isArray(items) ? items : [];
  openChildren(branch, {
    ...childrenOf(record.id ?? 0, { isMap: true, count: list.length }),
    items: list,
    concurrencyMax: Number(record.hidden?.['concurrencyMax']) || Number.POSITIVE_INFINITY,
  });
}

function childrenOf(startedId: number, given: { isMap: boolean; count: number }): Children {
  return {
    ...given,
    startedId,
    items: [],
    concurrencyMax: Number.POSITIVE_INFINITY,
    branches: new Map(),
    results: [],
    doneCount: 0,
    nextIndex: 0,
    closedId: undefined,
  };
}

function openChildren(branch: Branch, children: Children): void {
  frameOf(branch).children = children;
  settle(branch, { kind: 'Children', children });
}

function openMapRun(branch: Branch, run: MapRun): void {
  frameOf(branch).mapRun = run;
  settle(branch, { kind: 'MapRun', run });
}

/** Moves a branch to its next phase; whatever it waited for is called off. */
export function settle(branch: Branch, phase: Phase): void {
  branch.cancel?.();
  branch.cancel = undefined;
  branch.phase = phase;
}

/** The state run a branch is in. */
export function frameOf(branch: Branch): Frame {
  if (!branch.frame) throw new Error(`branch ${branch.id} is in no state`);
  return branch.frame;
}

function openChildrenOf(branch: Branch): Children {
  if (branch.phase.kind !== 'Children') throw new Error(`branch ${branch.id} has no open branches`);
  return branch.phase.children;
}

function failed({ atMs }: JournalRecord, from: JsonObject): Extract<Phase, { kind: 'Failure' }> {
  return { kind: 'Failure', failure: failureFrom(from), atMs, isLogged: false };
}

/** A failure as the journal keeps it. */
export function failureToJson(failure: Failure): JsonObject {
  return { ...failure };
}

function failureFrom(value: Json | undefined): Failure {
  const from = isJsonObject(value) ? value : {};
  return {
    ...(typeof from['error'] === 'string' && { error: from['error'] }),
    ...(typeof from['cause'] === 'string' && { cause: from['cause'] }),
    ...(from['isHeartbeat'] === true && { isHeartbeat: true }),
    ...(from['isTerminal'] === true && { isTerminal: true }),
  };
}

function optionalNumber(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
