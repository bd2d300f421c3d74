import * as z from 'zod';
import { PAYLOAD_BYTES_MAX, type Json } from './json.ts';
import { ServiceError, validationException } from './service-errors.ts';
import type { ExecutionSummary } from './store.ts';

/** A status and a JSON body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** JSON text as large as a payload may be. */
export const Payload = z.string().refine((text) => Buffer.byteLength(text) <= PAYLOAD_BYTES_MAX, {
  message: `Member must have length less than or equal to ${PAYLOAD_BYTES_MAX}`,
});

/** One operation of the API. */
export type Operation = (body: unknown) => Promise<unknown>;

/** A refusal becomes its `__type`; anything else is a fault of ours. */
export function describeError(error: unknown): Answer {
  if (!(error instanceof ServiceError))
    return {
      status: 500,
      body: { __type: 'InternalServerException', message: String(error) },
    };
  return {
    status: 400,
    body: {
      __type: error.type,
      message: error.message,
      ...(error.reason !== undefined && { reason: error.reason }),
    },
  };
}

/** Reads a request, or refuses it naming the first field that is wrong. */
export function parseRequest<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw validationException(
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${issue?.message ?? 'invalid'}`,
  );
}

/** Reads JSON text that a request carries. */
export function parseJsonText(text: string, refuse: (message: string) => ServiceError): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

/** The protocol carries instants as seconds since the epoch. */
export function epochSeconds(atMs: number): number {
  return atMs / 1000;
}

/** By which version and alias an execution was started; neither, when by the machine itself. */
function startedBy(summary: ExecutionSummary): Record<string, unknown> {
  const { stateMachineVersionArn, stateMachineAliasArn } = summary;
  return {
    ...(stateMachineVersionArn !== undefined && { stateMachineVersionArn }),
    ...(stateMachineAliasArn !== undefined && { stateMachineAliasArn }),
  };
}

/** An execution as DescribeExecution prints it. */
export function describeSummary(summary: ExecutionSummary): Record<string, unknown> {
  const hasEndedBadly = ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(summary.status);
  const isRedrivable = hasEndedBadly && summary.machineType === 'STANDARD';
  return {
    executionArn: summary.executionArn,
    stateMachineArn: summary.stateMachineArn,
    ...startedBy(summary),
    name: summary.name,
    status: summary.status,
    startDate: epochSeconds(summary.startedAtMs),
    ...(summary.stoppedAtMs !== undefined && { stopDate: epochSeconds(summary.stoppedAtMs) }),
    input: JSON.stringify(summary.input),
    inputDetails: { included: true },
    ...(summary.output !== undefined && {
      output: JSON.stringify(summary.output),
      outputDetails: { included: true },
    }),
    ...(summary.error !== undefined && { error: summary.error }),
    ...(summary.cause !== undefined && { cause: summary.cause }),
    redriveCount: summary.redriveCount,
    ...(summary.redrivenAtMs !== undefined && { redriveDate: epochSeconds(summary.redrivenAtMs) }),
    ...(summary.mapRunArn !== undefined && { mapRunArn: summary.mapRunArn }),
    redriveStatus: redriveStatusOf(summary, isRedrivable),
    ...(!isRedrivable && {
      redriveStatusReason: `Execution is ${summary.status} and cannot be redriven`,
    }),
  };
}

/** A child of a map run goes on with its run, never by itself. */
function redriveStatusOf({ mapRunArn }: ExecutionSummary, isRedrivable: boolean): string {
  if (!isRedrivable) return 'NOT_REDRIVABLE';
  return mapRunArn === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN';
}

/** An execution as a list prints it. */
export function listedSummary(summary: ExecutionSummary): Record<string, unknown> {
  return {
    executionArn: summary.executionArn,
    stateMachineArn: summary.stateMachineArn,
    ...startedBy(summary),
    name: summary.name,
    status: summary.status,
    startDate: epochSeconds(summary.startedAtMs),
    ...(summary.stoppedAtMs !== undefined && { stopDate: epochSeconds(summary.stoppedAtMs) }),
    ...(summary.mapRunArn !== undefined && { mapRunArn: summary.mapRunArn }),
    redriveCount: summary.redriveCount,
    ...(summary.redrivenAtMs !== undefined && { redriveDate: epochSeconds(summary.redrivenAtMs) }),
  };
}
