import { describe, expect, it } from 'vitest';
import {
  contractText,
  purposeNames,
  repaymentMethodNames,
} from '../../../domain/contracts/contract-terms.ts';
import { judgeCost } from '../../../domain/contracts/cost-cap.ts';
import {
  DisclosureSheet,
  priceSheet,
  type SheetCase,
} from '../../../domain/contracts/disclosure-sheet.ts';
import { Purpose } from '../../../domain/applications/application.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { contentHashOf } from '../../../domain/shared/content-hash.ts';
import { RepaymentMethod } from '../../../domain/shared/primitives.ts';
import { aCompany, aPerson } from '../builders.ts';
import { guaranteeFee } from '../catalog/fees.ts';
import { businessProduct, consumerProduct, funder, policyPack } from '../catalog-files.ts';

function aCase(
  overrides: Partial<SheetCase> = {},
  loan: Partial<SheetCase['loan']> = {},
): SheetCase {
  return {
    loan: {
      principalFen: 30_000_00,
      annualRate: '0.0960',
      termMonths: 12,
      repaymentMethod: 'EqualInstallment',
      ...loan,
    },
    contractNumber: 'ZD-1',
    product: consumerProduct,
    funder,
    policyPack,
    date: '2026-11-23',
    ...overrides,
  };
}

function priced(overrides: Partial<SheetCase> = {}, loan: Partial<SheetCase['loan']> = {}) {
  const result = priceSheet(aCase(overrides, loan));
  if (result.outcome !== 'Priced') throw new Error('not priced');
  return result;
}

describe('priceSheet (个人贷款业务明示综合融资成本规定)', () => {
  it('carries principal, items with payee and annualised rate, the all-in cost and the closing sentence', () => {
    const { sheet, sheetHash } = priced();
    expect(DisclosureSheet.safeParse(sheet).success).toBe(true);
    expect(sheet).toMatchObject({
      principalFen: 30_000_00,
      lender: funder.name,
      items: [{ code: 'Interest', name: '利息', payee: funder.name, annualised: '0.0960' }],
      allInCost: { itemised: '0.0960', combined: '0.0960' },
      statement: '除上述列明的费用外，贷款人及其合作机构不向借款人收取任何其他息费。',
    });
    expect(sheet.schedule).toHaveLength(12);
    expect(sheet.items[0]?.totalFen).toBe(sheet.totals.interestFen);
    expect(sheetHash).toBe(contentHashOf(sheet));
  });

  it('has another hash as soon as a fen differs', () => {
    expect(priced({}, { principalFen: 30_000_01 }).sheetHash).not.toBe(priced().sheetHash);
  });

  it('lists a fee with who receives it and how it is charged, and counts it in', () => {
    const { sheet } = priced({ product: { ...consumerProduct, fees: [guaranteeFee] } });
    expect(sheet.items[1]).toMatchObject({
      code: 'Guarantee',
      name: '担保费',
      payee: '示例担保（虚构）',
      howCharged: '每次按本金的1.00%，随首期还款一次性支付',
      totalFen: 300_00,
    });
    expect(Number(sheet.allInCost.combined)).toBeGreaterThan(0.096);
  });

  it('says a fixed fee in yuan', () => {
    const fee = {
      ...guaranteeFee,
      timing: 'EachInstallment' as const,
      charge: { basis: 'Fixed' as const, amountFen: 5_00 },
    };
    const { sheet } = priced({ product: { ...consumerProduct, fees: [fee] } });
    expect(sheet.items[1]).toMatchObject({
      howCharged: '每次5.00元，每期随还款支付',
      totalFen: 60_00,
    });
  });

  it('lists a fee on default apart: it is no cost of normal performance', () => {
    const fee = { ...guaranteeFee, timing: 'OnDefault' as const };
    const { sheet } = priced({ product: { ...consumerProduct, fees: [fee] } });
    expect(sheet.items).toHaveLength(1);
    expect(sheet.contingent[0]).toEqual({
      code: 'Guarantee',
      name: '担保费',
      howCharged: '每次按本金的1.00%，仅在违约时收取',
      payee: '示例担保（虚构）',
    });
  });

  it.each([
    { annualRate: '0.0960', overdue: '0.1440', misuse: '0.1920' },
    { annualRate: '0.1200', overdue: '0.1800', misuse: '0.2400' },
    { annualRate: '0.1600', overdue: '0.2400', misuse: '0.2400' },
    { annualRate: '0.1601', overdue: '0.2400', misuse: '0.2400' },
  ])('clips default interest on $annualRate at the total cap (银发〔2003〕251号)', (row) => {
    const { contingent } = priced({}, { annualRate: row.annualRate }).sheet;
    expect(contingent.map(({ annualRate }) => annualRate)).toEqual([row.overdue, row.misuse]);
  });

  it.each([
    ['EqualInstallment', '按剩余本金逐期计收'],
    ['FlatRate', '按初始本金逐期计收'],
    ['Bullet', '按本金计收，到期一次性支付'],
  ] as const)('says how interest of %s is charged', (repaymentMethod, text) => {
    expect(priced({}, { repaymentMethod }).sheet.items[0]?.howCharged).toBe(text);
  });

  it.each([
    { annualRate: '0.2400', outcome: 'Priced' },
    { annualRate: '0.2401', outcome: 'CostAboveCap' },
  ])('is $outcome at $annualRate in equal installments', ({ annualRate, outcome }) => {
    expect(priceSheet(aCase({}, { annualRate })).outcome).toBe(outcome);
  });

  it('refuses a flat 14 % a year, which costs more than 24 %', () => {
    expect(priceSheet(aCase({}, { annualRate: '0.14', repaymentMethod: 'FlatRate' }))).toEqual({
      outcome: 'CostAboveCap',
      allInCost: expect.stringMatching(/^0\.24[5-9]/) as string,
    });
  });
});

