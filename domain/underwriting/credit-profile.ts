/**
 * The words of `applicant.profile`: facts a scorecard may read. They follow the attributes of the UCI German Credit data set
 * (CC BY 4.0, H. Hofmann); amounts in its words are in the set's own currency. Sex, marital status and nationality are left
 * out on purpose: they may not influence a decision. A word not listed here scores like a missing one.
 */
export const creditProfileWords = {
  /** State of the current account: overdrawn, under 200, 200 and more (or salary paid in for a year), none. */
  checkingStatus: ['Negative', 'Below200', 'Above200', 'NoAccount'],
  creditHistory: ['NoCredits', 'AllPaidHere', 'PaidDuly', 'DelayedBefore', 'Critical'],
  savings: ['Below100', 'Below500', 'Below1000', 'Above1000', 'Unknown'],
  /** Years with the present employer: each word is an upper bound, the last an open end. */
  employmentYears: ['Unemployed', 'Below1', 'Below4', 'Below7', 'Above7'],
  otherDebtors: ['None', 'CoApplicant', 'Guarantor'],
  property: ['RealEstate', 'SavingsOrInsurance', 'CarOrOther', 'Unknown'],
  otherInstallmentPlans: ['Bank', 'Stores', 'None'],
  housing: ['Rent', 'Own', 'ForFree'],
  job: ['Unskilled', 'Skilled', 'Management'],
} as const;
