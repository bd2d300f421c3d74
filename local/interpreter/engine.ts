import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { Activities } from './activities.ts';
import { Arns } from './arns.ts';
import type { Branch } from './branch.ts';
import { drive } from './driver.ts';
import { ExecutionRun } from './execution-run.ts';
import { historyOf, type HistoryEvent } from './history.ts';
import { callIntegration, type IntegrationCall } from './integrations.ts';
import type { JournalRecord } from './journal.ts';
import { without, type Json } from './json.ts';
import { Machines, type MachineDraft } from './machines.ts';
import { mapChildSummary, nestedSummary, sdkFailure } from './nested-executions.ts';
import type { Program } from './program.ts';
import {
  executionAlreadyExists,
  executionDoesNotExist,
  invalidToken,
  ServiceError,
  stateMachineDoesNotExist,
  taskTimedOut,
} from './service-errors.ts';
import type { Ports, Services } from './services.ts';
import type {
  ExecutionPage,
  ExecutionQuery,
  ExecutionStore,
  ExecutionSummary,
  MachineRecord,
} from './store.ts';
import type { Startable } from './publications.ts';
import { beat, fail, isWaitingFor, succeed } from './task-calls.ts';
import { TaskTokens } from './task-tokens.ts';
import { Turns } from './turns.ts';
import { clockFunctionsOf } from './clock-functions.ts';
import { WorkCounter } from './work-counter.ts';

export interface EngineOptions extends Ports {
  readonly clock: Clock;
  readonly store: ExecutionStore;
  readonly region: string;
  readonly accountId: string;
  /** Kept with the data: tokens handed out before a restart stay valid. */
  readonly tokenSecret: string | Uint8Array;
  /** For the jitter of retries. */
  readonly random?: () => number;
}

export interface StartRequest {
  readonly stateMachineArn: string;
  readonly name?: string | undefined;
  readonly input?: Json;
}

/** Creates an engine on its store; nothing runs before `start()`. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  await options.store.ensure();
  return new Engine(options);
}

/** Runs state machines as Step Functions does, durably as far as its store is. */
export class Engine {
  readonly clock: Clock;
  readonly arns: Arns;
  readonly machines: Machines;
  readonly activities: Activities;
  readonly ports: Ports;
  readonly #store: ExecutionStore;
  readonly #tokens: TaskTokens;
  readonly #services: Services;
  readonly #runs = new Map<string, ExecutionRun>();
  readonly #work = new WorkCounter();
  /** Two starts under one name must not both find it free. */
  readonly #starts = new Turns();
  /** Executions read by `load()` that `start()` has still to set going. */
  #loaded: ExecutionRun[] | undefined;
  #resumed: Promise<void> = Promise.resolve();
  #openGate: () => void = () => undefined;

  constructor(options: EngineOptions) {
    this.clock = options.clock;
    this.ports = options;
    this.arns = new Arns(options);
    this.#store = options.store;
    this.machines = new Machines(options.store, options.callService !== undefined);
    this.activities = new Activities(options.clock);
    this.#tokens = new TaskTokens(options.tokenSecret);
    this.#services = this.#servicesOf(options);
  }

  /** Creates a machine, or replaces it: executions under way keep the definition they began with. */
  async createStateMachine(
    draft: Omit<MachineDraft, 'arn'> & { readonly arn?: string },
  ): Promise<MachineRecord> {
    const arn = draft.arn ?? this.arns.machine(draft.name);
    return this.machines.put({ ...draft, arn }, this.clock.now());
  }

  /**
   * Reads every execution that was running when the process last ended. From here until `start()` the answers to tasks
   * wait: whoever is told that a task is gone takes it for answered and never answers again.
   */
  async load(): Promise<void> {
    const gate = Promise.withResolvers<undefined>();
    this.#resumed = gate.promise;
    this.#openGate = () => {
      gate.resolve(undefined);
    };
    await this.machines.load();
    const running = await this.#store.listRunning();
    const runs: ExecutionRun[] = [];
    for (const summary of running) {
      const program = await this.machines.programOf(summary.definitionHash);
      const records = await this.#store.readJournal(summary.executionArn);
      runs.push(this.#open(summary, program, records));
    }
    this.#loaded = runs;
  }

