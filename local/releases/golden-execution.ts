import {
  paginateGetExecutionHistory,
  paginateListExecutions,
  DescribeExecutionCommand,
  ListMapRunsCommand,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** What stands for a task token: a real one is a capability, and no replay has use for it. */
export const TOKEN = '<task token>';

/** One call of a function, and what came of it. */
export interface GoldenCall {
  readonly state: string;
  readonly function: string;
  readonly payload: unknown;
  readonly result?: unknown;
  readonly error?: string;
  /** The call only handed over a token: the result is what answered it. */
  readonly isAnswered?: true;
}

export type GoldenStatus = 'SUCCEEDED' | 'FAILED' | 'RUNNING';

type OpenCall = Omit<GoldenCall, 'result' | 'error'>;

/** One execution as a release ran it. */
export interface GoldenExecution {
  readonly machine: string;
  /** One still running was recorded up to what it waits for. */
  readonly status: GoldenStatus;
  readonly input: unknown;
  readonly states: readonly string[];
  /** Its own calls and those of its children, in their order. */
  readonly calls: readonly GoldenCall[];
}

/** Reads an execution from its history, its children's calls included. */
export async function readExecution(
  client: SFNClient,
  {
    machine,
    executionArn,
    status,
    functions,
  }: {
    machine: string;
    executionArn: string;
    status: GoldenStatus;
    /** What the definitions call each function, by its deployed name. */
    functions: ReadonlyMap<string, string>;
  },
): Promise<GoldenExecution> {
  const { input = '{}' } = await client.send(new DescribeExecutionCommand({ executionArn }));
  const { states, calls } = await readHistory({ client, functions }, executionArn);
  return { machine, status, input: redacted(JSON.parse(input)), states, calls };
}

interface Source {
  readonly client: SFNClient;
  readonly functions: ReadonlyMap<string, string>;
}

async function readHistory(
  source: Source,
  executionArn: string,
): Promise<Pick<GoldenExecution, 'states' | 'calls'>> {
  const { client, functions } = source;
  const states: string[] = [];
  const calls: GoldenCall[] = [];
  let state = '';
  let open: OpenCall | undefined;
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn }))
    for (const event of events) {
      const entered = event.stateEnteredEventDetails?.name;
      if (entered !== undefined) states.push((state = entered));
      if (event.taskScheduledEventDetails) open = callOf(event, state, functions);
      const child = childOf(event);
      if (child !== undefined) calls.push(...(await readHistory(source, child)).calls);
      const ended = endOf(event);
      if (open && ended) {
        calls.push({ ...open, ...ended });
        open = undefined;
      }
    }
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
  for (const { mapRunArn } of mapRuns)
    for await (const { executions = [] } of paginateListExecutions({ client }, { mapRunArn }))
      for (const each of executions)
        calls.push(...(await readHistory(source, each.executionArn ?? '')).calls);
  return { states, calls };
}

function callOf(
  event: HistoryEvent,
  state: string,
  functions: Source['functions'],
): OpenCall | undefined {
  const { parameters = '{}', resourceType, resource } = event.taskScheduledEventDetails ?? {};
  if (resourceType !== 'lambda') return undefined;
  const { FunctionName, Payload } = JSON.parse(parameters) as Record<string, unknown>;
  const name = String(FunctionName).split(':')[6] ?? '';
  return {
    state,
    function: functions.get(name) ?? name,
    payload: redacted(Payload),
    ...(resource === 'invoke.waitForTaskToken' && { isAnswered: true as const }),
  };
}

/** The execution that a task started and waited for. */
function childOf({ taskSubmittedEventDetails: submitted }: HistoryEvent): string | undefined {
  if (submitted?.resourceType !== 'states') return undefined;
  return (JSON.parse(submitted.output ?? '{}') as { ExecutionArn?: string }).ExecutionArn;
}

function endOf(event: HistoryEvent): Pick<GoldenCall, 'result' | 'error'> | undefined {
  const { taskSucceededEventDetails: done, taskFailedEventDetails: failed } = event;
  if (done) {
    const output: unknown = JSON.parse(done.output ?? 'null');
    const isInvocation = typeof output === 'object' && output !== null && 'Payload' in output;
    return { result: redacted(isInvocation ? output.Payload : output) };
  }
  if (failed) return { error: failed.error ?? 'Error' };
  return event.taskTimedOutEventDetails ? { error: 'States.Timeout' } : undefined;
}

/** Tokens are long and signed: nothing else in a payload looks like one. */
function redacted(value: unknown): unknown {
  if (typeof value === 'string') return /^[\w-]{40,}\.[\w-]{20,}$/.test(value) ? TOKEN : value;
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redacted(each)]));
}
