import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { BankConduct, defaultConduct } from './bank-conduct.ts';
import { shanghaiDateOf } from './bank-date.ts';
import type { CallbackSender } from './callbacks.ts';
import { CollectionAccount } from './collection-account.ts';
import { Journal } from './journal.ts';
import { accountScenarioOf, passesCnaps, passesLuhn } from './magic.ts';
import type { AccountScenario } from './magic.ts';
import { malformed, noSuchRoute, outOfService } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';

const Instruction = z.object({
  reference: z.string().min(1).max(64),
  amountFen: z.int().positive(),
  payee: z.object({ name: z.string().min(1), accountNumber: z.string(), bankCode: z.string() }),
  remark: z.string(),
});
type Instruction = z.infer<typeof Instruction>;

type Outcome =
  | { status: 'Paid'; bankReference: string; amountFen: number; valueDate: string }
  | { status: 'Refused'; reason: string }
  | { status: 'Processing' };

interface Order {
  readonly reference: string;
  /** Digest of amount and payee: the same reference can never carry another instruction. */
  readonly digest: string;
  readonly amountFen: number;
  readonly payee: { readonly accountLast4: string; readonly bankCode: string };
  readonly receivedAt: string;
  outcome: Outcome;
  readonly settlesAtMs?: number | undefined;
  readonly becomes?: 'Paid' | 'Refused' | undefined;
  /** How often money left under this reference. More than one is what must never happen. */
  paidCount: number;
}

type BankEntry =
  | { type: 'Instructed'; order: Omit<Order, 'paidCount'> }
  | { type: 'Settled'; reference: string; outcome: Outcome }
  /** A repeated reference paid again, because this bank does not look. */
  | { type: 'PaidAgain'; reference: string; bankReference: string }
  /** Somebody asked for a reference the bank has never seen. */
  | { type: 'AskedInVain'; reference: string; atMs: number }
  /** A test number made the bank lose or refuse an instruction without booking anything. */
  | { type: 'Rejected'; subject: string };

export interface BankOptions {
  readonly clock: Clock;
  readonly dataDir: string | undefined;
  readonly callbacks: CallbackSender;
  readonly platformUrl: string;
  readonly conduct: Partial<BankConduct>;
}

/** A paying bank with books of its own: the judge of whether money left once, twice or never. */
export class BankSimulator implements SandboxProvider {
  readonly #options: BankOptions;
  readonly #journal: Journal<BankEntry>;
  readonly #orders = new Map<string, Order>();
  readonly #firstAskedAtMs = new Map<string, number>();
  /** References declared finally unknown, with the arrival number of that answer. */
  readonly #closedAtArrival = new Map<string, number>();
  readonly #rejections = new Map<string, number>();
  readonly #cancels = new Set<() => void>();
  readonly #collections: CollectionAccount;
  #conduct: BankConduct;

