import type { Clock } from '../clock.ts';
import type { Activity } from './activity.ts';
import type { HostTable } from './host-table.ts';
import { functionName } from './functions.ts';
import type { Permissions } from './permissions.ts';
import { callTarget, type TargetPorts } from './targets.ts';

/** One event on its way to one target. */
export interface Delivery {
  readonly id: string;
  readonly targetArn: string;
  readonly input: unknown;
  readonly ruleArn: string;
  readonly deadLetterArn: string | undefined;
  readonly attemptsMax: number;
  readonly expiresAtMs: number;
}

export interface DeliveriesOptions {
  readonly table: HostTable;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly ports: TargetPorts;
  readonly permissions: Permissions;
}

interface Kept extends Delivery {
  attempts: number;
}

const KIND = 'delivery';
/** Who publishes waits this long for a target before the delivery is kept instead. */
const PATIENCE_MS = 2_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 60_000;

/**
 * Brings events to targets at least once. A delivery that succeeds at once costs no write: whoever published waits for
 * it. One that fails or takes long is stored first, acknowledged then, and retried until it ends or becomes a dead letter.
 */
export class Deliveries {
  readonly #table: HostTable;
  readonly #clock: Clock;
  readonly #activity: Activity;
  readonly #ports: TargetPorts;
  readonly #permissions: Permissions;
  readonly #kept = new Map<string, Kept>();
  readonly #cancels = new Set<() => void>();
  #isStopped = false;

  constructor(options: DeliveriesOptions) {
    this.#table = options.table;
    this.#clock = options.clock;
    this.#activity = options.activity;
    this.#ports = options.ports;
    this.#permissions = options.permissions;
  }

  get pending(): readonly Delivery[] {
    return [...this.#kept.values()];
  }

  async start(): Promise<void> {
    for (const { value } of await this.#table.list(KIND)) {
      const kept = value as Kept;
      this.#kept.set(kept.id, kept);
      this.#retryLater(kept, 0);
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  /** Resolves when the target has taken the event, or when the delivery is stored to be tried again. */
  deliver(delivery: Delivery): Promise<void> {
    return this.#activity.track(async () => {
      const kept: Kept = { ...delivery, attempts: 1 };
      const attempt = this.#attempt(kept);
      const { promise: impatience, resolve } = Promise.withResolvers<'Late'>();
      const timer = setTimeout(() => {
        resolve('Late');
      }, PATIENCE_MS);
      const outcome = await Promise.race([attempt, impatience]);
      clearTimeout(timer);
      if (outcome === 'Delivered') return;
      await this.#keep(kept);
      if (outcome === 'Failed') await this.#afterFailure(kept);
      else this.#activity.background(async () => this.#settle(kept, await attempt));
    });
  }

  async #settle(kept: Kept, outcome: 'Delivered' | 'Failed'): Promise<void> {
    if (this.#isStopped) return;
    if (outcome === 'Delivered') await this.#forget(kept);
    else await this.#afterFailure(kept);
  }

  async #attempt({ targetArn, input }: Kept): Promise<'Delivered' | 'Failed'> {
    try {
      await callTarget(this.#ports, targetArn, input);
      return 'Delivered';
    } catch {
      // The function's own log says why.
      return 'Failed';
    }
  }

  async #afterFailure(kept: Kept): Promise<void> {
    const isOver = kept.attempts >= kept.attemptsMax || this.#clock.now() >= kept.expiresAtMs;
    if (!isOver) {
      const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (kept.attempts - 1), LAST_RETRY_MS);
      this.#retryLater(kept, delayMs);
      return;
    }
    if (kept.deadLetterArn !== undefined) await this.#bury(kept, kept.deadLetterArn);
    await this.#forget(kept);
  }

  /** The bus writes to a rule's queue as itself, Lambda to a function's in the name of the function, each in its own words. */
  async #bury(kept: Kept, deadLetterArn: string): Promise<void> {
    const { functions, queues } = this.#ports;
    const isTired = kept.attempts >= kept.attemptsMax;
    if (functions.asynchronousConduct(kept.targetArn).deadLetterArn === undefined) {
      await queues.send(deadLetterArn, kept.input, {
        RULE_ARN: kept.ruleArn,
        TARGET_ARN: kept.targetArn,
        EXHAUSTED_RETRY_CONDITION: isTired ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds',
        RETRY_ATTEMPTS: String(kept.attempts - 1),
      });
      return;
    }
    const use = { action: 'sqs:SendMessage', resource: deadLetterArn };
    this.#permissions.demand(functionName(kept.targetArn), use);
    await queues.send(deadLetterArn, {
      version: '1.0',
      timestamp: new Date(this.#clock.now()).toISOString(),
      requestContext: {
        requestId: kept.id,
        functionArn: kept.targetArn,
        condition: isTired ? 'RetriesExhausted' : 'EventAgeExceeded',
        approximateInvokeCount: kept.attempts,
      },
      requestPayload: kept.input,
    });
  }

  #retryLater(kept: Kept, delayMs: number): void {
    if (this.#isStopped) return;
    const cancel = this.#clock.at(this.#clock.now() + delayMs, () => {
      this.#cancels.delete(cancel);
      kept.attempts += 1;
      this.#activity.background(async () => this.#settle(kept, await this.#attempt(kept)));
    });
    this.#cancels.add(cancel);
  }

  async #keep(kept: Kept): Promise<void> {
    this.#kept.set(kept.id, kept);
    await this.#table.put(KIND, kept.id, kept);
  }

  async #forget(kept: Kept): Promise<void> {
    this.#kept.delete(kept.id);
    await this.#table.delete(KIND, kept.id);
  }
}
