import type { BankAnswer } from '#domain/applications/provider-ports.ts';
import type { DebitBank, DebitInstruction } from '#domain/servicing/ports.ts';
import { SimulatedBank } from '../disbursement/simulated-bank.ts';
import type { MoneyRun } from '../disbursement/money-run.ts';

/** The bank of the money step, which collects as well: now and then an account holds less than is asked for. */
export class CollectingBank extends SimulatedBank implements DebitBank {
  readonly #luck: MoneyRun;

  constructor(run: MoneyRun, abilities: { dedup: boolean; query: boolean }) {
    super(run, abilities);
    this.#luck = run;
  }

  async debit({ payer, ...instruction }: DebitInstruction): Promise<BankAnswer> {
    const answer = await this.pay({ ...instruction, payee: payer });
    if (answer.status !== 'Paid' || this.queryByReference) return answer;
    // A bank that nobody can ask twice has to be believed when it says less than was asked for.
    const booked = this.payments.findLast(({ reference }) => reference === instruction.reference);
    return { ...answer, amountFen: booked?.amountFen ?? answer.amountFen };
  }

  queryDebit(reference: string): Promise<BankAnswer & { isFinal: boolean }> {
    return this.query(reference);
  }

  protected override movableFen(reference: string, amountFen: number): number {
    const isShort = reference.startsWith('D') && this.#luck.random() < 0.2;
    return isShort ? Math.max(1, Math.floor(amountFen / 3)) : amountFen;
  }

  /** All that ever moved under references that begin with a letter. */
  movedFen(letter: 'D' | 'R'): number {
    return this.payments
      .filter(({ reference }) => reference.startsWith(letter))
      .reduce((sum, { amountFen }) => sum + amountFen, 0);
  }

  /** References under which money moved more than once. */
  movedTwice(): readonly string[] {
    const seen = new Set<string>();
    return this.payments
      .map(({ reference }) => reference)
      .filter((reference) => seen.has(reference) || !seen.add(reference));
  }
}