  /** Takes up every execution that was running when the process last ended. */
  async start(): Promise<{ resumed: number }> {
    if (!this.#loaded) await this.load();
    const runs = this.#loaded ?? [];
    this.#loaded = undefined;
    // Parents may wait for children: all are here before the first moves.
    for (const run of runs) this.#resume(run);
    this.#openGate();
    return { resumed: runs.length };
  }

  /** Stops every timer; what runs is taken up again by the next `start()` on the same store. */
  stop(): void {
    for (const run of this.#runs.values()) run.suspend();
    this.#runs.clear();
  }

  /** Resolves when no execution does anything but wait for the clock or for a token. */
  idle(): Promise<void> {
    return this.#work.idle();
  }

  async startExecution(request: StartRequest): Promise<ExecutionSummary> {
    const machine = this.#machine(request.stateMachineArn);
    const { input = {}, name } = request;
    const executionArn = this.#executionArn(machine, name ?? randomUUID());
    return this.#starts.oneAtATime(executionArn, async () => {
      const existing = name === undefined ? undefined : await this.#find(executionArn);
      if (existing) {
        const isSame = JSON.stringify(existing.input) === JSON.stringify(input);
        if (existing.status === 'RUNNING' && isSame) return existing;
        throw executionAlreadyExists(executionArn);
      }
      const run = await this.#begin(this.#summaryOf(machine, { executionArn, input }));
      return run.summary;
    });
  }

