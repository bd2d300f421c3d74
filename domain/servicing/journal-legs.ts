import { shareAmount, type Sharer } from '../lending/share-amount.ts';
import type { JournalEntry } from '../loans/loan.ts';
import { accounts, type FunderAccount } from './chart-of-accounts.ts';
import type { Position } from './position.ts';

export type Leg = JournalEntry['legs'][number];
export type Balances = ReadonlyMap<string, number>;

/** The balance of every account: nothing but the sum of its legs. */
export function balancesOf(entries: readonly Pick<JournalEntry, 'legs'>[]): Map<string, number> {
  const balances = new Map<string, number>();
  for (const { legs } of entries)
    for (const { account, amountFen } of legs)
      balances.set(account, (balances.get(account) ?? 0) + amountFen);
  return balances;
}

export interface Posting {
  readonly before: Position;
  readonly after: Position;
  /** The account the money came through (or went), and how much: positive when it came in. */
  readonly cash: { readonly account: string; readonly amountFen: number };
  readonly balances: Balances;
  readonly sharers: readonly Sharer[];
  /** What is taken back: its legs are mirrored exactly before the rest is shared out. */
  readonly mirrored?: JournalEntry | undefined;
}

/**
 * The legs that lead from one position to the next. Funders share principal by what each has outstanding, everything else
 * by share of the loan; what is taken back is taken from what each received.
 */
export function legsBetween(posting: Posting): readonly Leg[] {
  const book = new Legs(posting.balances, posting.sharers);
  const { before, after, cash, mirrored } = posting;
  if (mirrored) book.mirror(mirrored);
  book.post(cash.account, cash.amountFen - book.posted(cash.account));
  const paid = (component: keyof Position['paid']) =>
    after.paid[component] - before.paid[component];
  const writtenOffFen = after.writtenOffFen - before.writtenOffFen;
  book.repay(paid('Principal'));
  book.writeOff(writtenOffFen, paid('Principal'));
  book.collect('interest', paid('Interest'));
  book.collect('penalty', paid('Penalty'));
  book.collect('cost', paid('Cost'));
  book.collect('fee', paid('Fee'));
  book.collect('recovered', after.recoveredFen - before.recoveredFen);
  for (const role of ['Guarantor', 'Insurer', 'Platform', 'ThirdParty'] as const)
    book.reach(accounts.fee(role), (before.fees[role] ?? 0) - (after.fees[role] ?? 0));
  book.reach(accounts.credit, before.creditFen - after.creditFen);
  return book.legs();
}

/** Legs in the making, and the balances they lead to. */
class Legs {
  readonly #start: Balances;
  readonly #sharers: readonly Sharer[];
  readonly #posted = new Map<string, number>();

  constructor(balances: Balances, sharers: readonly Sharer[]) {
    this.#start = balances;
    this.#sharers = sharers;
  }

  posted(account: string): number {
    return this.#posted.get(account) ?? 0;
  }

  post(account: string, amountFen: number): void {
    this.#posted.set(account, this.posted(account) + amountFen);
  }

  /** Posts what is missing of an amount on an account. */
  reach(account: string, amountFen: number): void {
    this.post(account, amountFen - this.posted(account));
  }

  mirror({ legs }: JournalEntry): void {
    const isCash = (account: string) => account === accounts.bank || account === accounts.suspense;
    for (const { account, amountFen } of legs) if (!isCash(account)) this.post(account, -amountFen);
  }

  /** Principal repaid: the claim of each funder becomes money collected for it. */
  repay(amountFen: number): void {
    this.reach(accounts.principal, -amountFen);
    const rest = amountFen + this.#postedTo('repaid');
    this.#share(rest, rest > 0 ? 'principal' : 'repaid', (funderId, part) => {
      this.post(accounts.funder(funderId, 'principal'), part);
      this.post(accounts.funder(funderId, 'repaid'), -part);
    });
  }

  /**
   * Principal given up: the loss of each funder, as far as what is mirrored has not booked it. A payment that came after a
   * write-off with a date before it lowered both at once, and so its mirror raises both.
   */
  writeOff(amountFen: number, repaidFen: number): void {
    this.reach(accounts.principal, -amountFen - repaidFen);
    const rest = amountFen + repaidFen - this.#postedTo('principal');
    this.#share(rest, 'principal', (funderId, part) => {
      this.post(accounts.funder(funderId, 'principal'), part);
    });
  }

  /** Collected for the funders. */
  collect(account: FunderAccount, amountFen: number): void {
    const rest = amountFen + this.#postedTo(account);
    this.#share(rest, rest > 0 ? undefined : account, (funderId, part) => {
      this.post(accounts.funder(funderId, account), -part);
    });
  }

  legs(): readonly Leg[] {
    const legs = [...this.#posted].flatMap(([account, amountFen]) =>
      amountFen === 0 ? [] : [{ account, amountFen }],
    );
    const sum = legs.reduce((total, { amountFen }) => total + amountFen, 0);
    if (sum !== 0) throw new Error(`a journal entry sums to ${sum}, not to zero`);
    return legs;
  }

  #postedTo(account: FunderAccount): number {
    return this.#sharers.reduce(
      (sum, { funderId }) => sum + this.posted(accounts.funder(funderId, account)),
      0,
    );
  }

  /** Shares an amount by what each funder has on an account, or by its share of the loan where that says nothing. */
  #share(
    amountFen: number,
    by: FunderAccount | undefined,
    book: (funderId: string, part: number) => void,
  ): void {
    if (amountFen === 0) return;
    const weighed = this.#sharers.map(({ funderId, shareFen }) => ({
      funderId,
      shareFen:
        by === undefined ? shareFen : Math.max(-this.#balance(accounts.funder(funderId, by)), 0),
    }));
    const isEmpty = weighed.every(({ shareFen }) => shareFen === 0);
    for (const part of shareAmount(amountFen, isEmpty ? this.#sharers : weighed))
      book(part.funderId, part.amountFen);
  }

  #balance(account: string): number {
    return (this.#start.get(account) ?? 0) + this.posted(account);
  }
}
