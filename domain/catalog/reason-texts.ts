import * as z from 'zod';
import { ReasonCode } from '../applications/application.ts';
import { Text } from './texts.ts';

/** What each reason code says to a person, in both languages. */
export const ReasonTexts = z.object({
  reasonTextsId: z.string().min(1),
  version: z.int().min(1),
  texts: z.record(ReasonCode, Text),
});
export type ReasonTexts = z.infer<typeof ReasonTexts>;

export interface ExplainedReason {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

/** The codes with their texts. A code without a text explains itself: a missing translation must not stop an answer. */
export function explainReasons(
  codes: readonly string[],
  reasonTexts: ReasonTexts,
): ExplainedReason[] {
  return codes.map((code) => {
    const text = reasonTexts.texts[code] ?? { zh: code, en: code };
    return { code, zh: text.zh, en: text.en };
  });
}
