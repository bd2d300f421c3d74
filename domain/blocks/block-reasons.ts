import * as z from 'zod';
import type { Text } from '../catalog/texts.ts';

/** Why somebody is blocked. */
export const BlockReason = z.enum([
  'ConfirmedFraud',
  'ForgedDocuments',
  'IdentityMisused',
  'DebtEvasion',
  'CourtListed',
  'SuspiciousFunds',
  'OwnRequest',
]);
export type BlockReason = z.infer<typeof BlockReason>;

/** Why a block is to end before its date. */
export const LiftReason = z.enum(['EnteredInError', 'ReasonGone', 'ObjectionUpheld', 'OwnRequest']);
export type LiftReason = z.infer<typeof LiftReason>;

export const blockReasonTexts: Readonly<Record<BlockReason, Text>> = {
  ConfirmedFraud: { zh: '已确认欺诈', en: 'Fraud, confirmed' },
  ForgedDocuments: { zh: '提交伪造材料', en: 'Forged documents' },
  IdentityMisused: { zh: '身份被他人冒用', en: 'Their identity is used by somebody else' },
  DebtEvasion: { zh: '恶意逃废债', en: 'Evades debts' },
  CourtListed: { zh: '失信被执行人', en: 'Listed by a court for not complying with a judgment' },
  SuspiciousFunds: { zh: '可疑资金交易', en: 'Suspicious transactions' },
  OwnRequest: { zh: '本人要求不再授信', en: 'Asked to be given no loan' },
};

export const liftReasonTexts: Readonly<Record<LiftReason, Text>> = {
  EnteredInError: { zh: '误录', en: 'Entered in error' },
  ReasonGone: { zh: '拉黑原因已消除', en: 'The reason is gone' },
  ObjectionUpheld: { zh: '异议成立', en: 'The borrower objected, and was right' },
  OwnRequest: { zh: '本人要求解除', en: 'Asked for it themselves' },
};
