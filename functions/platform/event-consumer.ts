import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import * as z from 'zod';
import { ApplicationErased, InvalidInput } from '#domain/shared/errors.ts';
import { fromAttributeMap } from './attribute-value.ts';

const BusEvent = z.object({
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  detail: z.unknown(),
});

export interface EventConsumer<Detail extends z.ZodType, Dependencies, Output> {
  readonly detail: Detail;
  readonly dependencies: () => Dependencies;
  /** Events arrive at least once: what this does must be the same done twice. */
  readonly run: (
    detail: z.infer<Detail>,
    dependencies: Dependencies,
    event: { readonly eventId: string; readonly eventType: string },
  ) => Promise<Output>;
}

/** A Lambda that a rule of the bus calls, one event at a time. A throw makes EventBridge deliver again, then to the DLQ. */
export function eventConsumer<Detail extends z.ZodType, Dependencies, Output>(
  consumer: EventConsumer<Detail, Dependencies, Output>,
) {
  let dependencies: Dependencies | undefined;
  return middy<unknown, Output | undefined>()
    .use(injectLambdaContext(new Logger(), { logEvent: false }))
    .handler(async (event) => {
      const envelope = BusEvent.safeParse(event);
      const detail = consumer.detail.safeParse(envelope.data?.detail);
      if (!envelope.success) throw new InvalidInput(z.prettifyError(envelope.error));
      if (!detail.success) throw new InvalidInput(z.prettifyError(detail.error));
      dependencies ??= consumer.dependencies();
      const { id: eventId, 'detail-type': eventType } = envelope.data;
      return consumer.run(detail.data, dependencies, { eventId, eventType }).catch(nothingLeftToDo);
    });
}

/** A late event about what has been erased since: there is nothing any more that it could change. */
function nothingLeftToDo(error: unknown): undefined {
  if (error instanceof ApplicationErased) return undefined;
  throw error;
}

const StreamBatch = z.object({
  Records: z.array(
    z.object({
      dynamodb: z.object({
        SequenceNumber: z.string(),
        Keys: z.unknown(),
        NewImage: z.unknown().optional(),
      }),
    }),
  ),
});

export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly keys: Readonly<Record<string, unknown>>;
  /** Absent when the item was deleted. */
  readonly image: Readonly<Record<string, unknown>> | undefined;
}

export interface StreamConsumer<Dependencies> {
  readonly dependencies: () => Dependencies;
  /** Takes the records in order, and answers with the sequence number of the first it could not take, if any. */
  readonly run: (
    records: readonly StreamRecord[],
    dependencies: Dependencies,
  ) => Promise<string | undefined>;
}

export interface PartialBatch {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** A Lambda behind a DynamoDB stream. From the first failed record on, the batch is delivered again, in order. */
export function streamConsumer<Dependencies>(consumer: StreamConsumer<Dependencies>) {
  const logger = new Logger();
  let dependencies: Dependencies | undefined;
  return middy<unknown, PartialBatch>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .handler(async (event) => {
      const { Records } = StreamBatch.parse(event);
      dependencies ??= consumer.dependencies();
      const records = Records.map(({ dynamodb }) => ({
        sequenceNumber: dynamodb.SequenceNumber,
        keys: fromAttributeMap(dynamodb.Keys),
        image: dynamodb.NewImage === undefined ? undefined : fromAttributeMap(dynamodb.NewImage),
      }));
      const failed = await consumer.run(records, dependencies);
      if (failed === undefined) return { batchItemFailures: [] };
      // Lambda counts no error for it: until the last try is over, this line alone tells of it.
      logger.error('a change was not taken; it comes again', { sequenceNumber: failed });
      return { batchItemFailures: [{ itemIdentifier: failed }] };
    });
}
