import { policyIntForAll, type PolicyPack } from '../catalog/policy-pack.ts';

/** How long what must be kept, and how long what need not be. */
export interface RetentionPolicy {
  /** Applications that became no loan (no rule found; the house's own). */
  readonly rejectedApplicationDays: number;
  /** After the last thing that happened to a loan: who the customer was, what was moved, what was agreed (AML Law art. 34). */
  readonly loanYears: number;
  /** In which a person who asks about their data is answered. */
  readonly answerDays: number;
}

/** Reads the periods in force on a date. Identity, transactions and contracts lie in one file: the longest period keeps it. */
export function retentionPolicyOf(pack: PolicyPack, date: string): RetentionPolicy {
  const int = (path: string): number => policyIntForAll(pack, path, date);
  return {
    rejectedApplicationDays: int('retention.rejectedApplicationDays'),
    loanYears: Math.max(
      int('retention.kycYears'),
      int('retention.transactionYears'),
      int('retention.contractYears'),
    ),
    answerDays: int('privacy.answerDays'),
  };
}
