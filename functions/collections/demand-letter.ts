import { Paper } from '#platform/pdf/paper.ts';
import type { TrueTypeFont } from '#platform/pdf/true-type-font.ts';

export interface DemandLetter {
  /** The lender, and the agency that writes for it, if one does. */
  readonly institution: string;
  readonly contractNumber: string;
  readonly date: string;
  /** The script with its values, in Chinese and English. */
  readonly text: { readonly zh: string; readonly en: string };
  readonly madeAt: Date;
}

/** Writes the demand letter: what is owed as of its date, and what the debtor may do about it. No name: the envelope has it. */
export function writeDemandLetter(letter: DemandLetter, font: TrueTypeFont): Promise<Uint8Array> {
  const paper = new Paper(font, { title: '催告函 Demand letter', madeAt: letter.madeAt });
  paper.title('催告函 Demand letter');
  paper.paragraph(`${letter.institution}　${letter.date}`);
  paper.heading(`合同 Contract ${letter.contractNumber}`);
  paper.paragraph(letter.text.zh, true);
  paper.paragraph(letter.text.en);
  return paper.finish();
}
