import type { Applicant, Purpose } from '../applications/application.ts';
import type { PersonalData } from '../applications/personal-data.ts';
import { contactOf } from '../applications/validate-applicant.ts';
import type { Funder } from '../catalog/funder.ts';
import type { Product } from '../catalog/product.ts';
import type { RepaymentMethod } from '../shared/primitives.ts';
import { amountInWords, percentText, yuanText } from './amount-text.ts';
import type { DisclosureSheet } from './disclosure-sheet.ts';

/** One sentence of the contract. What weighs heavily on the borrower stands out (Civil Code 496). */
export interface Clause {
  readonly text: string;
  readonly isHighlighted: boolean;
}

export interface ContractSection {
  readonly heading: string;
  readonly clauses: readonly Clause[];
}

/** The text of a contract, ready to be set; it holds personal data and never leaves the PDF. */
export interface ContractText {
  readonly title: string;
  readonly contractNumber: string;
  readonly sections: readonly ContractSection[];
}

export interface ContractCase {
  readonly personalData: PersonalData;
  readonly purpose: Purpose;
  readonly sheet: DisclosureSheet;
  readonly sheetHash: string;
  readonly repaymentMethod: RepaymentMethod;
  readonly product: Product;
  readonly funder: Funder;
}

export const repaymentMethodNames: Readonly<Record<RepaymentMethod, string>> = {
  EqualInstallment: '等额本息',
  EqualPrincipal: '等额本金',
  InterestOnly: '按月付息、到期还本',
  FlatRate: '等本等息',
  Bullet: '到期一次性还本付息',
};

export const purposeNames: Readonly<Record<Purpose, string>> = {
  HomeAppliances: '购买家用电器',
  Furniture: '购买家具',
  Education: '教育',
  Medical: '医疗',
  Travel: '旅游',
  Vehicle: '购车',
  UsedVehicle: '购买二手车',
  Renovation: '装修',
  DailyConsumption: '日常消费',
  Business: '生产经营',
  Retraining: '职业培训',
  Repairs: '维修',
  Other: '其他消费',
  PropertyPurchase: '购房',
  MortgageRepayment: '偿还住房贷款',
  Securities: '证券投资',
  Derivatives: '衍生品投资',
  AssetManagement: '购买资产管理产品',
  EquityInvestment: '股本权益性投资',
};

/** Writes the loan contract with everything Civil Code 668 asks for, priced as the confirmed cost sheet says. */
export function contractText(contractCase: ContractCase): ContractText {
  return {
    title: contractCase.product.segment === 'SmallBusiness' ? '经营贷款合同' : '个人消费贷款合同',
    contractNumber: contractCase.sheet.contractNumber,
    sections: [
      parties(contractCase),
      loan(contractCase),
      price(contractCase),
      payout(contractCase),
      repayment(contractCase),
      prepayment(contractCase),
      breach(contractCase),
      personalInformation(),
      disputes(contractCase),
    ],
  };
}

function parties({ personalData: { applicant }, funder }: ContractCase): ContractSection {
  return section('一、合同当事人', [
    plain(`贷款人：${funder.name}（许可证编号：${funder.licenceNumber}）`),
    ...borrowerLines(applicant).map(plain),
    plain('助贷平台仅提供信息与技术服务，不是贷款人，不向借款人收取任何息费。'),
  ]);
}

function borrowerLines(applicant: Applicant): string[] {
  const contact = contactOf(applicant);
  if (applicant.kind === 'Person')
    return [
      `借款人：${applicant.name}，公民身份号码：${contact.idNumber}，手机：${contact.mobile}`,
    ];
  return [
    `借款人：${applicant.name}，统一社会信用代码：${applicant.uscc}`,
    `法定代表人：${contact.name}，公民身份号码：${contact.idNumber}，手机：${contact.mobile}`,
  ];
}

function loan({ sheet, purpose, product }: ContractCase): ContractSection {
  return section('二、借款', [
    plain(`借款种类：${product.name.zh}；币种：人民币。`),
    strong(
      `借款金额：${yuanText(sheet.principalFen)}元（大写：${amountInWords(sheet.principalFen)}）。`,
    ),
    plain(`借款期限：${sheet.termMonths}个月，自实际放款日起算。`),
    strong(
      `借款用途：${purposeNames[purpose]}。不得用于购房、偿还住房贷款、股票、债券、期货、金融衍生品、资产管理产品、固定资产或股本权益性投资。`,
    ),
  ]);
}