  constructor(options: BankOptions) {
    this.#options = options;
    this.#conduct = { ...defaultConduct, ...options.conduct };
    this.#collections = new CollectionAccount({ ...options, conduct: () => this.#conduct });
    this.#journal = new Journal(options.dataDir, 'bank');
    for (const entry of this.#journal.read()) this.#apply(entry);
    for (const order of this.#orders.values()) this.#awaitSettlement(order);
  }

  needsKey(path: string): boolean {
    return path.startsWith('/payouts') || path.startsWith('/debits');
  }

  /** A transfer to the collection account by somebody who is simulated as well. */
  deposit(transfer: Parameters<CollectionAccount['deposit']>[0]): void {
    this.#collections.deposit(transfer);
  }

  handle(request: SandboxRequest): SandboxAnswer {
    const { method, path } = request;
    if (path === '/conduct') return this.#conductRoute(request);
    if (method === 'POST' && path === '/enquiries') return this.#enquire(request);
    if (method === 'POST' && path === '/payouts') return this.#receive(request);
    const collected = this.#collections.handle(request);
    if (collected !== undefined) return collected;
    const [, reference] = /^\/payouts\/([^/]+)$/.exec(path) ?? [];
    if (method !== 'GET' || reference === undefined) return noSuchRoute;
    return this.#query(decodeURIComponent(reference), request.arrival);
  }

  books(): {
    payouts: { reference: string; amountFen: number; count: number; [fact: string]: unknown }[];
    refused: unknown[];
    processing: unknown[];
    /** Overpayments paid back to borrowers: payments under references of their own form. */
    refunds: { reference: string; amountFen: number; count: number; [fact: string]: unknown }[];
    collections: ReturnType<CollectionAccount['books']>;
    totals: { payouts: number; payments: number; paidFen: number; paidTwice: number };
  } {
    const everything = [...this.#orders.values()];
    const orders = everything.filter(({ reference }) => !isRefund(reference));
    const paid = orders.filter(({ outcome }) => outcome.status === 'Paid');
    const facts = ({ reference, amountFen, payee, receivedAt, outcome, paidCount }: Order) => ({
      reference,
      amountFen,
      payee,
      receivedAt,
      ...outcome,
      count: paidCount,
    });
    return {
      payouts: paid.map(facts),
      refused: orders.filter(({ outcome }) => outcome.status === 'Refused').map(facts),
      processing: orders.filter(({ outcome }) => outcome.status === 'Processing').map(facts),
      refunds: everything
        .filter(({ reference, outcome }) => isRefund(reference) && outcome.status === 'Paid')
        .map(facts),
      collections: this.#collections.books(),
      totals: {
        payouts: paid.length,
        payments: paid.reduce((sum, { paidCount }) => sum + paidCount, 0),
        paidFen: paid.reduce((sum, { amountFen, paidCount }) => sum + amountFen * paidCount, 0),
        paidTwice: paid.filter(({ paidCount }) => paidCount > 1).length,
      },
    };
  }

  /**
   * What a person learns on the telephone, whatever the bank's interface can do. After "not paid" nothing that is still on
   * its way is carried out any more: the clerk has stopped the reference.
   */
  ask(reference: string, arrival: number): 'Paid' | 'NotPaid' | 'Processing' {
    const status = this.#orders.get(reference)?.outcome.status;
    if (status === undefined) this.#closedAtArrival.set(reference, arrival);
    if (status === 'Paid' || status === 'Processing') return status;
    return 'NotPaid';
  }

  get conduct(): BankConduct {
    return this.#conduct;
  }

  changeConduct(change: Partial<BankConduct>): void {
    this.#conduct = BankConduct.parse({ ...this.#conduct, ...change });
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#collections.close();
    this.#journal.close();
  }

  #conductRoute(request: SandboxRequest): SandboxAnswer {
    if (request.method === 'GET') return { status: 200, body: this.#conduct };
    if (request.method !== 'PUT') return noSuchRoute;
    const change = BankConduct.partial().safeParse(request.body);
    if (!change.success) return malformed(z.prettifyError(change.error));
    this.#conduct = { ...this.#conduct, ...withoutUndefined(change.data) };
    return { status: 200, body: this.#conduct };
  }

  #enquire({ body, arrival }: SandboxRequest): SandboxAnswer {
    const enquiry = z.object({ reference: z.string() }).safeParse(body);
    if (!enquiry.success) return malformed('reference is needed');
    return { status: 200, body: { said: this.ask(enquiry.data.reference, arrival) } };
  }

  #receive(request: SandboxRequest): SandboxAnswer {
    const parsed = Instruction.safeParse(request.body);
    if (!parsed.success) return malformed('reference, amountFen, payee and remark are needed');
    const instruction = parsed.data;
    const known = this.#orders.get(instruction.reference);
    if (known !== undefined) return this.#repeat(known, instruction);
    // The cut-off passed while this instruction was still on its way: a bank drops what is stale.
    const closedAt = this.#closedAtArrival.get(instruction.reference);
    if (closedAt !== undefined && request.arrival < closedAt)
      return { status: 410, body: { code: 'Stale', detail: 'received before the cut-off' } };
    return this.#instruct(instruction);
  }

  #repeat(known: Order, instruction: Instruction): SandboxAnswer {
    if (known.digest !== digestOf(instruction))
      return {
        status: 409,
        body: { code: 'ReferenceReused', detail: 'the reference carried another instruction' },
      };
    if (!this.#conduct.supportsReferenceDedup && known.outcome.status === 'Paid')
      this.#record({
        type: 'PaidAgain',
        reference: known.reference,
        bankReference: `${bankReferenceOf(known.reference)}-${known.paidCount + 1}`,
      });
    return { status: 200, body: known.outcome };
  }

  #instruct(instruction: Instruction): SandboxAnswer {
    const { reference, payee } = instruction;
    const scenario = accountScenarioOf(payee.accountNumber);
    if (scenario === 'DownTwice' && this.#reject(reference) <= 2) return outOfService;
    if (scenario === 'InstructionLost' && this.#reject(reference) === 1)
      return { status: 503, isCut: true };
    const order = this.#orderFor(instruction, scenario);
    this.#record({ type: 'Instructed', order });
    this.#awaitSettlement(order);
    return { status: 200, body: order.outcome, isCut: scenario === 'PaidAnswerLost' };
  }

  #orderFor(
    instruction: Instruction,
    scenario: AccountScenario | undefined,
  ): Omit<Order, 'paidCount'> {
    const { reference, amountFen, payee } = instruction;
    const nowMs = this.#options.clock.now();
    const isSlow = scenario === 'ProcessingThenPaid' || scenario === 'ProcessingThenRefused';
    return {
      reference,
      digest: digestOf(instruction),
      amountFen,
      payee: { accountLast4: payee.accountNumber.slice(-4), bankCode: payee.bankCode },
      receivedAt: new Date(nowMs).toISOString(),
      outcome: isSlow ? { status: 'Processing' } : this.#judge(instruction, scenario),
      ...(isSlow && {
        settlesAtMs: nowMs + this.#conduct.processingSeconds * 1000,
        becomes: scenario === 'ProcessingThenPaid' ? 'Paid' : 'Refused',
      }),
    };
  }