describe('judgeCost', () => {
  const scope = { lenderType: 'OnlineMicroloan', date: '2026-11-23' } as const;
  const interestOnly = (annualRate: string) =>
    parseTerms({
      principalFen: 10_000_00,
      annualRate,
      installments: 12,
      method: 'InterestOnly',
      accrual: 'Actual360',
      disbursedOn: '2026-11-23',
    });

  it.each([
    { annualRate: '0.2367', isAboveCap: false },
    { annualRate: '0.2390', isAboveCap: true },
    { annualRate: '0.2400', isAboveCap: true },
  ])('answers $isAboveCap to $annualRate on actual days over 360 (rules 2.3)', (row) => {
    expect(judgeCost(interestOnly(row.annualRate), policyPack, scope).isAboveCap).toBe(
      row.isAboveCap,
    );
  });

  it('takes the larger of items summed and rate combined', () => {
    const terms = parseTerms({
      principalFen: 10_000_00,
      annualRate: '0.09',
      installments: 12,
      method: 'EqualInstallment',
      disbursedOn: '2026-11-23',
      fees: [
        { code: 'Monthly', payeeRole: 'Guarantor', timing: 'EachInstallment', amountFen: 50_00 },
        { code: 'Once', payeeRole: 'Guarantor', timing: 'UpFront', amountFen: 300_00 },
      ],
    });
    const { allInCost, cost, isAboveCap } = judgeCost(terms, policyPack, scope);
    expect(cost.itemised).toBeCloseTo(0.2534, 4);
    expect(cost.combined).toBeCloseTo(0.2555, 4);
    expect(allInCost).toBe(cost.combined);
    expect(isAboveCap).toBe(true);
  });

  it.each([
    { basis: 'Combined', takes: 'combined' as const },
    { basis: 'Itemised', takes: 'itemised' as const },
    { basis: undefined, takes: 'combined' as const },
  ])('takes what the pack says to take: $basis', ({ basis, takes }) => {
    const leaves = policyPack.leaves.flatMap((leaf) => {
      if (leaf.path !== 'cost.capBasis') return [leaf];
      return basis === undefined ? [] : [{ ...leaf, value: basis }];
    });
    const terms = parseTerms({
      principalFen: 10_000_00,
      annualRate: '0.09',
      installments: 12,
      method: 'EqualInstallment',
      disbursedOn: '2026-11-23',
      fees: [{ code: 'Once', payeeRole: 'Guarantor', timing: 'UpFront', amountFen: 300_00 }],
    });
    const { allInCost, cost } = judgeCost(terms, { ...policyPack, leaves }, scope);
    expect(cost.combined).toBeGreaterThan(cost.itemised);
    expect(allInCost).toBe(cost[takes]);
  });

  it('judges nothing by a basis it does not know', () => {
    const leaves = policyPack.leaves.map((leaf) =>
      leaf.path === 'cost.capBasis' ? { ...leaf, value: 'Guess' } : leaf,
    );
    expect(() => judgeCost(interestOnly('0.01'), { ...policyPack, leaves }, scope)).toThrow(
      'no basis of the cap Guess',
    );
  });

  it('judges nothing without a cap', () => {
    const date = '2017-08-03';
    expect(() => judgeCost(interestOnly('0.01'), policyPack, { ...scope, date })).toThrow(
      'no cost.allInCapAnnual',
    );
  });
});

