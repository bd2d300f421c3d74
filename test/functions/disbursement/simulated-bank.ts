import type { BankAnswer, PayoutBank } from '#domain/applications/provider-ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { PayoutUnknown } from '#domain/shared/errors.ts';
import type { PayoutCallback } from '#functions/callbacks/payout-callback.ts';
import type { MoneyRun } from './money-run.ts';

export type Instruction = Parameters<PayoutBank['pay']>[0];

/** Money that left. The judge of every run: our own records are not asked. */
export interface Payment {
  readonly reference: string;
  readonly amountFen: number;
}

interface Order {
  answer: BankAnswer;
  settlesAtMs?: number;
  becomes?: 'Paid' | 'Refused';
}

interface InFlight {
  readonly instruction: Instruction;
  readonly arrivesAtMs: number;
}

/** No instruction is longer on its way than this; afterwards the bank is past its cut-off and drops it. */
const CUT_OFF_SECONDS = 60;

/** A bank in the same process with books of its own and every way of not answering. */
export class SimulatedBank implements PayoutBank {
  readonly supportsReferenceDedup: boolean;
  readonly queryByReference: boolean;
  readonly payments: Payment[] = [];
  readonly #run: MoneyRun;
  readonly #orders = new Map<string, Order>();
  readonly #askedAtMs = new Map<string, number>();
  readonly #closed = new Set<string>();
  #inFlight: InFlight[] = [];

  constructor(run: MoneyRun, abilities: { dedup: boolean; query: boolean }) {
    this.#run = run;
    this.supportsReferenceDedup = abilities.dedup;
    this.queryByReference = abilities.query;
  }

  async pay(instruction: Instruction): Promise<BankAnswer> {
    await Promise.resolve();
    this.#catchUp();
    const run = this.#run;
    if (run.strikes(0.08, 'instruction never arrives')) throw new PayoutUnknown('no connection');
    if (run.strikes(0.08, 'instruction arrives late')) {
      const arrivesAtMs = run.nowMs + run.between(1, 25) * 1000;
      this.#inFlight.push({ instruction, arrivesAtMs });
      throw new PayoutUnknown('timed out');
    }
    const answer = this.#receive(instruction);
    run.log(`bank: ${instruction.reference.slice(0, 6)} ${answer.status}`);
    if (run.strikes(0.12, 'bank answer lost')) throw new PayoutUnknown('answer lost');
    if (answer.status === 'Paid' && run.strikes(0.03, 'bank answer garbled'))
      return { ...answer, amountFen: answer.amountFen + 1 };
    return answer;
  }

  async query(reference: string): Promise<BankAnswer & { isFinal: boolean }> {
    await Promise.resolve();
    this.#catchUp();
    const run = this.#run;
    if (!this.queryByReference) throw new PayoutUnknown('this bank cannot be asked');
    if (run.strikes(0.1, 'query not answered')) throw new PayoutUnknown('timed out');
    const order = this.#orders.get(reference);
    if (order !== undefined)
      return { ...order.answer, isFinal: order.answer.status !== 'Processing' };
    const askedAtMs = this.#askedAtMs.get(reference) ?? run.nowMs;
    this.#askedAtMs.set(reference, askedAtMs);
    const isFinal = run.nowMs - askedAtMs >= CUT_OFF_SECONDS * 1000;
    if (isFinal) this.#closed.add(reference);
    return { status: 'NotFound', isFinal };
  }

  /** What a person hears on the telephone, long after the cut-off. */
  askByPhone(reference: string): 'Paid' | 'NotPaid' | 'StillProcessing' {
    this.#catchUp();
    const status = this.#orders.get(reference)?.answer.status;
    if (status === 'Processing') return 'StillProcessing';
    return status === 'Paid' ? 'Paid' : 'NotPaid';
  }

  /** What the bank would report by itself about a reference now. */
  reportOn(reference: string): PayoutCallback | undefined {
    this.#catchUp();
    const answer = this.#orders.get(reference)?.answer;
    if (answer === undefined || answer.status === 'NotFound') return undefined;
    const garbled = this.#run.strikes(0.05, 'report of the bank garbled') ? 1 : 0;
    return answer.status === 'Paid'
      ? { ...answer, reference, amountFen: answer.amountFen + garbled }
      : { ...answer, reference };
  }

  /** Lets arrive and settle what was on its way by now. */
  #catchUp(): void {
    const { nowMs } = this.#run;
    const arrived = this.#inFlight.filter(({ arrivesAtMs }) => arrivesAtMs <= nowMs);
    this.#inFlight = this.#inFlight.filter(({ arrivesAtMs }) => arrivesAtMs > nowMs);
    for (const { instruction } of arrived)
      if (!this.#closed.has(instruction.reference)) this.#receive(instruction);
    for (const [reference, order] of this.#orders) this.#settle(reference, order);
  }

  #receive(instruction: Instruction): BankAnswer {
    const { reference, amountFen } = instruction;
    const known = this.#orders.get(reference);
    if (known !== undefined) return this.#repeat(known, instruction);
    const draw = this.#run.random();
    if (draw < 0.1)
      return this.#keep(reference, { answer: { status: 'Refused', reason: 'AccountClosed' } });
    if (draw < 0.2 && !this.#run.isCalm)
      return this.#keep(reference, {
        answer: { status: 'Processing' },
        settlesAtMs: this.#run.nowMs + this.#run.between(1, 100) * 1000,
        becomes: this.#run.random() < 0.8 ? 'Paid' : 'Refused',
        amountFen,
      });
    return this.#keep(reference, { answer: this.#book(reference, amountFen) });
  }

  /** A bank that does not know repeats takes each instruction for a new one. */
  #repeat({ answer }: Order, { reference, amountFen }: Instruction): BankAnswer {
    if (this.supportsReferenceDedup || answer.status === 'Refused') return answer;
    return this.#book(reference, amountFen);
  }

  #keep(reference: string, order: Order & { amountFen?: number }): BankAnswer {
    this.#orders.set(reference, order);
    return order.answer;
  }

  #settle(reference: string, order: Order & { amountFen?: number }): void {
    if (order.answer.status !== 'Processing' || order.settlesAtMs === undefined) return;
    if (order.settlesAtMs > this.#run.nowMs) return;
    order.answer =
      order.becomes === 'Paid'
        ? this.#book(reference, order.amountFen ?? 0)
        : { status: 'Refused', reason: 'AccountClosed' };
  }

  /** How much of what is asked for this bank can move. */
  protected movableFen(_reference: string, amountFen: number): number {
    return amountFen;
  }

  #book(reference: string, askedFen: number): BankAnswer {
    const amountFen = this.movableFen(reference, askedFen);
    this.payments.push({ reference, amountFen });
    return {
      status: 'Paid',
      bankReference: `BK${this.payments.length}-${reference.slice(0, 8)}`,
      amountFen,
      valueDate: businessDateOf(this.#run.nowMs),
    };
  }
}