  /** Runs an EXPRESS machine to its end. */
  async startSyncExecution(request: StartRequest): Promise<ExecutionSummary> {
    const machine = this.#machine(request.stateMachineArn);
    if (machine.type !== 'EXPRESS')
      throw new ServiceError(
        'StateMachineTypeNotSupported',
        'This operation is not supported by this type of state machine',
      );
    const executionArn = this.#executionArn(machine, request.name ?? randomUUID());
    const run = await this.#begin(
      this.#summaryOf(machine, { executionArn, input: request.input ?? {} }),
    );
    return run.ended;
  }

  async stopExecution(
    executionArn: string,
    reason: { error?: string; cause?: string } = {},
  ): Promise<ExecutionSummary> {
    await this.#resumed;
    const run = this.#runs.get(executionArn);
    if (!run) return this.describeExecution(executionArn);
    run.end('ABORTED', reason);
    return run.ended;
  }

  async describeExecution(executionArn: string): Promise<ExecutionSummary> {
    const summary = await this.#find(executionArn);
    if (!summary) throw executionDoesNotExist(executionArn);
    return summary;
  }

  listExecutions(query: ExecutionQuery): Promise<ExecutionPage> {
    return this.#store.listExecutions(query);
  }

  /** Every event of an execution, oldest first. */
  async history(executionArn: string): Promise<readonly HistoryEvent[]> {
    return historyOf(await this.journal(executionArn));
  }

  /** Every line of an execution's journal: its events, and the notes between them. */
  async journal(executionArn: string): Promise<readonly JournalRecord[]> {
    const run = this.#runs.get(executionArn);
    await run?.journal.durable();
    await this.describeExecution(executionArn);
    return this.#store.readJournal(executionArn);
  }

  /** Goes on with a failed execution from the state that failed. */
  async redriveExecution(executionArn: string): Promise<ExecutionSummary> {
    const found = await this.describeExecution(executionArn);
    if (found.mapRunArn !== undefined)
      throw new ServiceError(
        'ExecutionNotRedrivable',
        'Execution is a child of a map run: redrive the execution that started the map run',
      );
    return this.#starts.oneAtATime(executionArn, () => this.#redrive(executionArn));
  }

  async #redrive(executionArn: string): Promise<ExecutionSummary> {
    const ended = await this.describeExecution(executionArn);
    const summary = without(ended, 'error', 'cause', 'output', 'stoppedAtMs');
    if (!['FAILED', 'TIMED_OUT', 'ABORTED'].includes(summary.status))
      throw new ServiceError(
        'ExecutionNotRedrivable',
        `Execution is ${summary.status} and cannot be redriven`,
      );
    const program = await this.machines.programOf(summary.definitionHash);
    const records = await this.#store.readJournal(executionArn);
    const redriven: ExecutionSummary = {
      ...summary,
      status: 'RUNNING',
      redriveCount: summary.redriveCount + 1,
      redrivenAtMs: this.clock.now(),
    };
    const run = this.#open(redriven, program, records);
    run.event(run.state.root, 'ExecutionRedriven', {
      details: { redriveCount: redriven.redriveCount },
    });
    for (const branch of run.state.branches.values())
      if (branch.phase.kind === 'MapRun') {
        const { arn, redriveCount } = branch.phase.run;
        run.event(branch, 'MapRunRedriven', {
          details: { mapRunArn: arn, redriveCount: redriveCount + 1 },
        });
      }
    await Promise.all([this.#store.saveExecution(redriven), run.journal.durable()]);
    run.armTimeout();
    run.drive(run.state.root);
    return redriven;
  }

  /** Answers a task; the answer is durable when this resolves. */
  async sendTaskSuccess(taskToken: string, output: Json): Promise<void> {
    const { run, branch } = await this.#taskOf(taskToken);
    succeed(run, branch, output);
    await this.#settled(run);
  }

  async sendTaskFailure(
    taskToken: string,
    failure: { error?: string; cause?: string },
  ): Promise<void> {
    const { run, branch } = await this.#taskOf(taskToken);
    fail(run, branch, failure);
    await this.#settled(run);
  }

  async sendTaskHeartbeat(taskToken: string): Promise<void> {
    const { run, branch } = await this.#taskOf(taskToken);
    if (branch.phase.kind === 'Task') beat(run, branch, branch.phase.call);
    await run.journal.durable();
  }

  /** Calls what a Task names once, outside of any execution. */
  async callOnce(resource: IntegrationCall['resource'], parameters: Json): Promise<Json> {
    const startedBy = randomUUID();
    const answer = await callIntegration(this.#services, { resource, parameters, startedBy });
    return answer.output;
  }

  /** Waits for a task of an activity. */
  async takeActivityTask(request: {
    activityArn: string;
    workerName: string | undefined;
    waitMs: number;
  }): Promise<{ taskToken: string; input: Json } | undefined> {
    const task = await this.activities.take(request, (offered, workerName) =>
      this.#startActivity(offered.executionArn, offered.branch, workerName),
    );
    if (task) await this.#runs.get(task.executionArn)?.journal.durable();
    return task;
  }

  #startActivity(executionArn: string, branch: Branch, workerName: string | undefined): boolean {
    const run = this.#runs.get(executionArn);
    if (!run || branch.phase.kind !== 'Task' || !isWaitingFor(run, branch, branch.phase.call))
      return false;
    run.event(branch, 'ActivityStarted', {
      details: workerName === undefined ? {} : { workerName },
    });
    return true;
  }

  /** The next task may follow at once: its start is then written together with this one's end. */
  async #settled(run: ExecutionRun): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await run.journal.durable();
  }

  async #taskOf(taskToken: string): Promise<{ run: ExecutionRun; branch: Branch }> {
    const task = this.#tokens.read(taskToken);
    if (!task) throw invalidToken();
    await this.#resumed;
    const run = this.#runs.get(task.executionArn);
    if (!run || run.isEnded) throw taskTimedOut();
    for (const branch of run.state.branches.values())
      if (branch.phase.kind === 'Task' && run.isLive(branch))
        if (run.attemptOf(branch) === task.attempt) return { run, branch };
    throw taskTimedOut();
  }

  #machine(stateMachineArn: string): Startable {
    const machine = this.machines.startable(stateMachineArn, this.#services.random());
    if (!machine) throw stateMachineDoesNotExist(stateMachineArn);
    return machine;
  }

  async #find(executionArn: string): Promise<ExecutionSummary | undefined> {
    return this.#runs.get(executionArn)?.summary ?? this.#store.findExecution(executionArn);
  }

  #executionArn(machine: Pick<Startable, 'name' | 'type'>, name: string): string {
    return machine.type === 'EXPRESS'
      ? this.arns.expressExecution(machine.name, name, randomUUID())
      : this.arns.execution(machine.name, name);
  }

  #summaryOf(
    machine: Startable,
    given: { executionArn: string; input: Json; startedBy?: string },
  ): ExecutionSummary {
    const parts = given.executionArn.split(':');
    return {
      ...given,
      name: parts[7] ?? '',
      stateMachineArn: machine.stateMachineArn,
      machineName: machine.name,
      machineType: machine.type,
      definitionHash: machine.definitionHash,
      roleArn: machine.roleArn,
      ...(machine.stateMachineVersionArn !== undefined && {
        stateMachineVersionArn: machine.stateMachineVersionArn,
      }),
      ...(machine.stateMachineAliasArn !== undefined && {
        stateMachineAliasArn: machine.stateMachineAliasArn,
      }),
      startedAtMs: this.clock.now(),
      status: 'RUNNING',
      redriveCount: 0,
    };
  }

  /** Starts an execution; it is durable when this resolves. */
  async #begin(summary: ExecutionSummary): Promise<ExecutionRun> {
    const program = await this.machines.programOf(summary.definitionHash);
    const run = this.#open(summary, program, []);
    const saved = storeOf(summary, this.#store).saveExecution(summary);
    this.#resume(run);
    await Promise.all([saved, this.#settled(run)]);
    return run;
  }

  #open(
    summary: ExecutionSummary,
    program: Program,
    records: readonly JournalRecord[],
  ): ExecutionRun {
    const run = new ExecutionRun({
      services: this.#services,
      program,
      summary,
      records,
      drive,
      store: storeOf(summary, this.#store),
    });
    this.#runs.set(summary.executionArn, run);
    return run;
  }

  #resume(run: ExecutionRun): void {
    const { root } = run.state;
    if (run.isEnded) {
      // The process died between the last line of the journal and the summary.
      run.conclude();
      return;
    }
    if (!run.state.hasStarted)
      run.event(root, 'ExecutionStarted', {
        details: { input: run.summary.input, roleArn: run.summary.roleArn },
        previousId: 0,
      });
    run.armTimeout();
    run.drive(root);
  }

  #servicesOf(options: EngineOptions): Services {
    return {
      ports: options,
      clock: options.clock,
      clockFunctions: clockFunctionsOf(options.clock),
      random: options.random ?? Math.random,
      region: options.region,
      tokenOf: (executionArn, attempt) => this.#tokens.issue({ executionArn, attempt }),
      startNested: async (request) => {
        const { machine, name, input } = nestedSummary(request, {
          find: (arn) => this.machines.startable(arn, this.#services.random()),
          uuidOf: (text) => this.#tokens.uuidOf(text),
        });
        const executionArn = this.#executionArn(machine, name);
        const { startedBy } = request;
        return this.#adopt(executionArn, startedBy, () =>
          this.#summaryOf(machine, { executionArn, input, startedBy }),
        );
      },
      mapRunArn: ({ machineName, label, attempt }) =>
        this.arns.mapRun(machineName, label, this.#tokens.uuidOf(attempt)),
      startMapChild: async (child) => {
        const { definitionHash } = await this.machines.register(
          JSON.stringify(child.definition),
          child.type,
        );
        const name = this.#tokens.uuidOf(`${child.mapRunArn}#${child.index}`);
        const executionArn = this.arns.execution(
          `${child.parent.machineName}/${child.label}`,
          name,
        );
        return this.#adopt(executionArn, child.mapRunArn, () => ({
          ...mapChildSummary(child, { executionArn, name, definitionHash }),
          startedAtMs: this.clock.now(),
        }));
      },
      redriveMapChild: (executionArn) =>
        this.#starts.oneAtATime(executionArn, () => this.#redrive(executionArn)),
      whenEnded: (executionArn) => this.#whenEnded(executionArn),
      stopNested: (executionArn) => {
        const run = this.#runs.get(executionArn);
        if (run) run.end('ABORTED', {});
      },
      offerActivity: (task) => {
        this.activities.offer(task, (offered, workerName) =>
          this.#startActivity(offered.executionArn, offered.branch, workerName),
        );
      },
      forget: (executionArn) => {
        this.#runs.delete(executionArn);
      },
      track: (work) => {
        this.#work.track(work);
      },
    };
  }

  /** Finds the execution a task started in an earlier life of the process, or starts it. */
  async #adopt(
    executionArn: string,
    startedBy: string,
    draft: () => ExecutionSummary,
  ): Promise<ExecutionSummary> {
    return this.#starts.oneAtATime(executionArn, async () => {
      const existing = await this.#find(executionArn);
      if (existing?.startedBy === startedBy) return existing;
      if (existing)
        throw sdkFailure('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
      return (await this.#begin(draft())).summary;
    });
  }

  async #whenEnded(executionArn: string): Promise<ExecutionSummary> {
    const run = this.#runs.get(executionArn);
    if (run) return run.ended;
    return this.describeExecution(executionArn);
  }
}

/** EXPRESS executions leave no trace but their answer. */
function storeOf(
  summary: ExecutionSummary,
  store: ExecutionStore,
): Pick<ExecutionStore, 'append' | 'saveExecution'> {
  if (summary.machineType === 'STANDARD') return store;
  return { append: () => Promise.resolve(), saveExecution: () => Promise.resolve() };
}
