import type { ContractText } from '#domain/contracts/contract-terms.ts';
import type { DisclosureSheet } from '#domain/contracts/disclosure-sheet.ts';
import { writeSchedule } from './disclosure-paper.ts';
import { Paper } from '#platform/pdf/paper.ts';
import type { TrueTypeFont } from '#platform/pdf/true-type-font.ts';

export interface ContractFacts {
  readonly text: ContractText;
  readonly sheet: DisclosureSheet;
  /** The last business date on which it can be signed. */
  readonly expiresOn: string;
  readonly at: Date;
}

/** The loan contract as it is signed: its text, the schedule it refers to, the places of the signatures. */
export function writeContract(font: TrueTypeFont, facts: ContractFacts): Promise<Buffer> {
  const { text, sheet, expiresOn, at } = facts;
  const paper = new Paper(font, { title: text.title, madeAt: at });
  paper.title(text.title);
  paper.paragraph(`合同编号：${text.contractNumber}`);
  for (const { heading, clauses } of text.sections) {
    paper.heading(heading);
    for (const clause of clauses) paper.paragraph(clause.text, clause.isHighlighted);
  }
  paper.heading('附件：还款计划');
  writeSchedule(paper, sheet);
  paper.paragraph(`本合同要约有效期至 ${expiresOn}，逾期未签署的自动失效。`);
  paper.space(14);
  paper.paragraph('借款人（电子签名）：');
  paper.paragraph(`贷款人（电子签章）：${sheet.lender}`);
  return paper.finish();
}
