import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { BankConduct } from './bank-conduct.ts';
import { shanghaiDateOf } from './bank-date.ts';
import type { CallbackSender } from './callbacks.ts';
import { Journal } from './journal.ts';
import { accountScenarioOf, passesCnaps, passesLuhn } from './magic.ts';
import { malformed, noSuchRoute } from './provider.ts';
import type { SandboxAnswer, SandboxRequest } from './provider.ts';

const DebitOrder = z.object({
  reference: z.string().min(1).max(64),
  amountFen: z.int().positive(),
  payer: z.object({ name: z.string().min(1), accountNumber: z.string(), bankCode: z.string() }),
  remark: z.string(),
});
type DebitOrder = z.infer<typeof DebitOrder>;

const Deposit = z.strictObject({
  amountFen: z.int().positive(),
  /** What the payer writes: a loan id or contract number is found in it. */
  remark: z.string().max(200).optional(),
  valueDate: z.iso.date().optional(),
  /** The bank's id of the money; made up when left out. */
  receiptId: z.string().min(1).max(64).optional(),
  /** Says nothing of it to the platform: somebody else has to report it. */
  isSilent: z.boolean().default(false),
});

type Outcome =
  | { status: 'Paid'; bankReference: string; amountFen: number; valueDate: string }
  | { status: 'Refused'; reason: string }
  | { status: 'Processing' };

interface Debit {
  readonly reference: string;
  /** Digest of amount and account: the same reference can never carry another instruction. */
  readonly digest: string;
  readonly account: string;
  readonly amountFen: number;
  readonly receivedAt: string;
  outcome: Outcome;
  readonly settlesAtMs?: number | undefined;
  /** How often money was fetched under this reference. More than one is what must never happen. */
  count: number;
}

interface Receipt {
  readonly receiptId: string;
  readonly amountFen: number;
  readonly valueDate: string;
  readonly remark: string | undefined;
  isDelivered: boolean;
  isReturned: boolean;
}

type Entry =
  | { type: 'Debited'; debit: Omit<Debit, 'count'> }
  | { type: 'Settled'; reference: string; outcome: Outcome }
  | { type: 'DebitedAgain'; reference: string }
  | { type: 'AskedInVain'; reference: string; atMs: number }
  | { type: 'TurnedAway'; account: string }
  | { type: 'Funded'; account: string; balanceFen: number }
  | { type: 'Received'; receipt: Omit<Receipt, 'isDelivered' | 'isReturned'> }
  | { type: 'Delivered' | 'Returned'; receiptId: string };

export interface CollectionAccountOptions {
  readonly clock: Clock;
  readonly dataDir: string | undefined;
  readonly callbacks: CallbackSender;
  readonly platformUrl: string;
  readonly conduct: () => BankConduct;
}

/** The account on which borrowers' money arrives, with books of its own: what was fetched, what came, what went back. */
export class CollectionAccount {
  readonly #options: CollectionAccountOptions;
  readonly #journal: Journal<Entry>;
  readonly #debits = new Map<string, Debit>();
  readonly #receipts = new Map<string, Receipt>();
  /** Balances of borrowers' accounts that were set; every other account is never empty. */
  readonly #balances = new Map<string, number>();
  readonly #turnedAway = new Map<string, number>();
  readonly #askedAtMs = new Map<string, number>();
  readonly #closedAtArrival = new Map<string, number>();
  readonly #cancels = new Set<() => void>();

