import * as z from 'zod';
import { InvalidInput } from '../shared/errors.ts';

/** Who is spoken to. Only the debtor, and who owes with them, may hear of the debt. */
export const Audience = z.enum(['Debtor', 'Guarantor', 'ThirdPerson']);
export type Audience = z.infer<typeof Audience>;

export const ContactChannel = z.enum([
  'Sms',
  'AppMessage',
  'VoiceNotify',
  'AiVoice',
  'Call',
  'Visit',
  'Letter',
]);
export type ContactChannel = z.infer<typeof ContactChannel>;

/** What is said or sent, as the collector, the robot or the message provider gets it. Placeholders stand in braces. */
export const CollectionScript = z.strictObject({
  scriptId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  version: z.int().min(1),
  name: z.string().min(1),
  channels: z.array(ContactChannel).min(1),
  audience: Audience,
  /** Opens a conversation: says who calls and for whom. */
  isOpening: z.boolean(),
  text: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
});
export type CollectionScript = z.infer<typeof CollectionScript>;

export type ScriptFault =
  | { readonly rule: 'BannedWord'; readonly word: string }
  | { readonly rule: 'DebtToThirdPerson'; readonly token: string }
  | { readonly rule: 'IdentityMissing'; readonly token: string }
  | { readonly rule: 'UnknownToken'; readonly token: string };

/** What says how much is owed, since when, or that anything is owed at all (rules 5.9). */
const debtTokens = ['amount', 'overdueSince', 'daysPastDue', 'dueOn', 'contractNumber', 'product'];
const debtWords = ['逾期', '欠款', '还款', '贷款', '债务', 'overdue', 'debt', 'loan', 'repay'];
const identityTokens = ['institution', 'caller'];
const knownTokens = new Set([...debtTokens, ...identityTokens, 'principal', 'telephone']);

/** Holds a script against the rules of speech: banned words (5.12), third persons (5.9), who is calling (5.11). */
export function lintScript(
  script: CollectionScript,
  bannedWords: readonly string[],
): readonly ScriptFault[] {
  return Object.values(script.text).flatMap((text) => lintText(script, text, bannedWords));
}

function lintText(
  { audience, isOpening }: CollectionScript,
  text: string,
  bannedWords: readonly string[],
): ScriptFault[] {
  const tokens = Array.from(text.matchAll(/\{(\w+)\}/g), ([, token = '']) => token);
  const lower = text.toLowerCase();
  const banned = bannedWords.filter((word) => lower.includes(word.toLowerCase()));
  const isThird = audience === 'ThirdPerson';
  return [
    ...banned.map((word) => ({ rule: 'BannedWord' as const, word })),
    ...(isThird ? tokensOfDebt(tokens, lower) : []),
    ...(isOpening
      ? identityTokens
          .filter((token) => !tokens.includes(token))
          .map((token) => ({ rule: 'IdentityMissing' as const, token }))
      : []),
    ...tokens
      .filter((token) => !knownTokens.has(token))
      .map((token) => ({ rule: 'UnknownToken' as const, token })),
  ];
}

function tokensOfDebt(tokens: readonly string[], lower: string): ScriptFault[] {
  const found = [
    ...debtTokens.filter((token) => tokens.includes(token)),
    ...debtWords.filter((word) => lower.includes(word)),
  ];
  return found.map((token) => ({ rule: 'DebtToThirdPerson', token }));
}

/** Fills the placeholders in; one that nobody gives a value for stops the contact. */
export function fillScript(
  text: string,
  values: Readonly<Partial<Record<string, string>>>,
): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, token: string) => {
    const value = values[token];
    if (value === undefined) throw new InvalidInput(`the script needs a value for ${token}`);
    return value;
  });
}
