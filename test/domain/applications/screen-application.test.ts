import { describe, expect, it } from 'vitest';
import type { ApplicationRequest } from '../../../domain/applications/application.ts';
import {
  isConsentCurrent,
  type Screening,
  screenApplication,
} from '../../../domain/applications/screen-application.ts';
import { aCompany, anApplication, aRequest } from '../builders.ts';
import {
  businessProduct,
  consumerProduct,
  funder,
  partner,
  policyPack,
  supplierProduct,
} from '../catalog-files.ts';

const date = '2026-11-23';
const supplier = {
  name: 'Shop',
  bankAccount: { number: '6200000000000005', bankCode: '999000000014' },
};

function screeningOf(request: ApplicationRequest, overrides: Partial<Screening> = {}): Screening {
  return {
    application: anApplication({ request }),
    applicant: request.applicant,
    product: consumerProduct,
    partner,
    funder,
    policyPack,
    isBlocked: false,
    isBusy: false,
    date,
    ...overrides,
  };
}

const screened = (
  requested: Partial<ApplicationRequest['requested']>,
  overrides: Partial<Screening> = {},
): readonly string[] =>
  screenApplication(screeningOf(aRequest({ requested }), overrides)).reasonCodes;

describe('screenApplication', () => {
  it('passes the applicant of the design document', () => {
    expect(screenApplication(screeningOf(aRequest()))).toEqual({
      outcome: 'Passed',
      reasonCodes: [],
    });
  });

  it.each([
    { amountFen: 999_99, codes: ['AmountOutOfRange'] },
    { amountFen: 1_000_00, codes: [] },
    { amountFen: 200_000_00, codes: [] },
    { amountFen: 200_000_01, codes: ['AmountOutOfRange', 'LenderLimitExceeded'] },
  ])('answers $codes to $amountFen fen', ({ amountFen, codes }) => {
    expect(screened({ amountFen })).toEqual(codes);
  });

  it.each([
    { termMonths: 2, codes: ['TermOutOfRange'] },
    { termMonths: 3, codes: [] },
    { termMonths: 36, codes: [] },
    { termMonths: 37, codes: ['TermOutOfRange'] },
  ])('answers $codes to $termMonths months', ({ termMonths, codes }) => {
    expect(screened({ termMonths })).toEqual(codes);
  });

  it.each([
    { repaymentMethod: 'Bullet', termMonths: 12, codes: [] },
    {
      repaymentMethod: 'Bullet',
      termMonths: 13,
      codes: ['RepaymentMethodNotOffered', 'BulletTermAboveLimit'],
    },
    { repaymentMethod: 'FlatRate', termMonths: 13, codes: [] },
  ] as const)(
    'answers $codes to $repaymentMethod over $termMonths months',
    ({ codes, ...requested }) => {
      expect(screened(requested)).toEqual(codes);
    },
  );

  it('refuses a method the product does not have', () => {
    const codes = screened(
      { repaymentMethod: 'FlatRate', supplier },
      { product: supplierProduct, partner: { ...partner, productIds: ['supplier-installment'] } },
    );
    expect(codes).toEqual(['RepaymentMethodNotOffered']);
  });

  it.each([
    { purpose: 'HomeAppliances', codes: [] },
    { purpose: 'Business', codes: ['PurposeNotOffered'] },
    { purpose: 'Securities', codes: ['PurposeForbidden'] },
    { purpose: 'PropertyPurchase', codes: ['PurposeForbidden'] },
    { purpose: 'MortgageRepayment', codes: ['PurposeForbidden'] },
    { purpose: 'Derivatives', codes: ['PurposeForbidden'] },
    { purpose: 'AssetManagement', codes: ['PurposeForbidden'] },
    { purpose: 'EquityInvestment', codes: ['PurposeForbidden'] },
  ] as const)('answers $codes to the purpose $purpose', ({ purpose, codes }) => {
    expect(screened({ purpose })).toEqual(codes);
  });

  it.each([
    { idNumber: '99000020081124001X', codes: ['AgeOutOfRange'], age: '17' },
    { idNumber: '99000020081123001X', codes: [], age: '18 today' },
    { idNumber: '99000019651124001X', codes: [], age: '60' },
    { idNumber: '99000019651123001X', codes: ['AgeOutOfRange'], age: '61 today' },
  ])('answers $codes to somebody of $age', ({ idNumber, codes }) => {
    const request = aRequest({ applicant: { idNumber } });
    expect(screenApplication(screeningOf(request)).reasonCodes).toEqual(codes);
  });

  it('takes the least age of the law where a product is older than it', () => {
    const leaves = policyPack.leaves.map((leaf) =>
      leaf.path === 'age.min' ? { ...leaf, value: 40 } : leaf,
    );
    expect(screened({}, { policyPack: { ...policyPack, leaves } })).toEqual(['AgeOutOfRange']);
  });

  it.each([
    {
      name: 'a product off sale',
      overrides: { product: { ...consumerProduct, status: 'Withdrawn' as const } },
      code: 'ProductNotOnSale',
    },
    {
      name: 'a product that has not begun',
      overrides: { product: { ...consumerProduct, validity: { from: '2026-11-24' } } },
      code: 'ProductNotOnSale',
    },
    {
      name: 'a product the partner may not sell',
      overrides: { partner: { ...partner, productIds: ['other'] } },
      code: 'ProductNotOnSale',
    },
    {
      name: 'a suspended partner',
      overrides: { partner: { ...partner, status: 'Suspended' as const } },
      code: 'PartnerSuspended',
    },
    {
      name: 'a partner whose agreement ended',
      overrides: { partner: { ...partner, agreement: { from: '2026-01-01', to: '2026-11-22' } } },
      code: 'PartnerSuspended',
    },
    { name: 'somebody on the block list', overrides: { isBlocked: true }, code: 'BorrowerBlocked' },
    {
      name: 'a borrower with an open application',
      overrides: { isBusy: true },
      code: 'OpenApplicationExists',
    },
    {
      name: 'a product for other provinces',
      overrides: { product: { ...consumerProduct, serviceArea: ['11'] } },
      code: 'RegionNotServed',
    },
    {
      name: 'a lender that has stopped',
      overrides: { funder: { ...funder, status: 'Suspended' as const } },
      code: 'FunderSuspended',
    },
    {
      name: 'a partner not on the list of the lender',
      overrides: { funder: { ...funder, partners: [] } },
      code: 'PartnerNotListed',
    },
    {
      name: 'a product that pays the supplier only',
      overrides: { product: { ...consumerProduct, isSupplierRequired: true } },
      code: 'SupplierRequired',
    },
    {
      name: 'a person at a product for firms',
      overrides: { product: { ...consumerProduct, applicantKind: 'Company' as const } },
      code: 'ApplicantKindNotServed',
    },
  ])('declines $name with $code', ({ overrides, code }) => {
    expect(screened({}, overrides)).toEqual([code]);
  });

  it('names all reasons at once', () => {
    expect(screened({ amountFen: 1, termMonths: 1 }, { isBlocked: true })).toEqual([
      'BorrowerBlocked',
      'AmountOutOfRange',
      'TermOutOfRange',
    ]);
  });
});