describe('contractText (Civil Code 668)', () => {
  const textOf = (
    overrides: Partial<Parameters<typeof contractText>[0]> = {},
    sheetCase = aCase(),
  ) => {
    const { sheet, sheetHash } = priced(sheetCase, sheetCase.loan);
    return contractText({
      personalData: { applicant: aPerson },
      purpose: 'HomeAppliances',
      sheet,
      sheetHash,
      repaymentMethod: 'EqualInstallment',
      product: consumerProduct,
      funder,
      ...overrides,
    });
  };
  const linesOf = (text: ReturnType<typeof textOf>): string =>
    text.sections.flatMap(({ clauses }) => clauses.map((clause) => clause.text)).join('\n');

  it('names kind, currency, purpose, amount, rate, term and method', () => {
    const text = linesOf(textOf());
    for (const part of [
      '消费分期贷',
      '人民币',
      '购买家用电器',
      '30,000.00元（大写：叁万元整）',
      '9.60%',
      '12个月',
      '等额本息',
    ])
      expect(text).toContain(part);
  });

  it('is bound to the cost sheet that is confirmed', () => {
    expect(linesOf(textOf())).toContain(priced().sheetHash);
  });

  it('lets what weighs on the borrower stand out (Civil Code 496)', () => {
    const highlighted = textOf()
      .sections.flatMap(({ clauses }) => clauses.filter((clause) => clause.isHighlighted))
      .map((clause) => clause.text)
      .join('\n');
    for (const part of [
      '借款金额',
      '借款用途',
      '年利率',
      '综合融资成本',
      '逾期罚息',
      '挪用罚息',
      '信用报告',
    ])
      expect(highlighted).toContain(part);
  });

  it('names borrower and account, in full and by the last four digits', () => {
    const text = linesOf(textOf());
    expect(text).toContain('借款人：测试甲，公民身份号码：990000199001010009');
    expect(text).toContain('尾号0005');
    expect(text).not.toContain(aPerson.bankAccount.number);
  });

  it('pays the supplier when there is one (受托支付)', () => {
    const supplier = {
      name: '示例商户',
      bankAccount: { number: '6220000000000000008', bankCode: '999000000014' },
    };
    const text = textOf({ personalData: { applicant: aPerson, supplier } });
    expect(linesOf(text)).toContain('直接支付给示例商户（账户尾号0008）');
    expect(text.sections.map(({ heading }) => heading)).toContain('四、放款（受托支付）');
  });

  it('speaks of the firm and its representative', () => {
    const text = textOf({ personalData: { applicant: aCompany }, product: businessProduct });
    expect(text.title).toBe('经营贷款合同');
    expect(linesOf(text)).toContain('统一社会信用代码：91990000MATE5T017N');
    expect(linesOf(text)).toContain('法定代表人：测试乙');
  });

  it('says what prepayment costs, and how many days of grace there are', () => {
    expect(linesOf(textOf())).toContain('不收取违约金');
    expect(linesOf(textOf())).not.toContain('日内清偿的');
    const product = {
      ...consumerProduct,
      prepaymentFeeRate: '0.01',
      penalty: { ...consumerProduct.penalty, graceDays: 3 },
    };
    expect(linesOf(textOf({ product }))).toContain('按提前归还本金的1.00%支付费用');
    expect(linesOf(textOf({ product }))).toContain('到期后3日内清偿的');
  });

  it('prints a fee on default without a rate', () => {
    const product = {
      ...consumerProduct,
      fees: [{ ...guaranteeFee, timing: 'OnDefault' as const }],
    };
    const text = linesOf(textOf({ product }, aCase({ product })));
    expect(text).toContain('担保费：每次按本金的1.00%，仅在违约时收取。');
  });

  it('has a name for every purpose and every method', () => {
    expect(Object.keys(purposeNames)).toEqual(Purpose.options);
    expect(Object.keys(repaymentMethodNames)).toEqual(RepaymentMethod.options);
  });
});
