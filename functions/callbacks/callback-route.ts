import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type * as z from 'zod';
import type { ApiAnswer, ApiEvent } from '#platform/api-route.ts';
import { problemAnswer, problemCodeOf } from '#platform/problem.ts';
import { callbackSecrets } from '#platform/secrets.ts';
import { verifyCallback } from './callback-request.ts';

/** What became of a callback: it counted, it was late or a repeat (both fine), or it is about nothing we know. */
export type Received = 'Accepted' | 'Unknown' | 'TooEarly';

const answers: Readonly<Record<Received, ApiAnswer>> = {
  Accepted: {
    statusCode: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: '{"status":"Accepted"}',
  },
  Unknown: problemAnswer({ code: 'NotFound' }),
  // The provider was faster than our own record of having asked it: it is to say it again in a moment.
  TooEarly: problemAnswer({ code: 'Unavailable', detail: 'try again in a moment' }),
};

/** A route that providers call. Nothing of a request is read before its signature holds. */
export function callbackRoute<Body extends z.ZodType, Dependencies>(route: {
  readonly body: Body;
  readonly dependencies: () => Dependencies;
  readonly run: (body: z.infer<Body>, dependencies: Dependencies) => Promise<Received>;
  readonly secrets?: () => Promise<readonly string[]>;
}) {
  const secrets = route.secrets ?? callbackSecrets;
  const logger = new Logger();
  let dependencies: Dependencies | undefined;
  return middy<ApiEvent, ApiAnswer>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .handler(async (event) => {
      try {
        const verified = verifyCallback(event, await secrets());
        if (!verified.isGenuine) return verified.answer;
        const body = route.body.safeParse(verified.body);
        if (!body.success) return problemAnswer({ code: 'InvalidInput' });
        dependencies ??= route.dependencies();
        return answers[await route.run(body.data, dependencies)];
      } catch (error) {
        const code = problemCodeOf(error) ?? 'InternalError';
        if (code === 'InternalError') logger.error('a callback met a bug', { error });
        return problemAnswer({ code: code === 'ConcurrentChange' ? 'Unavailable' : code });
      }
    });
}
