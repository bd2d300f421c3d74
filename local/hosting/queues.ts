import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { errorAnswer, jsonAnswer, type AwsAnswer } from './aws-request.ts';
import { ACCOUNT_ID, REGION } from './identity.ts';
import type { HostTable } from './host-table.ts';
import type { Resource } from './template.ts';

export interface QueueMessage {
  readonly messageId: string;
  readonly sentAt: string;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The SQS queues of the template: places where what could not be delivered waits to be looked at. */
export class Queues {
  readonly #names = new Map<string, string>();
  readonly #table: HostTable;
  readonly #clock: Clock;
  readonly #hiddenUntilMs = new Map<string, number>();

  constructor(
    resources: readonly Resource[],
    { table, clock }: { table: HostTable; clock: Clock },
  ) {
    for (const resource of resources) this.#names.set(resource.attribute('Arn'), resource.name);
    this.#table = table;
    this.#clock = clock;
  }

  has(arn: string): boolean {
    return this.#names.has(arn);
  }

  async send(
    arn: string,
    body: unknown,
    attributes: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const name = this.#names.get(arn);
    if (name === undefined) throw new Error(`no queue ${arn}`);
    const sentAt = new Date(this.#clock.now()).toISOString();
    const messageId = randomUUID();
    const message: QueueMessage = { messageId, sentAt, body, attributes };
    await this.#table.put(`queue#${name}`, `${sentAt}#${messageId}`, message);
  }

  /** The part of SQS that looks into queues and empties them. */
  async answer(operation: string, body: Readonly<Record<string, unknown>>): Promise<AwsAnswer> {
    if (operation === 'ListQueues')
      return jsonAnswer(200, { QueueUrls: [...this.#names.values()].map(urlOf) });
    const name = String(body['QueueUrl']).split('/').at(-1) ?? '';
    if (![...this.#names.values()].includes(name))
      return errorAnswer(
        400,
        'com.amazonaws.sqs#QueueDoesNotExist',
        'The specified queue does not exist.',
      );
    switch (operation) {
      case 'ReceiveMessage':
        return jsonAnswer(200, { Messages: await this.#receive(name, body) });
      case 'DeleteMessage':
        await this.#table.delete(`queue#${name}`, String(body['ReceiptHandle']));
        return jsonAnswer(200, {});
      default:
        return errorAnswer(
          400,
          'UnknownOperationException',
          `sqs.${operation} is not emulated here`,
        );
    }
  }

  /** Who receives a message has it alone until its time is over. */
  async #receive(
    name: string,
    { MaxNumberOfMessages = 1, VisibilityTimeout = 30 }: Readonly<Record<string, unknown>>,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const at = this.#clock.now();
    const visible = (await this.#table.list(`queue#${name}`))
      .filter(({ id }) => (this.#hiddenUntilMs.get(`${name}#${id}`) ?? 0) <= at)
      .slice(0, Number(MaxNumberOfMessages));
    return visible.map(({ id, value }) => {
      this.#hiddenUntilMs.set(`${name}#${id}`, at + Number(VisibilityTimeout) * 1000);
      const { messageId, body, attributes } = value as QueueMessage;
      return {
        MessageId: messageId,
        ReceiptHandle: id,
        Body: JSON.stringify(body),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([attribute, StringValue]) => [
            attribute,
            { DataType: 'String', StringValue },
          ]),
        ),
      };
    });
  }

  /** Every queue with what waits in it. */
  async read(): Promise<Record<string, readonly unknown[]>> {
    const found: Record<string, readonly unknown[]> = {};
    for (const name of this.#names.values())
      found[name] = (await this.#table.list(`queue#${name}`)).map(({ value }) => value);
    return found;
  }
}

function urlOf(name: string): string {
  return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT_ID}/${name}`;
}
