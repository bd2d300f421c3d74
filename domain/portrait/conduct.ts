import type { CollectionCase } from '../collections/case.ts';
import { accountOf, delinquencyIn, dueAndOpenFen, type LoanFile } from '../servicing/loan-file.ts';

/** How a borrower has paid: over the loans whose files were read, and over all of their collection cases. */
export interface Conduct {
  readonly servicing: {
    /** Payments received and not reversed, and the last value date. */
    readonly payments: number;
    readonly lastPaidOn: string | undefined;
    readonly paidFen: number;
    /** Of the loan that is latest, on the date of the portrait. */
    readonly daysPastDue: number;
    readonly dueAndOpenFen: number;
    readonly firstPaymentDefaults: number;
    readonly restructurings: number;
  };
  readonly collections: {
    readonly isOpen: boolean;
    /** How often collecting began anew. */
    readonly openings: number;
    readonly promises: Readonly<Record<'Open' | 'Kept' | 'Broken' | 'Lapsed', number>>;
    readonly receivedFen: number;
    readonly lastClosedBecause: string | undefined;
  };
}

/** What loan files and cases say of how somebody pays, on a business date. */
export function conductOf(
  {
    files,
    cases,
  }: { readonly files: readonly LoanFile[]; readonly cases: readonly CollectionCase[] },
  date: string,
): Conduct {
  return { servicing: servicingOf(files, date), collections: collectionsOf(cases) };
}

function servicingOf(files: readonly LoanFile[], date: string): Conduct['servicing'] {
  const events = files.flatMap(({ changes }) => changes.map(({ loanEvent }) => loanEvent));
  const reversed = new Set(
    events.flatMap((event) => (event.kind === 'Reversal' ? [event.paymentId] : [])),
  );
  const payments = files
    .flatMap((file) => file.payments.map(({ loanEvent }) => loanEvent))
    .filter(({ id }) => !reversed.has(id));
  const accounts = files.map((file) => ({ file, account: accountOf(file, date) }));
  return {
    payments: payments.length,
    lastPaidOn: payments
      .map(({ valueDate }) => valueDate)
      .toSorted()
      .at(-1),
    paidFen: payments.reduce((sum, { amountFen }) => sum + amountFen, 0),
    daysPastDue: Math.max(
      0,
      ...accounts.map(({ file, account }) => delinquencyIn(file, account).daysPastDue),
    ),
    dueAndOpenFen: accounts.reduce((sum, { account }) => sum + dueAndOpenFen(account), 0),
    firstPaymentDefaults: files.filter(({ loan }) => loan.firstPaymentDefaultedOn !== undefined)
      .length,
    restructurings: events.filter(({ kind }) => kind === 'Restructuring').length,
  };
}

function collectionsOf(cases: readonly CollectionCase[]): Conduct['collections'] {
  const promises = { Open: 0, Kept: 0, Broken: 0, Lapsed: 0 };
  for (const { status } of cases.flatMap((each) => each.promises)) promises[status] += 1;
  const closed = cases
    .filter(({ closedAt }) => closedAt !== undefined)
    .toSorted((a, b) => ((a.closedAt ?? '') < (b.closedAt ?? '') ? -1 : 1));
  return {
    isOpen: cases.some(({ status }) => status === 'Open'),
    openings: cases.reduce((sum, { opening }) => sum + opening, 0),
    promises,
    receivedFen: cases.reduce((sum, { receivedFen }) => sum + receivedFen, 0),
    lastClosedBecause: closed.at(-1)?.closedBecause,
  };
}
