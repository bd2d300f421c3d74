import type { Clock } from '../clock.ts';
import { everyItem } from './page-items.ts';
import { PlatformClient, PlatformProblem } from './platform-client.ts';
import { WorkQueue } from './work-queue.ts';

/** A domain event as the bus carries it. */
export interface BusEvent {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface SandboxBorrowerOptions {
  readonly baseUrl: string;
  readonly partnerKey: string;
  readonly clock: Clock;
  /** How often all waiting contracts are looked up. Rare is enough where bus events or webhooks are handed in. */
  readonly rescanMs?: number;
  readonly concurrency?: number;
  readonly onError?: (error: unknown) => void;
}

/** Longer than any product's minimum (the default is 10 s). */
const READ_SECONDS = 12;
const ATTEMPTS_MAX = 8;
const RETRY_MS = 120;

/**
 * The borrowers behind the demo partner's front end: each reads the cost sheet, confirms it and asks to sign. Everything
 * goes through the public API with the partner's key; what was missed while the platform was down is found by looking
 * through the applications that await a signature.
 */
export class SandboxBorrower {
  readonly #platform: PlatformClient;
  readonly #clock: Clock;
  readonly #queue: WorkQueue;
  readonly #rescanMs: number;
  readonly #onError: (error: unknown) => void;
  /** Sheets that an event has told of. */
  readonly #announced = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: SandboxBorrowerOptions) {
    const { baseUrl, partnerKey, clock, rescanMs = 2_000, concurrency = 8 } = options;
    this.#platform = new PlatformClient({ baseUrl, credential: partnerKey, patienceMs: 5_000 });
    this.#clock = clock;
    this.#rescanMs = rescanMs;
    this.#onError = options.onError ?? (() => undefined);
    this.#queue = new WorkQueue({
      concurrency,
      work: (applicationId) => this.#sign(applicationId),
      onError: this.#onError,
    });
  }

  /** Looks for contracts that wait, now and then regularly. */
  start(): void {
    void this.#rescan();
  }

  /** Takes a bus event; that of a prepared contract makes the borrower act at once, without reading the application. */
  onEvent(event: BusEvent): void {
    const { subjectId, sheetHash } = event.detail;
    if (event['detail-type'] !== 'ContractPrepared' || typeof subjectId !== 'string') return;
    if (typeof sheetHash === 'string') this.#announced.set(subjectId, sheetHash);
    this.#queue.add(subjectId);
  }

  /** Takes the body of a partner webhook that names an application whose contract is ready. */
  onWebhook(body: unknown): void {
    const { type, data } = (body ?? {}) as { type?: unknown; data?: { applicationId?: unknown } };
    if (typeof type !== 'string' || !/contract/i.test(type)) return;
    if (typeof data?.applicationId === 'string') this.#queue.add(data.applicationId);
  }

  /** Resolves when nobody is at it. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#queue.stop();
  }

  async #rescan(): Promise<void> {
    try {
      const list = '/v1/applications?status=AwaitingSignature';
      for await (const item of everyItem(this.#platform, list)) {
        if (this.#isStopped) return;
        this.#queue.add(String(item['applicationId']));
      }
    } catch (error) {
      this.#onError(error);
    }
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#rescan(), this.#rescanMs);
  }

  async #sign(applicationId: string): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX && !this.#isStopped; attempt += 1) {
      const isDone = await this.#signOnce(applicationId).catch((error: unknown) => {
        if (!(error instanceof PlatformProblem)) throw error;
        // Another partner's application: none of these borrowers.
        if (error.status === 404) return true;
        // Somebody else changed the application in between: look again.
        if (error.status === 409) return false;
        throw error;
      });
      if (isDone) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt));
    }
  }

  /** Does the next things a borrower has to do; false when the application is not ready yet. */
  async #signOnce(applicationId: string): Promise<boolean> {
    const path = `/v1/applications/${applicationId}`;
    const announced = this.#announced.get(applicationId);
    this.#announced.delete(applicationId);
    if (announced !== undefined) {
      await this.#confirm(applicationId, announced);
      await this.#platform.post(`${path}/signature`, {}, `signature-${applicationId}`);
      return true;
    }
    const application = await this.#platform.get(path);
    if (application['status'] !== 'AwaitingSignature') return true;
    const contract = (application['contract'] ?? {}) as Record<string, unknown>;
    const { sheetHash, signedAt, disclosureConfirmedAt } = contract;
    if (typeof sheetHash !== 'string') return false;
    if (signedAt !== undefined) return true;
    if (disclosureConfirmedAt === undefined) await this.#confirm(applicationId, sheetHash);
    await this.#platform.post(`${path}/signature`, {}, `signature-${applicationId}`);
    return true;
  }

  async #confirm(applicationId: string, sheetHash: string): Promise<void> {
    const shownAtMs = this.#clock.now() - READ_SECONDS * 1000;
    const shownAt = new Date(shownAtMs).toISOString();
    await this.#platform.post(
      `/v1/applications/${applicationId}/disclosure`,
      { sheetHash, shownAt, readSeconds: READ_SECONDS },
      `disclosure-${applicationId}-${shownAtMs}`,
    );
  }
}