  #judge(instruction: Instruction, scenario: AccountScenario | undefined): Outcome {
    const { payee } = instruction;
    if (!passesCnaps(payee.bankCode)) return { status: 'Refused', reason: 'BankCodeInvalid' };
    if (!passesLuhn(payee.accountNumber))
      return { status: 'Refused', reason: 'AccountNumberInvalid' };
    if (scenario === 'AccountClosed' || scenario === 'NameMismatch' || scenario === 'AccountFrozen')
      return { status: 'Refused', reason: scenario };
    if (scenario === 'RefusedOnce' && this.#reject(digestOfAccount(payee.accountNumber)) === 1)
      return { status: 'Refused', reason: 'DailyLimitReached' };
    return this.#paid(instruction);
  }

  #paid({ reference, amountFen }: { reference: string; amountFen: number }): Outcome {
    const valueDate = shanghaiDateOf(this.#options.clock.now());
    return { status: 'Paid', bankReference: bankReferenceOf(reference), amountFen, valueDate };
  }

  #query(reference: string, arrival: number): SandboxAnswer {
    if (!this.#conduct.queryByReference)
      return { status: 501, body: { code: 'NotSupported', detail: 'this bank cannot be asked' } };
    const order = this.#orders.get(reference);
    if (order !== undefined) {
      const isFinal = order.outcome.status !== 'Processing';
      return { status: 200, body: { ...order.outcome, isFinal } };
    }
    const nowMs = this.#options.clock.now();
    const askedAtMs = this.#firstAskedAtMs.get(reference) ?? nowMs;
    if (!this.#firstAskedAtMs.has(reference))
      this.#record({ type: 'AskedInVain', reference, atMs: nowMs });
    const isFinal = nowMs - askedAtMs >= this.#conduct.settlementCutOffSeconds * 1000;
    if (isFinal) this.#closedAtArrival.set(reference, arrival);
    return { status: 404, body: { status: 'NotFound', isFinal } };
  }

  #awaitSettlement(order: Omit<Order, 'paidCount'>): void {
    if (order.outcome.status !== 'Processing' || order.settlesAtMs === undefined) return;
    const cancel = this.#options.clock.at(order.settlesAtMs, () => {
      this.#cancels.delete(cancel);
      this.#settle(order.reference);
    });
    this.#cancels.add(cancel);
  }

  #settle(reference: string): void {
    const order = this.#orders.get(reference);
    if (order?.outcome.status !== 'Processing') return;
    const outcome: Outcome =
      order.becomes === 'Paid' ? this.#paid(order) : { status: 'Refused', reason: 'AccountClosed' };
    this.#record({ type: 'Settled', reference, outcome });
    if (!this.#conduct.sendsCallbacks) return;
    this.#options.callbacks.send({
      provider: 'bank',
      messageId: `msg_${bankReferenceOf(reference)}`,
      url: `${this.#options.platformUrl}/callbacks/payouts`,
      body: JSON.stringify({ reference, ...outcome }),
      delivered: () => undefined,
    });
  }

  /** Counts how often a test number was turned away, and says the how manieth time this was. */
  #reject(subject: string): number {
    this.#record({ type: 'Rejected', subject });
    return this.#rejections.get(subject) ?? 0;
  }

  #record(entry: BankEntry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(entry: BankEntry): void {
    switch (entry.type) {
      case 'Instructed': {
        const { order } = entry;
        const paidCount = order.outcome.status === 'Paid' ? 1 : 0;
        this.#orders.set(order.reference, { ...order, paidCount });
        return;
      }
      case 'Settled': {
        const order = this.#orders.get(entry.reference);
        if (order === undefined) return;
        order.outcome = entry.outcome;
        if (entry.outcome.status === 'Paid') order.paidCount += 1;
        return;
      }
      case 'PaidAgain': {
        const order = this.#orders.get(entry.reference);
        if (order !== undefined) order.paidCount += 1;
        return;
      }
      case 'AskedInVain':
        this.#firstAskedAtMs.set(entry.reference, entry.atMs);
        return;
      case 'Rejected':
        this.#rejections.set(entry.subject, (this.#rejections.get(entry.subject) ?? 0) + 1);
    }
  }
}

function digestOf({ amountFen, payee }: Instruction): string {
  const account = [amountFen, payee.name, payee.accountNumber, payee.bankCode].join('\n');
  return createHash('sha256').update(account).digest('hex');
}

/** `R`, the tail of the loan id, the number of the refund and of its try: what the platform calls a refund. */
function isRefund(reference: string): boolean {
  return /^R[0-9A-Z]{26}\d{6}$/.test(reference);
}

function digestOfAccount(accountNumber: string): string {
  return createHash('sha256').update(accountNumber).digest('hex');
}

function bankReferenceOf(reference: string): string {
  return `BK${createHash('sha256').update(reference).digest('hex').slice(0, 18).toUpperCase()}`;
}

function withoutUndefined(
  change: Partial<Record<keyof BankConduct, unknown>>,
): Partial<BankConduct> {
  const kept = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept);
}