function price({ sheet, sheetHash }: ContractCase): ContractSection {
  return section('三、利率与综合融资成本', [
    strong(`借款年利率：${percentText(sheet.annualRate)}。`),
    strong(
      `年化综合融资成本（正常履约，内部收益率法，单利年化）：${percentText(sheet.apr.nominal)}；分项加总：${percentText(sheet.allInCost.itemised)}；合并计算：${percentText(sheet.allInCost.combined)}。`,
    ),
    plain(
      `《综合融资成本明示表》为本合同的组成部分，其内容摘要（SHA-256）为 ${sheetHash}。${sheet.statement}`,
    ),
    strong('借款利息不得预先在本金中扣除；预先扣除的，按实际借款数额返还借款并计算利息。'),
  ]);
}

function payout({ personalData: { applicant, supplier } }: ContractCase): ContractSection {
  const ending = (number: string): string => `尾号${number.slice(-4)}`;
  if (supplier === undefined)
    return section('四、放款', [
      plain(
        `贷款人将全部借款支付至借款人账户（${ending(applicant.bankAccount.number)}）。实际放款日以银行入账日为准。`,
      ),
    ]);
  return section('四、放款（受托支付）', [
    strong(
      `借款人委托贷款人将全部借款直接支付给${supplier.name}（账户${ending(supplier.bankAccount.number)}）。实际放款日以银行入账日为准。`,
    ),
  ]);
}

function repayment({ sheet, repaymentMethod }: ContractCase): ContractSection {
  const total = sheet.totals.principalFen + sheet.totals.interestFen + sheet.totals.feeFen;
  return section('五、还款', [
    plain(`还款方式：${repaymentMethodNames[repaymentMethod]}，共${sheet.schedule.length}期。`),
    plain(
      `按${sheet.pricedOn}放款测算，应还合计${yuanText(total)}元，其中利息${yuanText(sheet.totals.interestFen)}元。还款计划见附件，实际还款日按实际放款日顺延确定。`,
    ),
    plain('还款日为法定休假日的，顺延至其后第一个工作日，顺延期间不视为逾期。'),
    plain('还款不足以清偿全部到期款项的，按实现债权的费用、罚息、利息、本金的顺序抵充。'),
  ]);
}

function prepayment({ product }: ContractCase): ContractSection {
  const isFree = Number(product.prepaymentFeeRate) === 0;
  return section('六、提前还款', [
    plain(
      isFree
        ? '借款人可以提前还款，按实际借款期间计算利息，不收取违约金。'
        : `借款人可以提前还款，按实际借款期间计算利息，另按提前归还本金的${percentText(product.prepaymentFeeRate)}支付费用。`,
    ),
  ]);
}

function breach({ sheet, product }: ContractCase): ContractSection {
  const { graceDays } = product.penalty;
  const contingent = sheet.contingent.map(({ name, howCharged, annualRate }) => {
    const rate = annualRate === undefined ? '' : `，年利率${percentText(annualRate)}`;
    return strong(`${name}：${howCharged}${rate}。`);
  });
  return section('七、违约责任', [
    ...contingent,
    ...(graceDays > 0 ? [plain(`到期后${graceDays}日内清偿的，不计收罚息，不视为逾期。`)] : []),
    plain('罚息不计复利。利息、罚息及全部费用合计不超过法律法规规定的上限。'),
    strong('逾期信息将依法报送金融信用信息基础数据库；报送不良信息前，贷款人事先告知借款人。'),
  ]);
}

function personalInformation(): ContractSection {
  return section('八、个人信息与征信授权', [
    strong('贷款人依借款人书面授权查询信用报告，仅用于本笔借款的贷前审查与贷后管理。'),
    plain(
      '借款人有权查阅、复制、更正、删除个人信息，有权要求对自动化决定作出说明并拒绝仅由自动化方式作出决定。',
    ),
  ]);
}

function disputes({ funder }: ContractCase): ContractSection {
  return section('九、其他', [
    plain('格式条款中与借款人有重大利害关系的内容已以加粗方式提示，借款人可以要求说明。'),
    plain(`因本合同产生的争议，协商不成的，向${funder.name}住所地或借款人住所地人民法院提起诉讼。`),
    plain('本合同经双方以可靠的电子签名签署后成立，自贷款人实际提供借款时生效。'),
  ]);
}

function section(heading: string, clauses: readonly Clause[]): ContractSection {
  return { heading, clauses };
}

function plain(text: string): Clause {
  return { text, isHighlighted: false };
}

function strong(text: string): Clause {
  return { text, isHighlighted: true };
}
