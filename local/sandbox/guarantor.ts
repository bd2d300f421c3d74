import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { CallbackSender } from './callbacks.ts';
import { Journal } from './journal.ts';
import { malformed, noSuchRoute } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';

const Claim = z.object({
  reference: z.string().min(1).max(100),
  guarantorId: z.string().min(1),
  contractNumber: z.string().min(1),
  amountFen: z.int().positive(),
  asOf: z.iso.date(),
  /** What the transfer is to say. */
  remark: z.string().min(1).max(200),
});

const Conduct = z.strictObject({
  /** Later: says that it received the claim, and decides when it is told to. */
  answer: z.enum(['Accept', 'Refuse', 'Later']).optional(),
  /** Short pays a fen too little; Twice pays as if it had forgotten that it paid. */
  pays: z.enum(['Whole', 'Short', 'Twice', 'Never']).optional(),
  payAfterSeconds: z.int().min(0).max(31_536_000).optional(),
});

const Decision = z.strictObject({ outcome: z.enum(['Accepted', 'Refused']) });

interface GuarantorConduct {
  readonly answer: 'Accept' | 'Refuse' | 'Later';
  readonly pays: 'Whole' | 'Short' | 'Twice' | 'Never';
  readonly payAfterSeconds: number;
}

type Word = 'Received' | 'Accepted' | 'Refused';

interface KeptClaim extends z.infer<typeof Claim> {
  outcome: Word;
  paysAtMs: number | undefined;
  payments: number;
}

type Entry =
  | { type: 'Claimed'; claim: KeptClaim }
  | { type: 'Decided'; reference: string; outcome: Word; paysAtMs: number | undefined }
  | { type: 'Paid'; reference: string };

export interface GuarantorOptions {
  readonly clock: Clock;
  readonly dataDir: string | undefined;
  readonly callbacks: CallbackSender;
  readonly platformUrl: string;
  /** Puts money on the collection account, as any payer does. */
  readonly transfer: (transfer: {
    readonly amountFen: number;
    readonly remark: string;
    readonly receiptId: string;
  }) => void;
}

/**
 * A guarantee company: keeps the claims made on it, answers them as it is told to, and pays what it accepted through the
 * bank. The same reference is the same claim.
 */
export class GuarantorProvider implements SandboxProvider {
  readonly #options: GuarantorOptions;
  readonly #journal: Journal<Entry>;
  readonly #claims = new Map<string, KeptClaim>();
  readonly #cancels = new Set<() => void>();
  #conduct: GuarantorConduct = {
    answer: 'Accept',
    pays: 'Whole',
    payAfterSeconds: 86_400,
  };

  constructor(options: GuarantorOptions) {
    this.#options = options;
    this.#journal = new Journal(options.dataDir, 'guarantor');
    for (const entry of this.#journal.read()) this.#apply(entry);
    for (const claim of this.#claims.values()) this.#awaitPayment(claim);
  }

  needsKey(path: string): boolean {
    return path === '/claims';
  }

  handle(request: SandboxRequest): SandboxAnswer {
    const { method, path } = request;
    if (method === 'POST' && path === '/claims') return this.#receive(request);
    if (method === 'PUT' && path === '/conduct') return this.#behave(request);
    const [, reference] = /^\/claims\/([^/]+)\/decision$/.exec(path) ?? [];
    if (method === 'POST' && reference !== undefined)
      return this.#decide(decodeURIComponent(reference), request);
    return noSuchRoute;
  }

  books() {
    const claims = [...this.#claims.values()].map(
      ({ reference, guarantorId, contractNumber, amountFen, asOf, outcome, payments }) => ({
        ...{ reference, guarantorId, contractNumber, amountFen, asOf, outcome, payments },
      }),
    );
    return {
      claims,
      totals: {
        claimedFen: sum(claims, ({ amountFen }) => amountFen),
        payments: sum(claims, ({ payments }) => payments),
      },
    };
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#journal.close();
  }

  #receive(request: SandboxRequest): SandboxAnswer {
    const body = Claim.safeParse(request.body);
    if (!body.success)
      return malformed('reference, guarantorId, contractNumber, amountFen, asOf, remark');
    const known = this.#claims.get(body.data.reference);
    if (known !== undefined) return { status: 200, body: { outcome: known.outcome } };
    const words = { Accept: 'Accepted', Refuse: 'Refused', Later: 'Received' } as const;
    const outcome: Word = words[this.#conduct.answer];
    const claim = { ...body.data, outcome, paysAtMs: this.#payDay(outcome), payments: 0 };
    this.#write({ type: 'Claimed', claim });
    this.#awaitPayment(claim);
    return { status: 200, body: { outcome } };
  }

  #behave({ body }: SandboxRequest): SandboxAnswer {
    const conduct = Conduct.safeParse(body);
    if (!conduct.success) return malformed('answer, pays or payAfterSeconds');
    const { answer = this.#conduct.answer, pays = this.#conduct.pays } = conduct.data;
    const { payAfterSeconds = this.#conduct.payAfterSeconds } = conduct.data;
    this.#conduct = { answer, pays, payAfterSeconds };
    return { status: 200, body: this.#conduct };
  }

  /** Somebody at the guarantor decides about a claim that waits; the platform is told. */
  #decide(reference: string, { body }: SandboxRequest): SandboxAnswer {
    const decision = Decision.safeParse(body);
    const claim = this.#claims.get(reference);
    if (!decision.success) return malformed('outcome is Accepted or Refused');
    if (claim === undefined) return noSuchRoute;
    const { outcome } = decision.data;
    this.#write({ type: 'Decided', reference, outcome, paysAtMs: this.#payDay(outcome) });
    this.#awaitPayment(claim);
    const { contractNumber } = claim;
    return {
      status: 200,
      body: { outcome },
      afterwards: () => {
        this.#options.callbacks.send({
          provider: 'guarantor',
          messageId: `decision_${reference}_${outcome}`,
          url: `${this.#options.platformUrl}/callbacks/compensations`,
          body: JSON.stringify({ reference, contractNumber, outcome }),
          delivered: () => undefined,
        });
      },
    };
  }

  #payDay(outcome: Word): number | undefined {
    const { pays, payAfterSeconds } = this.#conduct;
    if (outcome !== 'Accepted' || pays === 'Never') return undefined;
    return this.#options.clock.now() + payAfterSeconds * 1000;
  }

  #awaitPayment(claim: KeptClaim): void {
    const { paysAtMs, payments } = claim;
    if (paysAtMs === undefined || payments > 0) return;
    const cancel = this.#options.clock.at(paysAtMs, () => {
      this.#cancels.delete(cancel);
      this.#pay(claim);
    });
    this.#cancels.add(cancel);
  }

  #pay({ reference, amountFen, remark }: KeptClaim): void {
    const { pays } = this.#conduct;
    const times = pays === 'Twice' ? 2 : 1;
    for (let time = 1; time <= times; time += 1) {
      this.#write({ type: 'Paid', reference });
      this.#options.transfer({
        amountFen: pays === 'Short' ? amountFen - 1 : amountFen,
        remark,
        receiptId: `${reference}-${time}`,
      });
    }
  }

  #write(entry: Entry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(entry: Entry): void {
    if (entry.type === 'Claimed') {
      this.#claims.set(entry.claim.reference, entry.claim);
      return;
    }
    const claim = this.#claims.get(entry.reference);
    if (claim === undefined) return;
    if (entry.type === 'Paid') claim.payments += 1;
    else {
      claim.outcome = entry.outcome;
      claim.paysAtMs = entry.paysAtMs;
    }
  }
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
