import { Webhook } from 'standardwebhooks';
import type { FaultBoard, Strike } from './faults.ts';
import { garbage } from './faults.ts';
import { postRaw } from './http-json.ts';

const FIRST_RETRY_MS = 150;
const LAST_RETRY_MS = 15_000;
/** About ten minutes of retries; a restart of the sandbox begins anew. */
const ATTEMPTS_MAX = 50;
const HOLD_BACK_MS = 800;

export interface Callback {
  readonly provider: string;
  /** Stays the same over every retry, so that the receiver can tell repeats. */
  readonly messageId: string;
  readonly url: string;
  readonly body: string;
  /** Called once, when the receiver has answered 2xx. */
  readonly delivered: () => void;
  /** Signs with another secret, as an impostor would. */
  readonly isForged?: boolean;
}

/** Sends signed callbacks (Standard Webhooks) and repeats each until the receiver says 2xx. */
export class CallbackSender {
  readonly #honest: Webhook;
  readonly #impostor = new Webhook(Buffer.alloc(32, 7).toString('base64'));
  readonly #faults: FaultBoard;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #held: Callback[] = [];
  #isClosed = false;

  constructor(callbackSecret: string, faults: FaultBoard) {
    this.#honest = new Webhook(callbackSecret);
    this.#faults = faults;
  }

  send(callback: Callback): void {
    void this.#attempt(callback, 1);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #attempt(callback: Callback, attempt: number): Promise<void> {
    if (this.#isClosed) return;
    const strike = this.#faults.strike(callback.provider, 'Callback', () => callback.body);
    if (strike?.kind === 'Reorder') {
      this.#holdBack(callback);
      return;
    }
    if (strike?.kind === 'Delay') {
      this.#later(strike.delayMs ?? 1000, () => void this.#deliver(callback, attempt));
      return;
    }
    await this.#deliver(callback, attempt, strike);
    this.#release();
  }

  async #deliver(callback: Callback, attempt: number, strike?: Strike): Promise<void> {
    if (this.#isClosed) return;
    const isDropped = strike?.kind === 'Fail' || strike?.kind === 'Stall';
    const body = strike?.kind === 'Garbage' ? garbage(strike.draw) : callback.body;
    let isAccepted = !isDropped && (await this.#post(callback, body));
    if (isAccepted && strike?.kind === 'Duplicate') isAccepted = await this.#post(callback, body);
    // A forged callback is not repeated: nobody honest waits for its answer.
    if (callback.isForged) return;
    if (isAccepted && strike?.kind !== 'LoseAnswer' && strike?.kind !== 'Garbage') {
      callback.delivered();
      return;
    }
    if (attempt >= ATTEMPTS_MAX) return;
    const backoffMs = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS);
    this.#later(backoffMs, () => void this.#attempt(callback, attempt + 1));
  }

  async #post(callback: Callback, body: string): Promise<boolean> {
    // The wall clock, not the platform's: the receiver compares the timestamp with its own.
    const at = new Date();
    const signer = callback.isForged ? this.#impostor : this.#honest;
    try {
      const { status } = await postRaw(callback.url, body, {
        'content-type': 'application/json',
        'webhook-id': callback.messageId,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signer.sign(callback.messageId, at, body),
      });
      return status >= 200 && status < 300;
    } catch {
      return false;
    }
  }

  /** Keeps a callback back until a later one has gone out, or for a moment when none comes. */
  #holdBack(callback: Callback): void {
    this.#held.push(callback);
    this.#later(HOLD_BACK_MS, () => {
      this.#release();
    });
  }

  #release(): void {
    for (const callback of this.#held.splice(0).reverse()) void this.#deliver(callback, 1);
  }

  #later(delayMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delayMs);
    this.#timers.add(timer);
  }
}
