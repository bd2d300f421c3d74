import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
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

  /** Every queue with what waits in it. */
  async read(): Promise<Record<string, readonly unknown[]>> {
    const found: Record<string, readonly unknown[]> = {};
    for (const name of this.#names.values())
      found[name] = (await this.#table.list(`queue#${name}`)).map(({ value }) => value);
    return found;
  }
}
