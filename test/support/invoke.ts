import type { Context } from 'aws-lambda';

const context = {
  awsRequestId: 'invocation-1',
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 30_000,
} as unknown as Context;

/** Calls a handler as Lambda does. */
export function invoke<Event, Answer>(
  handler: (event: Event, context: Context) => Promise<Answer>,
  event: Event,
): Promise<Answer> {
  return handler(event, context);
}
