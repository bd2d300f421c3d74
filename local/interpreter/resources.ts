/** What a Task's `Resource` says should be called, and how its answer is waited for. */
export type Resource =
  | { readonly kind: 'Function'; readonly arn: string }
  | { readonly kind: 'Activity'; readonly arn: string }
  | {
      readonly kind: 'Service';
      readonly arn: string;
      /** As the history prints it: `lambda`, `aws-sdk:dynamodb` ... */
      readonly service: string;
      /** Without the pattern: `invoke`, `startExecution` ... */
      readonly action: string;
      readonly pattern: IntegrationPattern;
      /** As the history prints it, with the pattern: `invoke.waitForTaskToken`. */
      readonly fullAction: string;
    };

/** Whether a call answers at once, when its job is done, or when somebody sends the token back. */
export type IntegrationPattern = 'RequestResponse' | 'Sync' | 'Sync2' | 'WaitForTaskToken';

const patternsBySuffix: readonly (readonly [string, IntegrationPattern])[] = [
  ['.waitForTaskToken', 'WaitForTaskToken'],
  ['.sync:2', 'Sync2'],
  ['.sync', 'Sync'],
];

/** Services the interpreter calls by itself; every other one needs the service port. */
export const ownServices: ReadonlySet<string> = new Set([
  'lambda:invoke',
  'states:startExecution',
  'events:putEvents',
]);

/** Optimised integrations that Step Functions knows besides, with the actions each has. */
const optimisedServices: Readonly<Record<string, readonly string[]>> = {
  apigateway: ['invoke'],
  athena: ['startQueryExecution', 'stopQueryExecution', 'getQueryExecution', 'getQueryResults'],
  batch: ['submitJob'],
  bedrock: ['invokeModel', 'createModelCustomizationJob'],
  codebuild: ['startBuild', 'stopBuild', 'batchDeleteBuilds', 'batchGetReports', 'startBuildBatch'],
  dynamodb: ['getItem', 'putItem', 'updateItem', 'deleteItem'],
  ecs: ['runTask'],
  events: ['putEvents'],
  glue: ['startJobRun'],
  http: ['invoke'],
  lambda: ['invoke'],
  s3: ['getObject', 'listObjectsV2', 'putObject'],
  sns: ['publish'],
  sqs: ['sendMessage'],
  states: ['startExecution'],
};

/** Reads a resource ARN; undefined when Step Functions would not recognise it. */
export function parseResource(arn: string): Resource | undefined {
  if (/^arn:[^:]*:lambda:[^:]*:[^:]*:function:.+$/.test(arn)) return { kind: 'Function', arn };
  if (/^arn:[^:]*:states:[^:]*:[^:]*:activity:.+$/.test(arn)) return { kind: 'Activity', arn };
  const match =
    /^arn:[^:]*:states:[^:]*:[^:]*:((?:aws-sdk:)?[A-Za-z0-9-]+):([A-Za-z0-9]+)(\..+)?$/.exec(arn);
  if (!match) return undefined;
  const [, service = '', action = '', suffix] = match;
  const pattern = suffix === undefined ? 'RequestResponse' : new Map(patternsBySuffix).get(suffix);
  if (!pattern || !isKnownAction(service, action)) return undefined;
  return { kind: 'Service', arn, service, action, pattern, fullAction: `${action}${suffix ?? ''}` };
}

function isKnownAction(service: string, action: string): boolean {
  if (service.startsWith('aws-sdk:')) return true;
  return optimisedServices[service]?.includes(action) ?? false;
}
