import * as z from 'zod';
import { Text } from '../catalog/texts.ts';

/** What a borrower is told, by what happened to the loan. */
export const NoticeKind = z.enum([
  'InstallmentReminder',
  'PaymentReceived',
  'PaymentReversed',
  'DebitFailed',
  'LoanOverdue',
  'LoanCured',
  'LoanSettled',
  'LoanRestructured',
  'RefundPaid',
  /** The claim is somebody else's now: it counts against the borrower once they are told (Civil Code art. 546). */
  'ClaimTransferred',
]);
export type NoticeKind = z.infer<typeof NoticeKind>;

/** The values each kind of notice may carry: what the borrower needs to act on, and no personal data. */
export const noticeValues: Readonly<Record<NoticeKind, readonly string[]>> = {
  InstallmentReminder: ['contractNumber', 'amount', 'dueOn'],
  PaymentReceived: ['contractNumber', 'amount', 'paidOn'],
  PaymentReversed: ['contractNumber', 'amount', 'paidOn'],
  DebitFailed: ['contractNumber', 'amount', 'dueOn'],
  /** 征信业管理条例 第十五条: before bad information is reported, the person is told. */
  LoanOverdue: ['contractNumber', 'amount', 'reportFrom'],
  LoanCured: ['contractNumber'],
  LoanSettled: ['contractNumber'],
  LoanRestructured: ['contractNumber'],
  RefundPaid: ['contractNumber', 'amount'],
  ClaimTransferred: ['contractNumber', 'holder'],
};

export const Language = z.enum(['zh', 'en']);
export type Language = z.infer<typeof Language>;

const placeholder = /\{([^{}]*)\}/g;

const MessageTemplate = z
  .strictObject({
    kind: NoticeKind,
    /** The code under which the wording is registered with the message provider, one per language. */
    code: Text,
    texts: Text,
    /** When the message could not be delivered, the borrower is called and hears it. */
    isCalledWhenUndelivered: z.boolean().default(false),
  })
  .superRefine(({ kind, texts }, context) => {
    for (const language of Language.options)
      for (const name of placeholdersOf(texts[language]))
        if (!noticeValues[kind].includes(name))
          context.addIssue({
            code: 'custom',
            path: ['texts', language],
            message: `${kind} has no value {${name}}: it has ${noticeValues[kind].join(', ')}`,
          });
  });
export type MessageTemplate = z.infer<typeof MessageTemplate>;

/** The wording of every notice, in both languages. A file that misses a kind, or has one twice, is refused. */
export const MessageTemplates = z
  .strictObject({
    messageTemplatesId: z.string().min(1),
    version: z.int().min(1),
    templates: z.array(MessageTemplate),
  })
  .superRefine(({ templates }, context) => {
    for (const kind of NoticeKind.options) {
      const count = templates.filter((template) => template.kind === kind).length;
      if (count !== 1)
        context.addIssue({
          code: 'custom',
          path: ['templates'],
          message: `${kind} has ${count} templates: exactly one is needed`,
        });
    }
  });
export type MessageTemplates = z.infer<typeof MessageTemplates>;

/** The template of a kind of notice. */
export function templateOf({ templates }: MessageTemplates, kind: NoticeKind): MessageTemplate {
  const template = templates.find((each) => each.kind === kind);
  if (template === undefined) throw new Error(`no template for ${kind}`);
  return template;
}

/** The wording with its values filled in. Throws when a value is missing: half a message is sent to nobody. */
export function renderText(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(placeholder, (_whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`the message needs a value for {${name}}`);
    return value;
  });
}

function placeholdersOf(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name);
}
