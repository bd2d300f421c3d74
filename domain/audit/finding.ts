/** The invariants an audit recomputes, by the numbers used throughout the product. */
export type Invariant =
  | 'I1' // every journal entry sums to zero
  | 'I2' // amounts are whole fen
  | 'I3' // paid out = shares = principal
  | 'I4' // the bank paid exactly once
  | 'I5' // nothing negative; outstanding = disbursed - repaid - waived
  | 'I6' // each payment once
  | 'I7' // the books are what the payments in value-date order make them
  | 'I8' // shares sum exactly, and every repayment is split
  | 'I10' // versions rise by one, ended loans stay ended
  | 'I11' // no decision by one's own hand
  | 'I12' // whatever waits has a deadline
  | 'I13' // every date closed once, none left out
  | 'I14' // what is set aside has a reason
  | 'I19' // the audit chain is whole
  | 'I20'; // every change reached the chain

export interface AuditFinding {
  readonly invariant: Invariant;
  readonly subjectId: string;
  readonly because: string;
}
