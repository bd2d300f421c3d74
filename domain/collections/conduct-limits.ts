import {
  policyInt,
  policyWords,
  type PolicyPack,
  type PolicyScope,
} from '../catalog/policy-pack.ts';
import type { QuietHours } from './contact-hours.ts';

/** The limits of conduct in force on a date, from the policy pack. */
export interface ConductLimits {
  readonly quiet: QuietHours;
  /** Connected notification calls a day, robots included (rules 5.2). */
  readonly notifyConnectedPerDay: number;
  /** Effective interactive calls a day (5.3). */
  readonly effectivePerDay: number;
  readonly attemptsPerNumberPerDay: number;
  readonly messagesPerDay: number;
  readonly visitsPerDay: number;
  readonly visitMinStaff: number;
  /** Failed dials in a row, and failed days in a row, after which a debtor counts as lost (5.8). */
  readonly lostDials: number;
  readonly lostDays: number;
  readonly recordYears: number;
  readonly hardshipReplyWorkdays: number;
  /** For people to put right what the debtor won, before the ladder goes on. */
  readonly reliefAgreementDays: number;
  readonly promiseGraceDays: number;
  readonly promiseMaxDays: number;
  readonly agencyReviewMaxAgeDays: number;
  readonly complaintDays: {
    readonly Plain: number;
    readonly Complex: number;
    readonly Special: number;
  };
  readonly disputeDays: number;
  readonly bannedWords: readonly string[];
}

/** Reads every limit; one that is missing stops the contact, since nothing may be guessed here. */
export function conductLimitsOf(pack: PolicyPack, scope: PolicyScope): ConductLimits {
  const int = (path: string): number => policyInt(pack, path, scope);
  const [from = '', to = ''] = policyWords(pack, 'collect.quietHours', scope);
  return {
    quiet: { from, to },
    notifyConnectedPerDay: int('collect.notifyConnectedPerDay'),
    effectivePerDay: int('collect.effectivePerDay'),
    attemptsPerNumberPerDay: int('collect.attemptsPerNumberPerDay'),
    messagesPerDay: int('collect.smsPerDay'),
    visitsPerDay: int('collect.visitPerDay'),
    visitMinStaff: int('collect.visitMinStaff'),
    lostDials: int('collect.lostDials'),
    lostDays: int('collect.lostDays'),
    recordYears: int('collect.recordYears'),
    hardshipReplyWorkdays: int('collect.hardshipReplyWorkdays'),
    reliefAgreementDays: int('collect.reliefAgreementDays'),
    promiseGraceDays: int('collect.promiseGraceDays'),
    promiseMaxDays: int('collect.promiseMaxDays'),
    agencyReviewMaxAgeDays: int('collect.agencyReviewMaxAgeDays'),
    complaintDays: {
      Plain: int('complaint.days'),
      Complex: int('complaint.complexDays'),
      Special: int('complaint.specialDays'),
    },
    disputeDays: int('credit.disputeDays'),
    bannedWords: policyWords(pack, 'collect.bannedWords', scope),
  };
}
