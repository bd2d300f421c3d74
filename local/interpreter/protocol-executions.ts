import * as z from 'zod';
import type { Engine, StartRequest } from './engine.ts';
import type { HistoryEvent } from './history.ts';
import { without } from './json.ts';
import {
  describeSummary,
  epochSeconds,
  listedSummary,
  parseJsonText,
  parseRequest,
  Payload,
  type Operation,
} from './protocol-answers.ts';
import { invalidPageToken, makeToken, readPosition, readToken } from './page-tokens.ts';
import { splitQualifier } from './publications.ts';
import { ServiceError, validationException } from './service-errors.ts';
import type { ExecutionSummary } from './store.ts';

const PAGE_MAX = 1000;
const PAGE_DEFAULT = 100;

const Name = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]+$/);
const StartInput = z.object({
  stateMachineArn: z.string(),
  name: Name.optional(),
  input: Payload.optional(),
});
const ByArn = z.object({ executionArn: z.string() });
const Stop = ByArn.extend({
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});
const List = z.object({
  stateMachineArn: z.string().optional(),
  mapRunArn: z.string().optional(),
  redriveFilter: z.enum(['REDRIVEN', 'NOT_REDRIVEN']).optional(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
  maxResults: z.int().min(0).max(PAGE_MAX).optional(),
  nextToken: z.string().optional(),
});
const History = ByArn.extend({
  maxResults: z.int().min(0).max(PAGE_MAX).optional(),
  reverseOrder: z.boolean().optional(),
  nextToken: z.string().optional(),
  includeExecutionData: z.boolean().optional(),
});

/** Operations on executions. */
export function executionOperations(engine: Engine): Record<string, Operation> {
  return {
    StartExecution: async (body) => {
      const { executionArn, startedAtMs } = await engine.startExecution(readStart(body));
      return { executionArn, startDate: epochSeconds(startedAtMs) };
    },
    StartSyncExecution: async (body) => {
      const summary = await engine.startSyncExecution(readStart(body));
      const shown = without(
        describeSummary(summary),
        'redriveCount',
        'redriveStatus',
        'redriveStatusReason',
      );
      const billedMs = (summary.stoppedAtMs ?? summary.startedAtMs) - summary.startedAtMs;
      return {
        ...shown,
        billingDetails: {
          billedMemoryUsedInMB: 64,
          billedDurationInMilliseconds: Math.ceil(billedMs / 100) * 100,
        },
      };
    },
    StopExecution: async (body) => {
      const { executionArn, error, cause } = parseRequest(Stop, body);
      const summary = await engine.stopExecution(executionArn, {
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      });
      return { stopDate: epochSeconds(summary.stoppedAtMs ?? engine.clock.now()) };
    },
    DescribeExecution: async (body) =>
      describeSummary(await engine.describeExecution(parseRequest(ByArn, body).executionArn)),
    DescribeStateMachineForExecution: async (body) => {
      const summary = await engine.describeExecution(parseRequest(ByArn, body).executionArn);
      const machine = engine.machines.find(summary.stateMachineArn);
      return {
        stateMachineArn: summary.stateMachineArn,
        name: summary.machineName,
        definition: await engine.machines.definitionOf(summary.definitionHash),
        roleArn: summary.roleArn,
        updateDate: epochSeconds(machine?.updatedAtMs ?? summary.startedAtMs),
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        ...(summary.mapRunArn !== undefined && { mapRunArn: summary.mapRunArn }),
      };
    },
    ListExecutions: (body) => listExecutions(engine, body),
    GetExecutionHistory: (body) => getHistory(engine, body),
    RedriveExecution: async (body) => {
      const summary = await engine.redriveExecution(parseRequest(ByArn, body).executionArn);
      return { redriveDate: epochSeconds(summary.redrivenAtMs ?? engine.clock.now()) };
    },
  };
}

function readStart(body: unknown): StartRequest {
  const { stateMachineArn, name, input = '{}' } = parseRequest(StartInput, body);
  const value = parseJsonText(
    input,
    (message) =>
      new ServiceError(
        'InvalidExecutionInput',
        `Invalid State Machine Execution Input: '${message}'`,
      ),
  );
  return { stateMachineArn, name, input: value };
}

async function listExecutions(engine: Engine, body: unknown): Promise<unknown> {
  const request = parseRequest(List, body);
  const asked = request.mapRunArn ?? request.stateMachineArn;
  if (asked === undefined)
    throw validationException('Must provide a StateMachine ARN or Map Run ARN');
  const isOfMachine = request.mapRunArn === undefined;
  const of = isOfMachine ? splitQualifier(asked).stateMachineArn : asked;
  if (isOfMachine && !engine.machines.find(of))
    throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${of}'`);
  const { executions, next } = await engine
    .listExecutions({
      of,
      limit: pageSize(request.maxResults),
      ...(request.statusFilter && { status: request.statusFilter }),
      ...(request.nextToken !== undefined && { after: readToken(request.nextToken) }),
    })
    .catch((error: unknown) => {
      throw isOfForeignPlace(error) ? invalidPageToken() : error;
    });
  const { redriveFilter } = request;
  // A page may come out shorter than asked for, as the service's own may.
  const shown = executions
    .filter(
      ({ redriveCount }) =>
        redriveFilter === undefined || redriveCount > 0 === (redriveFilter === 'REDRIVEN'),
    )
    .filter((each) => !isOfMachine || asked === of || isStartedBy(each, asked));
  return {
    executions: shown.map(listedSummary),
    ...(next !== undefined && { nextToken: makeToken(next) }),
  };
}

function isStartedBy(execution: ExecutionSummary, qualifiedArn: string): boolean {
  const { stateMachineVersionArn, stateMachineAliasArn } = execution;
  return [stateMachineVersionArn, stateMachineAliasArn].includes(qualifiedArn);
}

async function getHistory(engine: Engine, body: unknown): Promise<unknown> {
  const request = parseRequest(History, body);
  const history = await engine.history(request.executionArn);
  const events = request.reverseOrder === true ? history.toReversed() : history;
  const start = request.nextToken === undefined ? 0 : readPosition(request.nextToken);
  const end = start + pageSize(request.maxResults);
  return {
    events: events
      .slice(start, end)
      .map((event) => shownEvent(event, request.includeExecutionData ?? true)),
    ...(end < events.length && { nextToken: makeToken(String(end)) }),
  };
}

/** What may be left out of an event: all that came from or went to a state. */
const executionData = ['input', 'output', 'parameters', 'assignedVariables'] as const;

/** One event as GetExecutionHistory prints it. */
function shownEvent(event: HistoryEvent, hasData: boolean): Record<string, unknown> {
  return {
    timestamp: epochSeconds(event.timestampMs),
    type: event.type,
    id: event.id,
    previousEventId: event.previousEventId,
    ...(event.details && {
      [event.details[0]]: hasData ? event.details[1] : without(event.details[1], ...executionData),
    }),
  };
}

/** Whether a store refused the place a page was to begin at: it is of another list, or made up. */
function isOfForeignPlace(error: unknown): boolean {
  return error instanceof Error && ['SyntaxError', 'ValidationException'].includes(error.name);
}

function pageSize(maxResults: number | undefined): number {
  return maxResults === undefined || maxResults === 0 ? PAGE_DEFAULT : maxResults;
}
