import * as z from 'zod';
import { callAws } from '../aws-call.ts';

/** A message that nobody could handle, and what became of it here. */
export interface DeadLetter {
  readonly queue: string;
  readonly messageId: string;
  /** Whom it was meant for; absent where only the stream still has the records. */
  readonly functionArn: string | undefined;
  readonly outcome: 'Waiting' | 'Redriven' | 'Failed' | 'NotRedrivable';
  /** The name of the error it failed with again. */
  readonly error?: string;
}

const Messages = z.object({
  Messages: z
    .array(
      z.object({
        MessageId: z.string(),
        ReceiptHandle: z.string(),
        Body: z.string(),
        MessageAttributes: z
          .record(z.string(), z.object({ StringValue: z.string().optional() }))
          .default({}),
      }),
    )
    .default([]),
});
type Message = z.infer<typeof Messages>['Messages'][number];

/** What Lambda writes about an event that a function failed on. */
const FailedInvocation = z.object({
  requestContext: z.object({ functionArn: z.string() }),
  requestPayload: z.unknown(),
});
const QueueUrls = z.object({ QueueUrls: z.array(z.string()).default([]) });
const AT_ONCE = 10;
/** Long enough for the slowest function to have handled ten messages. */
const HELD_SECONDS = 900;

export interface DeadLettersOptions {
  readonly region: string;
  /** AWS itself when undefined or empty. */
  readonly endpoint: string | undefined;
}

/** The dead-letter queues of the account, over the same requests on AWS and on one machine. */
export class DeadLetters {
  readonly #region: string;
  readonly #endpoint: string | undefined;

  constructor({ region, endpoint }: DeadLettersOptions) {
    this.#region = region;
    this.#endpoint = endpoint === '' ? undefined : endpoint;
  }

  /** Looks into every dead-letter queue and leaves everything where it is. */
  async list(): Promise<readonly DeadLetter[]> {
    const found: DeadLetter[] = [];
    for (const url of await this.#queues())
      for (const message of await this.#receive(url, 0)) found.push(letterOf(url, message));
    return found;
  }

  /**
   * Calls the function of each message again and takes the message away once the function has answered. What fails again
   * stays. Handlers are idempotent: a message redriven twice has its effect once.
   */
  async redrive(queue: string): Promise<readonly DeadLetter[]> {
    const urls = (await this.#queues()).filter((url) => url.endsWith(queue));
    const [url] = urls;
    if (url === undefined || urls.length > 1)
      throw new Error(`${urls.length} dead-letter queues end with "${queue}": name one`);
    const found: DeadLetter[] = [];
    for (;;) {
      const messages = await this.#receive(url, HELD_SECONDS);
      if (messages.length === 0) return found;
      for (const message of messages) found.push(await this.#redriveOne(url, message));
    }
  }

  async #redriveOne(url: string, message: Message): Promise<DeadLetter> {
    const letter = letterOf(url, message);
    if (letter.functionArn === undefined) return { ...letter, outcome: 'NotRedrivable' };
    const { headers, text } = await callAws(this.#region, {
      endpoint: this.#endpoint,
      service: 'lambda',
      method: 'POST',
      path: `/2015-03-31/functions/${encodeURIComponent(letter.functionArn)}/invocations`,
      body: payloadOf(message),
      contentType: 'application/json',
    });
    if (headers['x-amz-function-error'] !== undefined) {
      const { errorType = 'Error' } = JSON.parse(text) as { errorType?: string };
      return { ...letter, outcome: 'Failed', error: errorType };
    }
    await this.#sqs('DeleteMessage', { QueueUrl: url, ReceiptHandle: message.ReceiptHandle });
    return { ...letter, outcome: 'Redriven' };
  }

  async #queues(): Promise<readonly string[]> {
    const { QueueUrls: urls } = QueueUrls.parse(await this.#sqs('ListQueues', {}));
    return urls.filter((url) => /DeadLetters[^/]*$/.test(url));
  }

  async #receive(url: string, heldSeconds: number): Promise<readonly Message[]> {
    const answer = await this.#sqs('ReceiveMessage', {
      QueueUrl: url,
      MaxNumberOfMessages: AT_ONCE,
      VisibilityTimeout: heldSeconds,
      MessageAttributeNames: ['All'],
    });
    return Messages.parse(answer).Messages;
  }

  async #sqs(operation: string, body: object): Promise<unknown> {
    const { text } = await callAws(this.#region, {
      endpoint: this.#endpoint,
      service: 'sqs',
      method: 'POST',
      path: '/',
      body: JSON.stringify(body),
      contentType: 'application/x-amz-json-1.0',
      target: `AmazonSQS.${operation}`,
    });
    return JSON.parse(text) as unknown;
  }
}

/** The letters as lines for a person. */
export function describeDeadLetters(letters: readonly DeadLetter[]): readonly string[] {
  if (letters.length === 0) return ['no dead letters'];
  return letters.map(({ queue, messageId, functionArn, outcome, error }) =>
    [outcome, error, queue, messageId, functionArn?.split(':').at(6)].filter(Boolean).join('  '),
  );
}

function letterOf(url: string, message: Message): DeadLetter {
  const failed = FailedInvocation.safeParse(JSON.parse(message.Body));
  // A batch of a stream is told by where it stands in the stream, which holds its records for a day.
  const named = failed.success
    ? failed.data.requestContext.functionArn
    : message.MessageAttributes['TARGET_ARN']?.StringValue;
  const isOfStream = message.Body.includes('"DDBStreamBatchInfo"');
  return {
    queue: url.split('/').at(-1) ?? url,
    messageId: message.MessageId,
    functionArn: isOfStream ? undefined : named,
    outcome: 'Waiting',
  };
}

/** What the function was called with: kept whole by Lambda, the body itself where a bus or a schedule wrote it. */
function payloadOf({ Body }: Message): string {
  const failed = FailedInvocation.safeParse(JSON.parse(Body));
  return failed.success ? JSON.stringify(failed.data.requestPayload) : Body;
}
