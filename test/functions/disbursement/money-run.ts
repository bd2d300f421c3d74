import { AsyncLocalStorage } from 'node:async_hooks';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { seededRandom } from '#test/support/seeded-random.ts';

/** A process that died, or was stopped at its time limit. No code of ours may act on it. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** The platform's own network failed: nobody knows whether the request was served. */
export class NetworkDown extends Error {
  override readonly name = 'TimeoutError';
}

/** One seeded life of one loan: its clock, its luck, and the invocations that were left hanging. */
export class MoneyRun {
  readonly seed: number;
  readonly trace: string[] = [];
  isCalm = false;
  nowMs = Date.parse('2026-11-24T02:00:00Z');
  readonly #random: () => number;
  readonly #faultsMax: number;
  /** Some runs are stormy, some nearly calm: rare combinations need both. */
  readonly #intensity: number;
  #faults = 0;
  readonly #sleepers: (() => void)[] = [];
  readonly pending = new Set<Promise<unknown>>();

  constructor(seed: number, faultsMax = 6) {
    this.seed = seed;
    this.#random = seededRandom(seed);
    this.#faultsMax = 1 + Math.floor(this.#random() * faultsMax);
    this.#intensity = this.pick([0.5, 1, 2, 4]);
  }

  random(): number {
    return this.#random();
  }

  between(least: number, most: number): number {
    return least + this.#random() * (most - least);
  }

  pick<Choice>(choices: readonly Choice[]): Choice {
    return choices[Math.floor(this.#random() * choices.length)] as Choice;
  }

  /** Draws a fault; only so many hit one run, and none once it is left to heal. */
  strikes(probability: number, what: string): boolean {
    if (this.isCalm || this.#faults >= this.#faultsMax) return false;
    if (this.#random() >= probability * this.#intensity) return false;
    this.#faults += 1;
    this.log(`fault: ${what}`);
    return true;
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  log(line: string): void {
    this.trace.push(`${new Date(this.nowMs).toISOString().slice(11, 19)} ${line}`);
  }

  /** Holds the calling invocation until somebody wakes it: the zombie. */
  sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.push(resolve);
    });
  }

  wakeOne(): void {
    const index = Math.floor(this.#random() * this.#sleepers.length);
    const [sleeper] = this.#sleepers.splice(index, 1);
    if (sleeper === undefined) return;
    this.log('a zombie wakes');
    sleeper();
  }

  async wakeAll(): Promise<void> {
    while (this.#sleepers.length > 0 || this.pending.size > 0) {
      this.wakeOne();
      await Promise.race([...this.pending, new Promise((resolve) => setTimeout(resolve, 1))]);
    }
  }

  get hasSleepers(): boolean {
    return this.#sleepers.length > 0;
  }
}

interface Invocation {
  readonly run: MoneyRun;
  readonly hold: () => void;
}

const invocations = new AsyncLocalStorage<Invocation>();

/**
 * Invokes a step as a Lambda: a duplicate delivery runs beside it, a process that dies throws `Crash`, and one that hangs is
 * reported as dead while it lives on and may finish late.
 */
export function invoke<Result>(run: MoneyRun, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const hold = (): void => {
      reject(new Crash('the invocation ran into its time limit'));
    };
    const done: Promise<unknown> = invocations
      .run({ run, hold }, work)
      .then(resolve, reject)
      .finally(() => run.pending.delete(done));
    run.pending.add(done);
  });
}

const crashKey = Symbol.for('zhudai.crashPoint');

/** Lets every named crash point kill or hold the invocation that reaches it, by the luck of its run. */
export function installCrashPoints(): void {
  const hook = async (name: string): Promise<void> => {
    const invocation = invocations.getStore();
    if (invocation === undefined) return;
    const { run, hold } = invocation;
    if (run.strikes(0.06, `killed at ${name}`)) throw new Crash(`killed at ${name}`);
    if (!run.strikes(0.06, `held at ${name}`)) return;
    hold();
    await run.sleep();
  };
  Reflect.set(globalThis, crashKey, hook);
}

export function removeCrashPoints(): void {
  Reflect.deleteProperty(globalThis, crashKey);
}

const writes = new Set(['PutItemCommand', 'TransactWriteItemsCommand', 'DeleteItemCommand']);

/** Faults of DynamoDB, in the SDK itself, so that the real repositories meet them as they would in the cloud. */
export function installStoreFaults(documents: DynamoDBDocumentClient): void {
  documents.middlewareStack.add(
    (next, context) => async (args) => {
      const run = invocations.getStore()?.run;
      const command = String(context['commandName']);
      if (run === undefined || !writes.has(command)) return next(args);
      if (run.strikes(0.03, `${command} not sent`)) throw new NetworkDown('not sent');
      if (command === 'TransactWriteItemsCommand' && run.strikes(0.03, 'transaction conflict'))
        throw conflict();
      const answer = await next(args);
      if (run.strikes(0.06, `${command} stored, answer lost`)) throw new NetworkDown('answer lost');
      return answer;
    },
    { step: 'initialize', priority: 'high', name: 'lostForTheCaller' },
  );
  documents.middlewareStack.add(
    (next, context) => async (args) => {
      const run = invocations.getStore()?.run;
      const answer = await next(args);
      if (run === undefined || !writes.has(String(context['commandName']))) return answer;
      if (run.strikes(0.06, 'stored, answer lost, sent again by the SDK'))
        throw Object.assign(new NetworkDown('answer lost'), { $retryable: { throttling: false } });
      return answer;
    },
    { step: 'finalizeRequest', priority: 'low', name: 'lostForTheSdk' },
  );
}

function conflict(): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'transaction conflict',
    $metadata: {},
    CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
  });
}

/** Work of the test itself (looking into the tables) meets no faults. */
export function undisturbed<Result>(work: () => Promise<Result>): Promise<Result> {
  return invocations.exit(work);
}