  constructor(options: CollectionAccountOptions) {
    this.#options = options;
    this.#journal = new Journal(options.dataDir, 'bank-collections');
    for (const entry of this.#journal.read()) this.#apply(entry);
    for (const debit of this.#debits.values()) this.#awaitSettlement(debit);
    for (const receipt of this.#receipts.values()) if (!receipt.isDelivered) this.#tell(receipt);
  }

  /** Undefined for a path that is none of this account's. */
  handle(request: SandboxRequest): SandboxAnswer | undefined {
    const { method, path } = request;
    if (method === 'POST' && path === '/debits') return this.#receiveDebit(request);
    if (method === 'POST' && path === '/receipts') return this.#deposit(request);
    const [, collection, id = '', action] = /^\/(\w+)\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (collection === 'debits' && method === 'GET')
      return this.#query(decodeURIComponent(id), request.arrival);
    if (collection === 'receipts' && method === 'POST' && action === 'return')
      return this.#return(decodeURIComponent(id));
    if (collection === 'accounts' && method === 'PUT') return this.#fund(id, request);
    return undefined;
  }

  books() {
    const debits = [...this.#debits.values()].map(
      ({ reference, account, amountFen, receivedAt, outcome, count }) => ({
        reference,
        accountLast4: account.slice(-4),
        receivedAt,
        askedFen: amountFen,
        ...outcome,
        count,
      }),
    );
    const receipts = [...this.#receipts.values()];
    const fetched = [...this.#debits.values()];
    return {
      debits,
      receipts,
      totals: {
        debitedFen: fetched.reduce((sum, debit) => sum + fetchedFen(debit), 0),
        debitedTwice: fetched.filter(({ count }) => count > 1).length,
        receivedFen: receipts.reduce((sum, { amountFen }) => sum + amountFen, 0),
        returnedFen: receipts
          .filter(({ isReturned }) => isReturned)
          .reduce((sum, { amountFen }) => sum + amountFen, 0),
      },
    };
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#journal.close();
  }

  #receiveDebit({ body, arrival }: SandboxRequest): SandboxAnswer {
    const parsed = DebitOrder.safeParse(body);
    if (!parsed.success) return malformed('reference, amountFen, payer and remark are needed');
    const order = parsed.data;
    const known = this.#debits.get(order.reference);
    if (known !== undefined) return this.#repeat(known, order);
    const closedAt = this.#closedAtArrival.get(order.reference);
    if (closedAt !== undefined && arrival < closedAt)
      return { status: 410, body: { code: 'Stale', detail: 'received before the cut-off' } };
    const scenario = accountScenarioOf(order.payer.accountNumber);
    const debit = this.#debitFor(order);
    this.#record({ type: 'Debited', debit });
    this.#awaitSettlement(debit);
    return { status: 200, body: debit.outcome, isCut: scenario === 'DebitAnswerLost' };
  }

  #repeat(known: Debit, order: DebitOrder): SandboxAnswer {
    if (known.digest !== digestOf(order))
      return {
        status: 409,
        body: { code: 'ReferenceReused', detail: 'the reference carried another instruction' },
      };
    if (!this.#options.conduct().supportsReferenceDedup && known.outcome.status === 'Paid')
      this.#record({ type: 'DebitedAgain', reference: known.reference });
    return { status: 200, body: known.outcome };
  }

  #debitFor(order: DebitOrder): Omit<Debit, 'count'> {
    const nowMs = this.#options.clock.now();
    const isSlow = accountScenarioOf(order.payer.accountNumber) === 'DebitProcessing';
    return {
      reference: order.reference,
      digest: digestOf(order),
      account: order.payer.accountNumber,
      amountFen: order.amountFen,
      receivedAt: new Date(nowMs).toISOString(),
      outcome: isSlow ? { status: 'Processing' } : this.#judge(order),
      ...(isSlow && { settlesAtMs: nowMs + this.#options.conduct().processingSeconds * 1000 }),
    };
  }

  #judge({ reference, amountFen, payer }: DebitOrder): Outcome {
    const { accountNumber, bankCode } = payer;
    if (!passesCnaps(bankCode)) return { status: 'Refused', reason: 'BankCodeInvalid' };
    if (!passesLuhn(accountNumber)) return { status: 'Refused', reason: 'AccountNumberInvalid' };
    const scenario = accountScenarioOf(accountNumber);
    if (scenario === 'DebitRevoked') return { status: 'Refused', reason: 'MandateRevoked' };
    if (scenario === 'DebitInsufficient') return { status: 'Refused', reason: 'InsufficientFunds' };
    const isFirst = scenario?.startsWith('Debit') === true && this.#turnAway(accountNumber) === 1;
    if (scenario === 'DebitInsufficientOnce' && isFirst)
      return { status: 'Refused', reason: 'InsufficientFunds' };
    const wishedFen = scenario === 'DebitPartial' && isFirst ? Math.ceil(amountFen / 2) : amountFen;
    const movableFen = Math.min(wishedFen, this.#balances.get(accountNumber) ?? wishedFen);
    if (movableFen <= 0) return { status: 'Refused', reason: 'InsufficientFunds' };
    return this.#paid(reference, movableFen);
  }

  #paid(reference: string, amountFen: number): Outcome {
    const valueDate = shanghaiDateOf(this.#options.clock.now());
    return { status: 'Paid', bankReference: `BD${digest(reference)}`, amountFen, valueDate };
  }

  #query(reference: string, arrival: number): SandboxAnswer {
    const { queryByReference, settlementCutOffSeconds } = this.#options.conduct();
    if (!queryByReference)
      return { status: 501, body: { code: 'NotSupported', detail: 'this bank cannot be asked' } };
    const debit = this.#debits.get(reference);
    if (debit !== undefined)
      return {
        status: 200,
        body: { ...debit.outcome, isFinal: debit.outcome.status !== 'Processing' },
      };
    const nowMs = this.#options.clock.now();
    const askedAtMs = this.#askedAtMs.get(reference) ?? nowMs;
    if (!this.#askedAtMs.has(reference))
      this.#record({ type: 'AskedInVain', reference, atMs: nowMs });
    const isFinal = nowMs - askedAtMs >= settlementCutOffSeconds * 1000;
    if (isFinal) this.#closedAtArrival.set(reference, arrival);
    return { status: 404, body: { status: 'NotFound', isFinal } };
  }

  #awaitSettlement(debit: Omit<Debit, 'count'>): void {
    if (debit.outcome.status !== 'Processing' || debit.settlesAtMs === undefined) return;
    const cancel = this.#options.clock.at(debit.settlesAtMs, () => {
      this.#cancels.delete(cancel);
      const outcome = this.#paid(debit.reference, debit.amountFen);
      this.#record({ type: 'Settled', reference: debit.reference, outcome });
      if (this.#options.conduct().sendsCallbacks)
        this.#callBack('debits', { reference: debit.reference, ...outcome }, () => undefined);
    });
    this.#cancels.add(cancel);
  }

  #deposit({ body }: SandboxRequest): SandboxAnswer {
    const parsed = Deposit.safeParse(body);
    if (!parsed.success) return malformed(z.prettifyError(parsed.error));
    return this.deposit(parsed.data);
  }

  /** Money of a payer arrives; the same receipt arrives once. */
  deposit(received: z.input<typeof Deposit>): SandboxAnswer {
    const { amountFen, remark, isSilent = false } = received;
    const receiptId = received.receiptId ?? `RC-${this.#receipts.size + 1}-${amountFen}`;
    if (this.#receipts.has(receiptId))
      return { status: 409, body: { code: 'Received', detail: 'this money was received before' } };
    const valueDate = received.valueDate ?? shanghaiDateOf(this.#options.clock.now());
    this.#record({ type: 'Received', receipt: { receiptId, amountFen, valueDate, remark } });
    const receipt = this.#receipts.get(receiptId);
    if (receipt !== undefined && !isSilent) this.#tell(receipt);
    return { status: 201, body: { receiptId, amountFen, valueDate } };
  }

  #return(receiptId: string): SandboxAnswer {
    const receipt = this.#receipts.get(receiptId);
    if (receipt === undefined || receipt.isReturned) return noSuchRoute;
    this.#record({ type: 'Returned', receiptId });
    return { status: 200, body: { receiptId, isReturned: true } };
  }

  #fund(account: string, { body }: SandboxRequest): SandboxAnswer {
    const parsed = z.strictObject({ balanceFen: z.int().min(0) }).safeParse(body);
    if (!parsed.success) return malformed('balanceFen is needed');
    this.#record({ type: 'Funded', account, ...parsed.data });
    return { status: 200, body: { account, ...parsed.data } };
  }

  #tell({ receiptId, amountFen, valueDate, remark }: Receipt): void {
    this.#callBack('receipts', { receiptId, amountFen, valueDate, remark }, () => {
      this.#record({ type: 'Delivered', receiptId });
    });
  }

  #callBack(path: string, body: Record<string, unknown>, delivered: () => void): void {
    this.#options.callbacks.send({
      provider: 'bank',
      messageId: `msg_${digest(JSON.stringify(body))}`,
      url: `${this.#options.platformUrl}/callbacks/${path}`,
      body: JSON.stringify(body),
      delivered,
    });
  }

  /** Counts the debits of a test account, and says the how manieth this one is. */
  #turnAway(account: string): number {
    this.#record({ type: 'TurnedAway', account });
    return this.#turnedAway.get(account) ?? 0;
  }

  #record(entry: Entry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(entry: Entry): void {
    switch (entry.type) {
      case 'Debited': {
        const count = entry.debit.outcome.status === 'Paid' ? 1 : 0;
        this.#debits.set(entry.debit.reference, { ...entry.debit, count });
        this.#draw(entry.debit);
        return;
      }
      case 'Settled': {
        const debit = this.#debits.get(entry.reference);
        if (debit === undefined) return;
        debit.outcome = entry.outcome;
        debit.count += 1;
        this.#draw(debit);
        return;
      }
      case 'DebitedAgain': {
        const debit = this.#debits.get(entry.reference);
        if (debit !== undefined) debit.count += 1;
        return;
      }
      case 'AskedInVain':
        this.#askedAtMs.set(entry.reference, entry.atMs);
        return;
      case 'TurnedAway':
        this.#turnedAway.set(entry.account, (this.#turnedAway.get(entry.account) ?? 0) + 1);
        return;
      case 'Funded':
        this.#balances.set(entry.account, entry.balanceFen);
        return;
      case 'Received':
        this.#receipts.set(entry.receipt.receiptId, {
          ...entry.receipt,
          isDelivered: false,
          isReturned: false,
        });
        return;
      case 'Delivered':
      case 'Returned': {
        const receipt = this.#receipts.get(entry.receiptId);
        if (receipt === undefined) return;
        if (entry.type === 'Delivered') receipt.isDelivered = true;
        else receipt.isReturned = true;
      }
    }
  }

  #draw({ account, outcome }: Pick<Debit, 'account' | 'outcome'>): void {
    const balance = this.#balances.get(account);
    if (balance !== undefined && outcome.status === 'Paid')
      this.#balances.set(account, balance - outcome.amountFen);
  }
}

function fetchedFen({ outcome, count }: Debit): number {
  return outcome.status === 'Paid' ? outcome.amountFen * count : 0;
}

function digestOf({ amountFen, payer }: DebitOrder): string {
  return digest([amountFen, payer.name, payer.accountNumber, payer.bankCode].join('\n'));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 18).toUpperCase();
}
