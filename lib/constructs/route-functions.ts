import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { routes, type Authoriser, type Route } from '../routes.ts';
import type { Access } from './access.ts';
import type { Api } from './api.ts';
import { constructIdOf } from './construct-id.ts';
import { WorkflowFunction } from './workflow-function.ts';

export interface RouteFunctionsProps {
  /** Which part of the route table. */
  readonly authorisers: readonly Authoriser[];
  /** By entry: the routes whose functions stand here. */
  readonly access: Readonly<Record<string, readonly Access[]>>;
}

/** A route and the function behind it. */
export interface RouteFunction {
  readonly route: Route;
  readonly target: WorkflowFunction;
}

/** One function for each route of a part of the table, and its way in. */
export function addRoutes(scope: Construct, api: Api, props: RouteFunctionsProps): void {
  for (const { route, target } of routeFunctions(scope, props)) api.addRoute(route, target);
}

/** One function for each route of a part of the table; it may stand in another stack than the API that leads to it. */
export function routeFunctions(
  scope: Construct,
  props: RouteFunctionsProps,
): readonly RouteFunction[] {
  const mine = routes.filter(
    ({ authoriser, entry }) => props.authorisers.includes(authoriser) && entry in props.access,
  );
  const idle = Object.keys(props.access).filter(
    (entry) => !mine.some((route) => route.entry === entry),
  );
  if (idle.length > 0) throw new Error(`no route leads to ${idle.join(', ')}`);
  return mine.map((route) => {
    const target = new WorkflowFunction(scope, constructIdOf(route.entry), {
      entry: route.entry,
      errorImpact: route.errorImpact,
      access: props.access[route.entry] ?? [],
      // The gateway gives up after 29 seconds; the handler must have answered by then.
      timeout: Duration.seconds(20),
    });
    return { route, target };
  });
}
