/**
 * The sandbox's test numbers, like those of a card network. They are found in the identity number (a person "born" on the
 * first of January: digits 15 to 17 name the scenario) and in a bank account that begins with 629999 (its last four digits). README.md has the
 * table. Sample applicants are never born on the first of January, so they never hit a scenario by accident.
 */
export const identityScenarios = {
  '101': 'IdentityMismatch',
  '102': 'IdentityNotFound',
  '103': 'IdentityDown',
  '104': 'IdentityDownTwice',
  '201': 'IncomeLower',
  '202': 'IncomeNoRecord',
  '203': 'IncomeDown',
  '204': 'IncomeDownTwice',
  '301': 'BureauLowScore',
  '302': 'BureauCurrentlyOverdue',
  '303': 'BureauOftenOverdue',
  '304': 'BureauManyQueries',
  '305': 'BureauNoFile',
  '306': 'BureauOverindebted',
  '307': 'BureauDown',
  '308': 'BureauDownTwice',
  '401': 'SignerDeclines',
  '402': 'SignerNeverAnswers',
  '403': 'SignerAnswersTwice',
  '404': 'SignerSignsOtherDocument',
  '405': 'SignatureForged',
  '406': 'SignerTakesAnHour',
  '407': 'SignerIsInstant',
} as const;
export type IdentityScenario = (typeof identityScenarios)[keyof typeof identityScenarios] | 'Clean';

/** The scenario an identity number asks for; undefined when it asks for none. */
export function scenarioOf(idNumber: string): IdentityScenario | undefined {
  if (!/^99\d{8}0101\d{3}[\dXx]$/.test(idNumber)) return undefined;
  const scenarios: Readonly<Record<string, IdentityScenario>> = identityScenarios;
  return scenarios[idNumber.slice(14, 17)] ?? 'Clean';
}

export const accountScenarios = {
  '0101': 'AccountClosed',
  '0102': 'NameMismatch',
  '0103': 'AccountFrozen',
  '0104': 'RefusedOnce',
  '0201': 'ProcessingThenPaid',
  '0202': 'ProcessingThenRefused',
  '0301': 'PaidAnswerLost',
  '0302': 'InstructionLost',
  '0303': 'DownTwice',
  '0401': 'DebitInsufficient',
  '0402': 'DebitInsufficientOnce',
  '0403': 'DebitPartial',
  '0404': 'DebitRevoked',
  '0405': 'DebitProcessing',
  '0406': 'DebitAnswerLost',
} as const;
export type AccountScenario = (typeof accountScenarios)[keyof typeof accountScenarios];

/** The scenario an account number asks for: one that begins with 629999, by its last four digits. */
export function accountScenarioOf(accountNumber: string): AccountScenario | undefined {
  if (!accountNumber.startsWith('629999')) return undefined;
  const scenarios: Readonly<Record<string, AccountScenario>> = accountScenarios;
  return scenarios[accountNumber.slice(-4)];
}

const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** Completes 17 digits to an identity number (GB 11643). */
export function withIdCheckDigit(digits: string): string {
  const sum = idWeights.reduce<number>((total, weight, i) => total + weight * Number(digits[i]), 0);
  return digits + '10X98765432'.charAt(sum % 11);
}

/** Whether the digits satisfy Luhn, as bank account numbers of cards do. */
export function passesLuhn(digits: string): boolean {
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = Array.from(digits, Number)
    .reverse()
    .reduce((total, digit, i) => {
      const value = digit * (i % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** Whether a bank code is a CNAPS number: 12 digits, ISO 7064 MOD 11,10. */
export function passesCnaps(code: string): boolean {
  if (!/^\d{12}$/.test(code)) return false;
  let product = 10;
  for (const digit of code.slice(0, 11)) {
    const sum = (product + Number(digit)) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === Number(code[11]);
}
