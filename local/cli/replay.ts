import { createHash } from 'node:crypto';
import { sendRaw } from '../sandbox/http-json.ts';
import { PlatformClient, PlatformProblem } from '../sandbox/platform-client.ts';
import { sampleDocument } from '../samples/sample-documents.ts';
import type { SampleDocument } from '../samples/sample-documents.ts';
import { sampleAt } from '../samples/samples.ts';
import { summarise } from './replay-summary.ts';
import type { ReplayReport, ReplayRow } from './replay-summary.ts';

/** One application to send, and the documents it comes with when it is asked for them. */
export interface ReplayItem {
  readonly request: { readonly externalId: string; readonly [fact: string]: unknown };
  document?(kind: string): SampleDocument;
}

export interface ReplayProgress {
  readonly total: number;
  readonly sent: number;
  readonly settled: number;
}

export interface ReplayOptions {
  readonly baseUrl: string;
  readonly partnerKey: string;
  readonly count: number;
  readonly offset?: number;
  /** What to send instead of the German samples. */
  readonly items?: readonly ReplayItem[];
  readonly concurrency?: number;
  /** With staff at work every application is followed to its end; without, a task for a person is an end too. */
  readonly isAutoOperated?: boolean;
  /** Leaves contracts unsigned: AwaitingSignature is an end as well. */
  readonly isManualBorrower?: boolean;
  /** How long one application may go without any change before the replay stops waiting for it. */
  readonly patienceMs?: number;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** What the platform answers to a body it will never take; anything else is a fault of the run, not of the application. */
const refusals = new Set([400, 409, 413, 415, 422]);
const closed = new Set(['Disbursed', 'Declined', 'Expired', 'Withdrawn']);
const waitingForPerson = new Set(['UnderReview', 'AwaitingApproval', 'PayoutFailed']);
/** Only the oldest few are asked about: applications come through in about the order they were sent. */
const FOLLOWED_AT_ONCE = 12;
const FOLLOW_EVERY_MS = 200;
const SETTLE_MS = 700;
const UPLOAD_AGAIN_MS = 3_000;

interface Followed {
  readonly item: ReplayItem;
  readonly applicationId: string;
  readonly sentAtMs: number;
  lastStatus: string;
  changedAtMs: number;
  uploadedAtMs: number;
}

/**
 * Sends applications through the HTTP API as a partner does, uploads what is asked for, follows each to its end and says
 * what became of it. Keys are derived from the bodies: a replay that was broken off can simply be started again.
 */
export async function replaySamples(options: ReplayOptions): Promise<ReplayReport> {
  return new Replay(options).run();
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #platform: PlatformClient;
  readonly #total: number;
  readonly #following: Followed[] = [];
  readonly #rows: ReplayRow[] = [];
  readonly #order = new Map<string, number>();
  #isStopped = false;
  #sent = 0;
  #next = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    const { baseUrl, partnerKey, items, count, patienceMs = 60_000 } = options;
    this.#platform = new PlatformClient({ baseUrl, credential: partnerKey, patienceMs });
    this.#total = items === undefined ? count : Math.min(count, items.length);
  }

