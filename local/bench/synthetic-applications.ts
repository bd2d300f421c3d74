/**
 * Synthetic straight-through applications for benches and kill tests: the body of the design with an identity of its own
 * each. The area code 990000 is no real province, so no number can belong to a person.
 */
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A valid GB 11643 number of the synthetic area for the n-th person. */
export function syntheticIdNumber(n: number): string {
  const year = 1970 + (n % 30);
  const month = 1 + (Math.floor(n / 30) % 12);
  const day = 1 + (Math.floor(n / 360) % 28);
  const sequence = Math.floor(n / 10_080) % 1000;
  const digits = `990000${String(year)}${pad(month, 2)}${pad(day, 2)}${pad(sequence, 3)}`;
  const sum = Array.from(digits).reduce(
    (total, digit, at) => total + Number(digit) * (weights[at] ?? 0),
    0,
  );
  return digits + ('10X98765432'[sum % 11] ?? '');
}

/** A card number that starts with 62 and passes Luhn. */
export function syntheticCardNumber(n: number): string {
  const body = `6200${pad(n, 11)}`;
  const sum = Array.from(body)
    .reverse()
    .reduce((total, digit, at) => {
      const value = at % 2 === 0 ? Number(digit) * 2 : Number(digit);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return body + String((10 - (sum % 10)) % 10);
}

/** The n-th application body; `run` keeps the numbers of one run apart from those of another. */
export function syntheticApplication(run: string, n: number): Record<string, unknown> {
  return {
    externalId: `${run}-${String(n)}`,
    productId: 'consumer-installment',
    requested: {
      amountFen: 1_000_000 + (n % 40) * 100_000,
      termMonths: 12,
      repaymentMethod: 'EqualInstallment',
      purpose: 'HomeAppliances',
    },
    applicant: {
      kind: 'Person',
      name: '测试甲',
      idNumber: syntheticIdNumber(n),
      mobile: `199${pad(n, 8)}`,
      monthlyIncomeFen: 1_200_000,
      employment: { status: 'Employed', employer: 'Example Ltd', since: '2020-03' },
      bankAccount: { number: syntheticCardNumber(n), bankCode: '999000000014' },
      profile: {
        checkingStatus: 'Above200',
        creditHistory: 'PaidDuly',
        savings: 'Below100',
        employmentYears: 'Below7',
        installmentRate: 4,
        otherDebtors: 'None',
        property: 'RealEstate',
        otherInstallmentPlans: 'None',
        housing: 'Rent',
      },
    },
    consents: [
      {
        purpose: 'CreditQuery',
        textHash: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        givenAt: '2026-11-23T09:00:00+08:00',
      },
    ],
    attribution: { channel: 'PartnerReferral', campaign: 'bench' },
  };
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
