import type { ApplicationRequest } from '../../domain/applications/application.ts';
import type { creditProfileWords } from '../../domain/underwriting/credit-profile.ts';
import type { GermanRow } from './german-row.ts';

type Profile = NonNullable<Extract<ApplicationRequest['applicant'], { kind: 'Person' }>['profile']>;

type Word = (typeof creditProfileWords)[keyof typeof creditProfileWords][number];

/** What each code of the set is called here. */
const words = {
  A11: 'Negative',
  A12: 'Below200',
  A13: 'Above200',
  A14: 'NoAccount',
  A30: 'NoCredits',
  A31: 'AllPaidHere',
  A32: 'PaidDuly',
  A33: 'DelayedBefore',
  A34: 'Critical',
  A61: 'Below100',
  A62: 'Below500',
  A63: 'Below1000',
  A64: 'Above1000',
  A65: 'Unknown',
  A71: 'Unemployed',
  A72: 'Below1',
  A73: 'Below4',
  A74: 'Below7',
  A75: 'Above7',
  A101: 'None',
  A102: 'CoApplicant',
  A103: 'Guarantor',
  A121: 'RealEstate',
  A122: 'SavingsOrInsurance',
  A123: 'CarOrOther',
  A124: 'Unknown',
  A141: 'Bank',
  A142: 'Stores',
  A143: 'None',
  A151: 'Rent',
  A152: 'Own',
  A153: 'ForFree',
  A171: 'Unskilled',
  A172: 'Unskilled',
  A173: 'Skilled',
  A174: 'Management',
} as const satisfies Record<string, Word>;

function wordFor(code: string): string {
  const word = (words as Readonly<Record<string, string>>)[code];
  if (word === undefined) throw new Error(`the German set has no code ${code}`);
  return word;
}

/** The set's codes in the platform's words. Sex, marital status and nationality have no word here. */
export function profileOf(row: GermanRow): Profile {
  return {
    checkingStatus: wordFor(row.checkingStatus),
    creditHistory: wordFor(row.creditHistory),
    savings: wordFor(row.savings),
    employmentYears: wordFor(row.employmentSince),
    installmentRate: row.installmentRate,
    otherDebtors: wordFor(row.otherDebtors),
    residenceYears: row.residenceYears,
    property: wordFor(row.property),
    otherInstallmentPlans: wordFor(row.otherInstallmentPlans),
    housing: wordFor(row.housing),
    existingCredits: row.existingCredits,
    job: wordFor(row.job),
    dependants: row.dependants,
  };
}
