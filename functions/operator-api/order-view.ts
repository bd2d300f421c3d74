import { BankOrder } from '#domain/servicing/bank-order.ts';

/** What people see of a debit or refund. */
export const OrderView = BankOrder.pick({
  loanId: true,
  record: true,
  kind: true,
  state: true,
  reference: true,
  attempt: true,
  amountFen: true,
  movedFen: true,
  valueDate: true,
  refusedBecause: true,
}).meta({ id: 'BankOrder' });