  async run(): Promise<ReplayReport> {
    const startedAtMs = Date.now();
    const senders = Array.from({ length: this.#options.concurrency ?? 8 }, () => this.#sendAll());
    try {
      await Promise.all([...senders, this.#followAll()]);
    } finally {
      this.#isStopped = true;
    }
    const orderOf = ({ externalId }: ReplayRow) => this.#order.get(externalId) ?? 0;
    const rows = this.#rows.sort((a, b) => orderOf(a) - orderOf(b));
    return summarise(rows, Date.now() - startedAtMs);
  }

  async #sendAll(): Promise<void> {
    while (this.#next < this.#total && !this.#isStopped) {
      const position = this.#next++;
      await this.#send(this.#itemAt(position), position);
    }
  }

  #itemAt(position: number): ReplayItem {
    const { items, offset = 0 } = this.#options;
    return items?.[position] ?? sampleAt(position + offset);
  }

  async #send(item: ReplayItem, order: number): Promise<void> {
    const { externalId } = item.request;
    this.#order.set(externalId, order);
    try {
      const key = `replay-${digestOf(item.request)}`;
      const { body } = await this.#platform.post('/v1/applications', item.request, key);
      const nowMs = Date.now();
      this.#following.push({
        item,
        applicationId: String(body['applicationId']),
        sentAtMs: nowMs,
        lastStatus: String(body['status']),
        changedAtMs: nowMs,
        uploadedAtMs: 0,
      });
    } catch (error) {
      if (!(error instanceof PlatformProblem) || !refusals.has(error.status)) throw error;
      this.#finish({ externalId, status: 'Refused', reasonCodes: [error.code], elapsedMs: 0 });
    }
    this.#sent += 1;
    this.#report();
  }

  async #followAll(): Promise<void> {
    while (this.#rows.length < this.#total && !this.#isStopped) {
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_EVERY_MS));
      const oldest = this.#following.slice(0, FOLLOWED_AT_ONCE);
      await Promise.all(oldest.map((followed) => this.#follow(followed)));
    }
  }

  async #follow(followed: Followed): Promise<void> {
    const application = await this.#platform.get(`/v1/applications/${followed.applicationId}`);
    const status = String(application['status']);
    if (status !== followed.lastStatus) {
      followed.lastStatus = status;
      followed.changedAtMs = Date.now();
    }
    if (status === 'AwaitingDocuments') await this.#upload(followed, application);
    if (!this.#isSettled(followed)) return;
    this.#following.splice(this.#following.indexOf(followed), 1);
    this.#finish(rowOf(followed, application));
  }

  #isSettled({ lastStatus, changedAtMs }: Followed): boolean {
    const { isAutoOperated = false, isManualBorrower = false, patienceMs = 60_000 } = this.#options;
    if (closed.has(lastStatus)) return true;
    const quietMs = Date.now() - changedAtMs;
    if (quietMs > patienceMs) return true;
    // UnderReview is also passed on the way through: only one that stays there waits for a person.
    if (quietMs < SETTLE_MS) return false;
    if (isManualBorrower && lastStatus === 'AwaitingSignature') return true;
    return !isAutoOperated && waitingForPerson.has(lastStatus);
  }

  async #upload(followed: Followed, application: Record<string, unknown>): Promise<void> {
    // What was uploaded is checked a moment later. What is not, was lost on the way: the same key gets a place again.
    if (Date.now() - followed.uploadedAtMs < UPLOAD_AGAIN_MS) return;
    followed.uploadedAtMs = Date.now();
    const sent = new Set(
      rowsOf(application['documents'])
        .filter(({ status }) => status === 'Verified')
        .map(({ kind }) => String(kind)),
    );
    for (const kind of kindsRequested(application)) {
      if (sent.has(kind)) continue;
      const document =
        followed.item.document?.(kind) ?? sampleDocument(kind, followed.item.request.externalId);
      await this.#uploadOne(followed.applicationId, kind, document);
    }
  }

  async #uploadOne(applicationId: string, kind: string, document: SampleDocument): Promise<void> {
    const { contentType, bytes, sha256 } = document;
    const registration = { kind, contentType, sizeBytes: bytes.length, sha256 };
    const { body } = await this.#platform.post(
      `/v1/applications/${applicationId}/documents`,
      registration,
      `document-${applicationId}-${digestOf(registration)}`,
    );
    const { url, headers } = uploadIn(body);
    const answer = await sendRaw({
      method: 'PUT',
      url,
      headers: { 'content-type': contentType, ...headers },
      body: bytes,
    });
    if (answer.status >= 300)
      throw new Error(`the upload of ${kind} for ${applicationId} answered ${answer.status}`);
  }

  #finish(row: ReplayRow): void {
    this.#rows.push(row);
    this.#report();
  }

  #report(): void {
    this.#options.onProgress?.({
      total: this.#total,
      sent: this.#sent,
      settled: this.#rows.length,
    });
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 40);
}

function rowsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}

function kindsRequested(application: Record<string, unknown>): string[] {
  const requested = application['documentsRequested'];
  return Array.isArray(requested) ? requested.map(String) : [];
}

/** Where to put the bytes. */
function uploadIn(body: Readonly<Record<string, unknown>>): {
  url: string;
  headers: Record<string, string>;
} {
  const upload = (body['upload'] ?? body) as Record<string, unknown>;
  const url = upload['url'] ?? upload['uploadUrl'];
  if (typeof url !== 'string')
    throw new Error('the registered document came without an upload address');
  return { url, headers: (upload['headers'] ?? {}) as Record<string, string> };
}

function rowOf(followed: Followed, application: Record<string, unknown>): ReplayRow {
  const decision = (application['decision'] ?? {}) as Record<string, unknown>;
  const offer = (decision['offer'] ?? {}) as Record<string, unknown>;
  const contract = (application['contract'] ?? {}) as Record<string, unknown>;
  const requested = (application['requested'] ?? {}) as Record<string, unknown>;
  const codes = application['reasonCodes'];
  const closedAt = application['closedAt'];
  const submittedAt = application['submittedAt'];
  const isTimed = typeof closedAt === 'string' && typeof submittedAt === 'string';
  return {
    externalId: followed.item.request.externalId,
    applicationId: followed.applicationId,
    status: followed.lastStatus,
    ...(typeof decision['outcome'] === 'string' && { decision: decision['outcome'] }),
    ...(typeof decision['grade'] === 'string' && { grade: decision['grade'] }),
    reasonCodes: Array.isArray(codes) ? codes.map(String) : [],
    amountFen: Number(offer['amountFen'] ?? requested['amountFen'] ?? 0),
    ...(typeof contract['aprNominal'] === 'string' && { aprNominal: contract['aprNominal'] }),
    ...(typeof application['loanId'] === 'string' && { loanId: application['loanId'] }),
    elapsedMs: isTimed
      ? Date.parse(closedAt) - Date.parse(submittedAt)
      : followed.changedAtMs - followed.sentAtMs,
  };
}
