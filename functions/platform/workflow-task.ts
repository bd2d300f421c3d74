import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import * as z from 'zod';
import { InvalidInput, Unavailable } from '#domain/shared/errors.ts';
import { countRefusal } from './count-refusal.ts';
import { problemCodeOf } from './problem.ts';

export interface WorkflowTask<Input extends z.ZodType, Dependencies, Output> {
  /** What the state machine hands over: ids and small facts. */
  readonly input: Input;
  /** Built on the first invocation, so that importing the handler needs no environment. */
  readonly dependencies: () => Dependencies;
  readonly run: (input: z.infer<Input>, dependencies: Dependencies) => Promise<Output>;
}

/**
 * A throttled table or a lost connection has many names; machines retry the one of ours. Where nobody knows whether a
 * write was made, the step that is retried reads first.
 */
function byOurName(error: unknown): never {
  if (problemCodeOf(error) !== 'Unavailable' || error instanceof Unavailable) throw error;
  throw new Unavailable('a service of the platform does not answer', { cause: error });
}

/** A state carries ids; an answer this large is a document on its way into the history (the limit of AWS is 256 KiB). */
const ANSWER_BYTES_MAX = 32 * 1024;

/** One step of a state machine as a Lambda handler. Errors leave by their name; nothing of the event is logged. */
export function workflowTask<Input extends z.ZodType, Dependencies, Output>(
  task: WorkflowTask<Input, Dependencies, Output>,
) {
  const logger = new Logger();
  let dependencies: Dependencies | undefined;
  return middy<unknown, Output>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .handler(async (event) => {
      const invokedAtMs = Date.now();
      const parsed = task.input.safeParse(event);
      if (!parsed.success) throw new InvalidInput(z.prettifyError(parsed.error));
      dependencies ??= task.dependencies();
      const output = await task.run(parsed.data, dependencies).catch((error: unknown) => {
        countRefusal(error, invokedAtMs);
        return byOurName(error);
      });
      // A short string is never longer than three bytes a unit: the exact length is only taken when it could matter.
      const text = JSON.stringify(output);
      if (text.length * 3 > ANSWER_BYTES_MAX && Buffer.byteLength(text) > ANSWER_BYTES_MAX)
        throw new Error(`the answer has ${text.length} characters: pass ids, not documents`);
      return output;
    });
}
