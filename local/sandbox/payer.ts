import { createHash } from 'node:crypto';
import { sendRaw } from './http-json.ts';
import type { PlatformClient } from './platform-client.ts';

/** How a borrower pays, for good. */
export const payerKinds = [
  /** The account is never empty: every debit brings all. */
  'Debited',
  /** The account is empty; transfers what is due some days late. */
  'Late',
  /** The account holds half of an installment; transfers the rest a week later. */
  'Short',
  /** Pays off everything after some installments. */
  'Prepayer',
  /** Transfers a round sum each month, more than is due. */
  'Overpayer',
  /** Pays some installments, then nothing. */
  'Defaulter',
] as const;
export type PayerKind = (typeof payerKinds)[number];

/** Of twenty payers: how many are of each kind. */
const shares: Readonly<Record<PayerKind, number>> = {
  Debited: 8,
  Late: 4,
  Short: 2,
  Prepayer: 2,
  Overpayer: 1,
  Defaulter: 3,
};
const deck = payerKinds.flatMap((kind) => Array.from({ length: shares[kind] }, () => kind));

export interface PayerOptions {
  readonly platform: PlatformClient;
  readonly loanId: string;
  readonly accountNumber: string;
  readonly seed: number;
  /** Chosen from the seed when left out. */
  readonly kind?: PayerKind;
}

/** One thing a payer means to do on a date. */
interface Intention {
  readonly on: string;
  readonly act: 'Transfer' | 'PayOff' | 'Empty' | 'Fill';
  /** Beyond what is due; or what the account holds. */
  readonly extraFen?: number;
}

/**
 * A borrower with habits: what is on the account, when a transfer is made and how much, all from a seed. Deals with the
 * platform like anybody: asks the partner's API what is due and pays at the bank, which tells the platform.
 */
export class SandboxPayer {
  readonly kind: PayerKind;
  readonly #options: PayerOptions;
  readonly #random: (name: string, below: number) => number;
  #intentions: Intention[] = [];
  #paid = 0;

  constructor(options: PayerOptions) {
    const { seed, loanId } = options;
    this.#options = options;
    this.#random = (name, below) => {
      const digest = createHash('sha256').update(`${seed} ${loanId} ${name}`).digest();
      return digest.readUInt32BE(0) % below;
    };
    this.kind = options.kind ?? deck[this.#random('kind', deck.length)] ?? 'Debited';
  }

  /** Reads the schedule and makes up its mind. */
  async start(): Promise<void> {
    const { platform, loanId } = this.#options;
    const { rows } = (await platform.get(`/v1/loans/${loanId}/schedule`)) as unknown as {
      rows: { dueOn: string; totalFen: number }[];
    };
    this.#intentions = rows.flatMap((row, index) => this.#intend(row, index, rows.length));
    const startsEmpty = this.kind === 'Late' || this.kind === 'Overpayer';
    if (startsEmpty) await this.#fund(0);
  }

  /** The next date on which this payer does something; undefined when nothing is left. */
  get nextOn(): string | undefined {
    return this.#intentions[0]?.on;
  }

  /** Does everything meant for the dates up to today. */
  async act(today: string): Promise<void> {
    while (this.nextOn !== undefined && this.nextOn <= today) {
      const intention = this.#intentions.shift();
      if (intention) await this.#do(intention, today);
    }
  }

  #intend(row: { dueOn: string; totalFen: number }, index: number, count: number): Intention[] {
    const { dueOn, totalFen } = row;
    const number = index + 1;
    const late = (days: number) => addDays(dueOn, days);
    switch (this.kind) {
      case 'Debited':
        return [];
      case 'Late':
        // Mostly a few days, now and then more than a month.
        return [
          { on: late(this.#random(`late ${number}`, number % 5 === 0 ? 45 : 12)), act: 'Transfer' },
        ];
      case 'Short':
        return [
          { on: addDays(dueOn, -2), act: 'Fill', extraFen: Math.floor(totalFen / 2) },
          { on: late(8), act: 'Transfer' },
        ];
      case 'Prepayer':
        return number === 2 + this.#random('payoff', Math.max(1, count - 3))
          ? [{ on: late(5), act: 'PayOff' }]
          : [];
      case 'Overpayer':
        return [{ on: dueOn, act: 'Transfer', extraFen: this.#random(`over ${number}`, 20_000) }];
      case 'Defaulter':
        return number === 1 + this.#random('default', Math.max(1, count - 2))
          ? [{ on: addDays(dueOn, -1), act: 'Empty' }]
          : [];
    }
  }

  async #do({ act, extraFen = 0 }: Intention, today: string): Promise<void> {
    switch (act) {
      case 'Empty':
        return this.#fund(0);
      case 'Fill':
        return this.#fund(extraFen);
      case 'PayOff':
        return this.#payOff(today);
      case 'Transfer':
        return this.#transfer(extraFen);
    }
  }

  async #transfer(extraFen: number): Promise<void> {
    const { platform, loanId } = this.#options;
    const loan = await platform.get(`/v1/loans/${loanId}`);
    if (loan['status'] !== 'Active') return;
    const { dueFen } = loan['account'] as { dueFen: number };
    if (dueFen > 0) await this.#pay(dueFen + extraFen);
  }

  async #payOff(today: string): Promise<void> {
    const { platform, loanId } = this.#options;
    const path = `/v1/loans/${loanId}/payoff-quotes`;
    const loan = await platform.get(`/v1/loans/${loanId}`);
    if (loan['status'] !== 'Active') return;
    const answer = await platform.post(path, { payOn: today }, `payoff-${loanId}-${today}`);
    await this.#pay(Number(answer.body['totalFen']));
  }

  /** At the bank's counter: the loan's id in the remark says what it is for. */
  async #pay(amountFen: number): Promise<void> {
    const { loanId } = this.#options;
    this.#paid += 1;
    const receiptId = `${loanId.slice(5, 25)}-${this.#paid}`;
    await this.#ask('POST', '/receipts', { amountFen, remark: loanId, receiptId });
  }

  async #fund(balanceFen: number): Promise<void> {
    await this.#ask('PUT', `/accounts/${this.#options.accountNumber}`, { balanceFen });
  }

  async #ask(method: 'POST' | 'PUT', path: string, body: unknown): Promise<void> {
    const { status, text } = await sendRaw({
      method,
      url: `${this.#options.platform.baseUrl}/sandbox/bank${path}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (status >= 300) throw new Error(`the bank answered ${status}: ${text.slice(0, 200)}`);
  }
}

const dayMs = 86_400_000;

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}
