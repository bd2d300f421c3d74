import type { Clock } from '../clock.ts';
import { SandboxBorrower } from '../sandbox/borrower.ts';
import { SandboxOperator } from '../sandbox/operator.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { BusEvent } from './events.ts';

export interface PeopleOptions {
  readonly baseUrl: string;
  readonly partnerKey: string;
  readonly clock: Clock;
  readonly sandbox: Sandbox;
  readonly isAutoOperated: boolean;
  readonly isManualBorrower: boolean;
  readonly onError: (error: unknown) => void;
}

/** Events tell them at once; this is for what happened while they were away. */
const RESCAN_MS = 5_000;

/** The sandbox's people: borrowers who sign, and the staff when it is asked to work. */
export class People {
  readonly #borrower: SandboxBorrower | undefined;
  readonly #operator: SandboxOperator | undefined;

  constructor(options: PeopleOptions) {
    const { baseUrl, partnerKey, clock, sandbox, onError } = options;
    if (!options.isManualBorrower)
      this.#borrower = new SandboxBorrower({
        baseUrl,
        partnerKey,
        clock,
        rescanMs: RESCAN_MS,
        onError,
      });
    if (options.isAutoOperated)
      this.#operator = new SandboxOperator({
        baseUrl,
        mintToken: (operatorId) => sandbox.control.mintToken(operatorId),
        askBank: (reference) => sandbox.askBank(reference),
        rescanMs: RESCAN_MS,
        onError,
      });
  }

  start(): void {
    this.#borrower?.start();
    this.#operator?.start();
  }

  onEvent(event: BusEvent): void {
    this.#borrower?.onEvent(event);
    this.#operator?.onEvent(event);
  }

  async idle(): Promise<void> {
    await Promise.all([this.#borrower?.idle(), this.#operator?.idle()]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#borrower?.stop(), this.#operator?.stop()]);
  }
}
