import * as z from 'zod';
import type { Engine } from './engine.ts';
import type { JournalRecord } from './journal.ts';
import { textOf, type JsonObject } from './json.ts';
import { batchSize } from './map-items.ts';
import { epochSeconds, parseRequest, type Operation } from './protocol-answers.ts';
import { ServiceError } from './service-errors.ts';
import type { ExecutionStatus, ExecutionSummary } from './store.ts';

const ByRun = z.object({ mapRunArn: z.string() });
const ByExecution = z.object({ executionArn: z.string() });

/** What the history of an execution tells of one of its map runs. */
interface MapRunFacts {
  readonly mapRunArn: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly startedAtMs: number;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly stoppedAtMs: number | undefined;
  readonly redriveCount: number;
  readonly redrivenAtMs: number | undefined;
  readonly limits: JsonObject;
  /** How many items there are, and how many children they are spread over; nothing before they are read. */
  readonly itemCount: number;
  readonly executionCount: number;
}

/** Operations on the runs of distributed Maps. They are read from the history of the execution that started them. */
export function mapRunOperations(engine: Engine): Record<string, Operation> {
  return {
    ListMapRuns: async (body) => {
      const { executionArn } = parseRequest(ByExecution, body);
      const summary = await engine.describeExecution(executionArn);
      const runs = await mapRunsOf(engine, summary);
      return {
        mapRuns: runs.map((run) => ({
          executionArn: run.executionArn,
          mapRunArn: run.mapRunArn,
          stateMachineArn: `${run.stateMachineArn}/${labelOf(run.mapRunArn)}`,
          startDate: epochSeconds(run.startedAtMs),
          ...(run.stoppedAtMs !== undefined && { stopDate: epochSeconds(run.stoppedAtMs) }),
        })),
      };
    },
    DescribeMapRun: async (body) => {
      const { mapRunArn } = parseRequest(ByRun, body);
      const run = await findRun(engine, mapRunArn);
      if (!run) throw new ServiceError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
      const children = await childrenOf(engine, mapRunArn);
      const isBatched = run.itemCount !== run.executionCount;
      return {
        mapRunArn,
        executionArn: run.executionArn,
        status: run.status,
        startDate: epochSeconds(run.startedAtMs),
        ...(run.stoppedAtMs !== undefined && { stopDate: epochSeconds(run.stoppedAtMs) }),
        ...run.limits,
        itemCounts: countsOf(children, run.itemCount, (child) =>
          isBatched ? batchSize(child.input) : 1,
        ),
        executionCounts: countsOf(children, run.executionCount, () => 1),
        redriveCount: run.redriveCount,
        ...(run.redrivenAtMs !== undefined && { redriveDate: epochSeconds(run.redrivenAtMs) }),
      };
    },
  };
}

/** Every map run of an execution, in the order they started. */
async function mapRunsOf(engine: Engine, summary: ExecutionSummary): Promise<MapRunFacts[]> {
  const runs: MapRunFacts[] = [];
  /** The run each branch is in. */
  const open = new Map<string, number>();
  const change = (index: number | undefined, facts: Partial<MapRunFacts>): void => {
    const run = index === undefined ? undefined : runs[index];
    if (index !== undefined && run) runs[index] = { ...run, ...facts };
  };
  for (const record of await engine.journal(summary.executionArn)) {
    const { type, branch, atMs } = record;
    if (type === 'MapRunStarted') {
      open.set(branch, runs.length);
      runs.push(startedRun(summary, record));
    } else if (type === 'MapRunPlanned') change(open.get(branch), countsIn(record));
    else if (type === 'MapRunRedriven')
      change(open.get(branch), {
        status: 'RUNNING',
        stoppedAtMs: undefined,
        redrivenAtMs: atMs,
        redriveCount: Number(record.details?.['redriveCount']),
      });
    else if (type === 'MapRunSucceeded')
      change(open.get(branch), { status: 'SUCCEEDED', stoppedAtMs: atMs });
    else if (type === 'MapRunFailed')
      change(open.get(branch), { status: 'FAILED', stoppedAtMs: atMs });
    else if (type === 'MapStateAborted') abort(open.get(branch), atMs);
    else if (/^Execution(Aborted|TimedOut|Failed)$/.test(type))
      for (const index of open.values()) abort(index, atMs);
  }
  return runs;

  function abort(index: number | undefined, atMs: number): void {
    if (index !== undefined && runs[index]?.status === 'RUNNING')
      change(index, { status: 'ABORTED', stoppedAtMs: atMs });
  }
}

function startedRun(summary: ExecutionSummary, record: JournalRecord): MapRunFacts {
  return {
    mapRunArn: textOf(record.details?.['mapRunArn']),
    executionArn: summary.executionArn,
    stateMachineArn: summary.stateMachineArn,
    startedAtMs: record.atMs,
    status: 'RUNNING',
    stoppedAtMs: undefined,
    redriveCount: 0,
    redrivenAtMs: undefined,
    limits: record.hidden ?? {},
    itemCount: 0,
    executionCount: 0,
  };
}

function countsIn({ hidden }: JournalRecord): Pick<MapRunFacts, 'itemCount' | 'executionCount'> {
  return {
    itemCount: Number(hidden?.['itemCount']),
    executionCount: Number(hidden?.['executionCount']),
  };
}

/** `arn:…:mapRun:<machine>/<label>:<id>` names the machine; which of its executions started the run, only they tell. */
async function findRun(engine: Engine, mapRunArn: string): Promise<MapRunFacts | undefined> {
  const machineName = /:mapRun:([^/]+)\//.exec(mapRunArn)?.[1];
  if (machineName === undefined) return undefined;
  const machine = engine.machines.list().find(({ name }) => name === machineName);
  if (!machine) return undefined;
  let after: string | undefined;
  do {
    const page = await engine.listExecutions({
      of: machine.stateMachineArn,
      limit: 100,
      ...(after !== undefined && { after }),
    });
    for (const summary of page.executions) {
      const runs = await mapRunsOf(engine, summary);
      const found = runs.find((run) => run.mapRunArn === mapRunArn);
      if (found) return found;
    }
    after = page.next;
  } while (after !== undefined);
  return undefined;
}

async function childrenOf(engine: Engine, mapRunArn: string): Promise<ExecutionSummary[]> {
  const children: ExecutionSummary[] = [];
  let after: string | undefined;
  do {
    const page = await engine.listExecutions({
      of: mapRunArn,
      limit: 1000,
      ...(after !== undefined && { after }),
    });
    children.push(...page.executions);
    after = page.next;
  } while (after !== undefined);
  return children;
}

const countNames: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
};

/** Counts by status; what is planned and has not begun is pending. */
function countsOf(
  children: readonly ExecutionSummary[],
  planned: number,
  sizeOf: (child: ExecutionSummary) => number,
): Record<string, number> {
  const counts: Record<string, number> = {
    running: 0,
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
  };
  let started = 0;
  for (const child of children) {
    const name = countNames[child.status];
    counts[name] = (counts[name] ?? 0) + sizeOf(child);
    started += sizeOf(child);
  }
  const total = Math.max(planned, started);
  return {
    ...counts,
    pending: total - started,
    total,
    resultsWritten: 0,
    failuresNotRedrivable: 0,
    pendingRedrive: 0,
  };
}

function labelOf(mapRunArn: string): string {
  return /:mapRun:[^/]+\/([^:]+):/.exec(mapRunArn)?.[1] ?? '';
}
