import { fromDayNumber, toDayNumber } from '../../shared/calendar.ts';
import type { Terms } from '../terms.ts';
import { allocatePayment, type Portion } from './allocate-payment.ts';
import { nothing, openInstallment, openOf, type Amounts, type Installment } from './installment.ts';
import { LoanBook } from './loan-book.ts';
import { inValueOrder, type LoanEvent, type Payment, type PlayedEvent } from './loan-event.ts';
import { prepay, settleAdvance } from './prepay.ts';
import { restructure } from './restructure.ts';
import { Component, DueAge, type ServicePolicy } from './service-policy.ts';

/** What one payment paid. */
export type AppliedPayment = {
  readonly paymentId: string;
  readonly portions: readonly {
    readonly dueOn: string;
    readonly component: Component;
    readonly amountFen: number;
  }[];
  /** Not needed for anything owed: the borrower's. */
  readonly creditFen: number;
};

/** One due amount as it stands. */
export type AccountRow = {
  readonly kind: Installment['kind'];
  readonly dueOn: string;
  readonly due: Readonly<Amounts>;
  readonly paid: Readonly<Amounts>;
};

/** A loan on a day: the same terms, policy and events always give the same account. */
export type LoanAccount = {
  readonly asOf: string;
  readonly status: 'Active' | 'Settled' | 'WrittenOff';
  readonly rows: readonly AccountRow[];
  readonly payments: readonly AppliedPayment[];
  /** Paid by the borrower and owed to nobody. */
  readonly creditFen: number;
  readonly writtenOff: Readonly<Amounts>;
  /** Paid after the write-off. */
  readonly recoveredFen: number;
};

export type ServicedLoan = {
  readonly terms: Terms;
  readonly policy: ServicePolicy;
  readonly events: readonly LoanEvent[];
};

/** The account of a loan on a date, by playing its events up to then in value-date order. */
export function accountOn(loan: ServicedLoan, date: string): LoanAccount {
  return playUntil(loan, date).account(date);
}

/** Plays the events up to the end of a date and leaves the replay open for questions. */
export function playUntil({ terms, policy, events }: ServicedLoan, date: string): Replay {
  const replay = new Replay(terms, policy);
  for (const event of inValueOrder(events)) {
    if (event.valueDate <= date) replay.play(event);
  }
  replay.book.accrueTo(toDayNumber(date));
  return replay;
}

/** One run through the events of a loan. */
export class Replay {
  readonly book: LoanBook;
  readonly #payments: AppliedPayment[] = [];
  readonly #writtenOff = nothing();
  #isWrittenOff = false;
  #creditFen = 0;
  #recoveredFen = 0;

  constructor(terms: Terms, policy: ServicePolicy) {
    this.book = new LoanBook(terms, policy);
  }

  play(event: PlayedEvent): void {
    const day = toDayNumber(event.valueDate);
    this.book.accrueTo(day);
    switch (event.kind) {
      case 'Payment':
        this.#pay(event, day);
        return;
      case 'Charge':
        this.book.add(
          openInstallment(
            { kind: 'Charge', dueDay: day, due: { [event.component]: event.amountFen } },
            this.book.policy.penalty,
          ),
        );
        return;
      case 'Restructuring':
        restructure(this.book, event, day);
        return;
      case 'WriteOff':
        this.#writeOff(day);
        return;
    }
  }

  account(asOf: string): LoanAccount {
    const { installments } = this.book;
    const isSettled = installments.every((one) =>
      Component.options.every((component) => openOf(one, component) === 0),
    );
    return {
      asOf,
      status: this.#isWrittenOff ? 'WrittenOff' : isSettled ? 'Settled' : 'Active',
      rows: installments.map((one) => ({
        kind: one.kind,
        dueOn: fromDayNumber(one.dueDay),
        due: { ...one.due },
        paid: { ...one.paid },
      })),
      payments: this.#payments,
      creditFen: this.#creditFen + this.book.creditFen,
      writtenOff: this.#writtenOff,
      recoveredFen: this.#recoveredFen,
    };
  }

  #pay(payment: Payment, day: number): void {
    if (this.#isWrittenOff) {
      this.#recoveredFen += payment.amountFen;
      this.#payments.push({ paymentId: payment.id, portions: [], creditFen: 0 });
      return;
    }
    const isPrepayment = payment.purpose === 'Prepayment';
    const { portions, restFen } = allocatePayment(payment.amountFen, this.book.installments, {
      ...this.book.policy.allocation,
      day,
      ages: isPrepayment ? ['PastDue', 'Due'] : DueAge.options,
    });
    const early = isPrepayment
      ? prepay(this.book, { day, amountFen: restFen, effect: payment.effect })
      : { portions: [], restFen };
    this.#creditFen += early.restFen;
    this.#payments.push({
      paymentId: payment.id,
      portions: [...portions, ...early.portions].map(describePortion),
      creditFen: early.restFen,
    });
  }

  /** Interest not yet earned and fees not yet due are not owed, so they are not given up either. */
  #writeOff(day: number): void {
    const settledFen = settleAdvance(this.book, day) ?? 0;
    this.#writtenOff.Interest += this.book.runningInterest(day) - settledFen;
    this.#writtenOff.Principal += this.book.futurePrincipal(day);
    this.book.remove(this.book.future(day));
    for (const one of this.book.installments) {
      for (const component of Component.options) {
        this.#writtenOff[component] += openOf(one, component);
        one.due[component] = one.paid[component];
      }
    }
    this.#isWrittenOff = true;
  }
}

function describePortion({ installment, component, amountFen }: Portion) {
  return { dueOn: fromDayNumber(installment.dueDay), component, amountFen };
}
