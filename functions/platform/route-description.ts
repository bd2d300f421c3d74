import * as z from 'zod';
import type { OperatorRole } from '#domain/tasks/task.ts';
import type { ProblemCode } from './problem.ts';

export type CallerKind = 'Partner' | 'Operator' | 'Anybody';

/** One route as the outside sees it: the handler is checked against it, and the OpenAPI document is made from it. */
export interface RouteDescription<
  Caller extends CallerKind = CallerKind,
  Parameters extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly operationId: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly caller: Caller;
  /** Of an operator route: one of these is needed. A route that names none lets nobody in. */
  readonly roles?: readonly OperatorRole[];
  readonly parameters: Parameters;
  readonly query: Query;
  readonly body: Body;
  readonly status: 200 | 201 | 202;
  /** An allow-list: what it does not name never leaves. */
  readonly answer: Answer;
  /** What may go wrong besides what may go wrong on every route. */
  readonly problems: readonly ProblemCode[];
}

/** For a route without path parameters, without a query, or whose body says nothing. */
export const Nothing = z.strictObject({});

/** Keeps the precise types of a description. */
export function describeRoute<
  Caller extends CallerKind,
  Parameters extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(
  route: RouteDescription<Caller, Parameters, Query, Body, Answer>,
): RouteDescription<Caller, Parameters, Query, Body, Answer> {
  return route;
}
