import { percentText, yuanText } from '#domain/contracts/amount-text.ts';
import { repaymentMethodNames } from '#domain/contracts/contract-terms.ts';
import type { DisclosureSheet } from '#domain/contracts/disclosure-sheet.ts';
import { RepaymentMethod } from '#domain/shared/primitives.ts';
import { Paper, type Column } from '#platform/pdf/paper.ts';
import type { TrueTypeFont } from '#platform/pdf/true-type-font.ts';

const scheduleColumns: readonly Column[] = [
  { title: '期数', share: 1 },
  { title: '应还日期', share: 2 },
  { title: '本金（元）', share: 2, isRight: true },
  { title: '利息（元）', share: 2, isRight: true },
  { title: '费用（元）', share: 2, isRight: true },
  { title: '合计（元）', share: 2, isRight: true },
  { title: '剩余本金（元）', share: 2, isRight: true },
];

/** Writes the schedule as every paper shows it. */
export function writeSchedule(paper: Paper, { schedule }: DisclosureSheet): void {
  paper.table(
    scheduleColumns,
    schedule.map((row) => [
      String(row.number),
      row.dueOn,
      yuanText(row.principalFen),
      yuanText(row.interestFen),
      yuanText(row.feeFen),
      yuanText(row.totalFen),
      yuanText(row.outstandingFen),
    ]),
  );
}

/** 综合融资成本明示表 as the borrower confirms it: the sheet, word for word and figure for figure. It names no person. */
export function writeDisclosure(
  font: TrueTypeFont,
  sheet: DisclosureSheet,
  made: { readonly sheetHash: string; readonly at: Date },
): Promise<Buffer> {
  const paper = new Paper(font, { title: '综合融资成本明示表', madeAt: made.at });
  paper.title('综合融资成本明示表');
  paper.paragraph(`合同编号：${sheet.contractNumber}`);
  paper.paragraph(`贷款人：${sheet.lender}`);
  paper.paragraph(
    `贷款本金：人民币 ${yuanText(sheet.principalFen)} 元　期限：${sheet.termMonths} 个月　还款方式：${methodNameOf(sheet)}`,
  );
  paper.heading('一、正常履约情形下的息费');
  paper.table(
    [
      { title: '项目', share: 2 },
      { title: '收取方式', share: 4 },
      { title: '收取主体', share: 5 },
      { title: '金额（元）', share: 2, isRight: true },
      { title: '年化水平', share: 2, isRight: true },
    ],
    sheet.items.map((item) => [
      item.name,
      item.howCharged,
      item.payee,
      yuanText(item.totalFen),
      percentText(item.annualised),
    ]),
  );
  paper.paragraph(
    `年化综合融资成本：分项合计 ${percentText(sheet.allInCost.itemised)}；按实际现金流合并计算 ${percentText(sheet.allInCost.combined)}。`,
  );
  paper.paragraph(
    `内部收益率法年化利率（单利）：${percentText(sheet.apr.nominal)}；实际年利率（复利）：${percentText(sheet.apr.effective)}。`,
  );
  paper.heading('二、违约情形下可能产生的息费');
  paper.table(
    [
      { title: '项目', share: 2 },
      { title: '收取方式', share: 6 },
      { title: '收取主体', share: 5 },
      { title: '年利率', share: 2, isRight: true },
    ],
    sheet.contingent.map((item) => [
      item.name,
      item.howCharged,
      item.payee,
      item.annualRate === undefined ? '' : percentText(item.annualRate),
    ]),
  );
  paper.paragraph(sheet.statement);
  paper.heading('三、还款计划');
  writeSchedule(paper, sheet);
  paper.paragraph(
    `合计：本金 ${yuanText(sheet.totals.principalFen)} 元，利息 ${yuanText(sheet.totals.interestFen)} 元，费用 ${yuanText(sheet.totals.feeFen)} 元。还款日期以实际放款日推算为准。`,
  );
  paper.space(8);
  paper.paragraph(`本表内容摘要（SHA-256）：${made.sheetHash}`);
  return paper.finish();
}

function methodNameOf({ repaymentMethod }: DisclosureSheet): string {
  return repaymentMethodNames[RepaymentMethod.parse(repaymentMethod)];
}
