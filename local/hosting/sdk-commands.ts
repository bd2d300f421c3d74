import * as events from '@aws-sdk/client-eventbridge';
import * as workflows from '@aws-sdk/client-sfn';
import { messageOf } from './dynamo-wire.ts';
import { answerInsteadOf, SdkRoutes, type SdkClient } from './sdk-routes.ts';

/** Sends one request of a JSON protocol and answers its status and body. */
export type CommandRoute = (
  target: string,
  body: Readonly<Record<string, unknown>>,
) => Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;

interface Service {
  readonly client: { readonly prototype: object };
  readonly sample: () => SdkClient & { destroy(): void };
  readonly target: string;
  readonly endpointVariable: string;
  /** Commands whose input and answer are the same in the SDK and on the wire but for instants. */
  readonly commands: Readonly<Record<string, string>>;
  readonly exceptions: Readonly<Record<string, unknown>>;
}

const region = 'us-east-1';
const services: readonly Service[] = [
  {
    client: workflows.SFNClient,
    sample: () => new workflows.SFNClient({ region }),
    target: 'AWSStepFunctions',
    endpointVariable: 'AWS_ENDPOINT_URL_SFN',
    commands: {
      StartExecutionCommand: 'StartExecution',
      SendTaskSuccessCommand: 'SendTaskSuccess',
      SendTaskFailureCommand: 'SendTaskFailure',
    },
    exceptions: workflows,
  },
  {
    client: events.EventBridgeClient,
    sample: () => new events.EventBridgeClient({ region }),
    target: 'AWSEvents',
    endpointVariable: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
    commands: { PutEventsCommand: 'PutEvents' },
    exceptions: events,
  },
];

const routes = new SdkRoutes<CommandRoute>(() => {
  for (const service of services)
    answerInsteadOf(service.client, service.sample(), async (client, { constructor, input }) => {
      const operation = service.commands[constructor.name];
      if (operation === undefined) return undefined;
      const route = await routes.of(client, service.endpointVariable);
      return route && call(route, { service, operation, input });
    });
});

/**
 * Answers the commands that workflows live on (start, answer a task, put events) for our own endpoint at `port` directly:
 * the SDK's way there and back costs a millisecond of CPU a call. Everything else takes that way, and so does whatever has
 * options or a middleware of its own.
 */
export function routeCommands(port: number, route: CommandRoute): () => void {
  return routes.add(port, route);
}

async function call(
  route: CommandRoute,
  {
    service,
    operation,
    input,
  }: { service: Service; operation: string; input: Readonly<Record<string, unknown>> },
): Promise<unknown> {
  const sent = JSON.parse(JSON.stringify(input)) as Readonly<Record<string, unknown>>;
  const { status, body } = await route(`${service.target}.${operation}`, sent);
  const $metadata = { httpStatusCode: status, attempts: 1, totalRetryDelay: 0 };
  if (status === 200) {
    const startDate = body['startDate'];
    return {
      ...body,
      ...(typeof startDate === 'number' && { startDate: new Date(startDate * 1000) }),
      $metadata,
    };
  }
  throw errorOf(service, { body, $metadata });
}

/** The SDK's own exception classes: handlers ask for them by name or with `instanceof`. */
function errorOf(
  { exceptions }: Service,
  given: { body: Readonly<Record<string, unknown>>; $metadata: { httpStatusCode: number } },
): Error {
  const { body, $metadata } = given;
  const name = String(body['__type']).split('#').at(-1) ?? 'Error';
  const message = messageOf(body, name);
  const known = exceptions[name];
  if (typeof known === 'function')
    return new (known as new (of: unknown) => Error)({ ...body, message, $metadata });
  return Object.assign(new Error(message), {
    name,
    $fault: $metadata.httpStatusCode < 500 ? 'client' : 'server',
    $metadata,
  });
}