describe('screenApplication of a firm', () => {
  const requestOf = (company: object) =>
    aRequest({ applicant: { ...aCompany, ...company }, requested: { purpose: 'Business' } });
  const codesOf = (company: object): readonly string[] =>
    screenApplication(screeningOf(requestOf(company), { product: businessProduct })).reasonCodes;

  it.each([
    { establishedOn: '2025-11-24', codes: ['FirmTooYoung'] },
    { establishedOn: '2025-11-23', codes: [] },
  ])('answers $codes to one of $establishedOn', ({ establishedOn, codes }) => {
    expect(codesOf({ establishedOn })).toEqual(codes);
  });

  it('asks no age of a firm when the product does not', () => {
    const product = { ...businessProduct };
    delete product.minEstablishedMonths;
    const request = requestOf({ establishedOn: date });
    expect(screenApplication(screeningOf(request, { product })).reasonCodes).toEqual([]);
  });

  it('reads the region from the social credit code', () => {
    const served = { ...businessProduct, serviceArea: ['99'] };
    const request = requestOf({});
    expect(screenApplication(screeningOf(request, { product: served })).reasonCodes).toEqual([]);
  });
});

describe('consents', () => {
  const consentsAt = (givenAt: string) => [
    { purpose: 'CreditQuery' as const, textHash: 'sha256:0', givenAt },
  ];

  it.each([
    {
      name: 'none for the purpose',
      consents: [{ ...consentsAt('2026-11-23T09:00:00+08:00')[0], purpose: 'Marketing' as const }],
      codes: ['ConsentMissing'],
    },
    { name: 'one of today', consents: consentsAt('2026-11-23T09:00:00+08:00'), codes: [] },
    { name: 'one of 180 days ago', consents: consentsAt('2026-05-27T00:00:00+08:00'), codes: [] },
    {
      name: 'one of 181 days ago',
      consents: consentsAt('2026-05-26T23:59:59+08:00'),
      codes: ['ConsentExpired'],
    },
    { name: 'one of tomorrow', consents: consentsAt('2026-11-24T23:59:59+08:00'), codes: [] },
    {
      name: 'one of the day after',
      consents: consentsAt('2026-11-25T00:00:00+08:00'),
      codes: ['ConsentExpired'],
    },
    {
      name: 'an old one and a new one',
      consents: [...consentsAt('2020-01-01T00:00:00Z'), ...consentsAt('2026-11-23T00:00:00Z')],
      codes: [],
    },
  ])('answers $codes to $name', ({ consents, codes }) => {
    const request = aRequest({ consents: consents as ApplicationRequest['consents'] });
    expect(screenApplication(screeningOf(request)).reasonCodes).toEqual(codes);
  });

  it('counts days in Shanghai', () => {
    expect(isConsentCurrent({ givenAt: '2026-11-22T16:00:00Z' }, 1, '2026-11-24')).toBe(true);
    expect(isConsentCurrent({ givenAt: '2026-11-22T15:59:59Z' }, 1, '2026-11-24')).toBe(false);
  });
});
