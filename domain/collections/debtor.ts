import * as z from 'zod';
import { addDays, daysBetween } from '../shared/calendar.ts';
import { InvalidInput } from '../shared/errors.ts';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { DomainEvent } from '../shared/domain-event.ts';
import { BusinessDate, Sha256Hex } from '../shared/primitives.ts';
import type { ConductLimits } from './conduct-limits.ts';
import { mayAgreeOn } from './contact-hours.ts';
import type { Contact } from './contact.ts';
import { resultOfOutcome, type OutcomeCode } from './outcome-code.ts';
import type { Contactability } from './strategy.ts';

const Hours = z.object({
  kind: z.enum(['Only', 'Also']).default('Also'),
  from: z.string().regex(/^\d{2}:\d{2}$/),
  to: z.string().regex(/^\d{2}:\d{2}$/),
  agreedOn: BusinessDate,
  evidence: z.string().min(1),
});

/**
 * What is known about reaching one debtor, and who must never be contacted about them: record `debtor`. It belongs to the
 * person, not to a case: a stop outlives every loan, case and agency (rules 5.10).
 */
export const Debtor = z.object({
  borrowerKey: z.string().min(1),
  record: z.literal('debtor'),
  version: z.int().min(1),
  isNumberInvalid: z.boolean(),
  isReportedDead: z.boolean(),
  /** Dials in a row that nobody answered, and the day of the last. */
  failedDials: z.int().min(0),
  failedDialOn: BusinessDate.optional(),
  /** Days in a row on which nobody answered at all. */
  failedDays: z.int().min(0),
  lastReachedOn: BusinessDate.optional(),
  agreedHours: Hours.optional(),
  /** Blind indexes of the numbers of third persons who asked to be left alone. */
  stoppedNumbers: z.array(z.string()).max(200),
  event: DomainEvent,
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Debtor = z.infer<typeof Debtor>;

/** The name of a debtor in the audit chain. */
export function debtorSubjectOf(borrowerKey: string): string {
  return `debtor_${borrowerKey}`;
}

/**
 * Notes what a contact taught about reaching the debtor. A contact with a third person teaches only whether it may be
 * repeated, and one with a guarantor nothing. Undefined: nothing was learnt.
 */
export function noteContact(
  debtor: Debtor | undefined,
  noted: { readonly contact: Contact; readonly code: OutcomeCode; readonly at: string },
): Debtor | undefined {
  const { contact, code, at } = noted;
  const { borrowerKey, date, channel, audience, numberKey } = contact;
  const facts = { contactId: contact.contactId, caseId: contact.caseId, channel, audience, code };
  if (audience === 'ThirdPerson') {
    if (code !== 'ThirdPersonStop' || debtor?.stoppedNumbers.includes(numberKey)) return undefined;
    const stoppedNumbers = [...(debtor?.stoppedNumbers ?? []), numberKey];
    return change(debtor, {
      borrowerKey,
      patch: { stoppedNumbers },
      type: 'ThirdPersonStopped',
      at,
      actor: contact.actor,
      facts,
    });
  }
  if (audience === 'Guarantor') return undefined;
  const patch = reachAfter(debtor, { code, date, channel });
  return (
    patch &&
    change(debtor, {
      borrowerKey,
      patch,
      type: 'DebtorReachNoted',
      at,
      actor: contact.actor,
      facts,
    })
  );
}

/** Hours the debtor asked for, with the evidence of it. Undefined: they are agreed already. */
export function agreeHours(
  debtor: Debtor | undefined,
  agreement: {
    readonly borrowerKey: string;
    readonly hours: NonNullable<Debtor['agreedHours']>;
    readonly at: string;
    readonly actor: string;
    readonly limits: Pick<ConductLimits, 'quiet'>;
  },
): Debtor | undefined {
  const { borrowerKey, hours, at, actor, limits } = agreement;
  if (!mayAgreeOn(hours, limits.quiet))
    throw new InvalidInput(
      'hours of kind Only lie within the ordinary hours of contact, hours of kind Also begin outside them',
    );
  const known = debtor?.agreedHours;
  if (known?.kind === hours.kind && known.from === hours.from && known.to === hours.to)
    return undefined;
  return change(debtor, {
    borrowerKey,
    patch: { agreedHours: hours },
    type: 'ContactHoursAgreed',
    at,
    actor,
    facts: { kind: hours.kind, from: hours.from, to: hours.to, evidence: hours.evidence },
  });
}

type ReachPatch = Partial<
  Pick<
    Debtor,
    | 'isNumberInvalid'
    | 'isReportedDead'
    | 'failedDials'
    | 'failedDialOn'
    | 'failedDays'
    | 'lastReachedOn'
  >
>;

/** The dial was picked up at the debtor's number: it breaks a row of failures, whatever was said. */
const answered: ReadonlySet<OutcomeCode> = new Set(['CallBackLater', 'HungUp', 'Listened']);

function reachAfter(
  debtor: Debtor | undefined,
  { code, date, channel }: { code: OutcomeCode; date: string; channel: Contact['channel'] },
): ReachPatch | undefined {
  if (code === 'InvalidNumber') return { isNumberInvalid: true };
  if (code === 'ReportedDead') return { isReportedDead: true };
  const isDial = ['Call', 'AiVoice', 'VoiceNotify'].includes(channel);
  const result = resultOfOutcome[code];
  if (result === 'Effective' || answered.has(code))
    return { failedDials: 0, failedDays: 0, isNumberInvalid: false, lastReachedOn: date };
  // A stranger at the number neither proves the debtor reachable nor lost.
  if (!isDial || result !== 'Unanswered') return undefined;
  const failedDials = (debtor?.failedDials ?? 0) + 1;
  return { failedDials, failedDialOn: date, failedDays: failedDaysAfter(debtor, date) };
}

function failedDaysAfter(debtor: Debtor | undefined, date: string): number {
  // A day on which somebody answered is none on which nobody did.
  if (debtor?.lastReachedOn === date) return 0;
  const last = debtor?.failedDialOn;
  const days = debtor?.failedDays ?? 0;
  if (last === undefined) return 1;
  const passed = daysBetween(last, date);
  if (passed === 0) return Math.max(days, 1);
  return passed === 1 ? days + 1 : 1;
}

/**
 * Whether the debtor counts as lost on a date (rules 5.8): the number is invalid; or so many dials in a row failed, from
 * the day after the last of them on; or so many days in a row failed; or the debtor is said to have died.
 */
export function isLost(
  debtor: Debtor | undefined,
  date: string,
  { lostDials, lostDays }: Pick<ConductLimits, 'lostDials' | 'lostDays'>,
): boolean {
  if (debtor === undefined) return false;
  if (debtor.isNumberInvalid || debtor.isReportedDead) return true;
  if (debtor.failedDays >= lostDays) return true;
  const { failedDialOn } = debtor;
  return (
    debtor.failedDials >= lostDials &&
    failedDialOn !== undefined &&
    date >= addDays(failedDialOn, 1)
  );
}

/** How the debtor can be reached on a date, for the choice of the next step. */
export function contactabilityOf(
  debtor: Debtor | undefined,
  date: string,
  limits: Pick<ConductLimits, 'lostDials' | 'lostDays'>,
): Contactability {
  if (debtor?.isReportedDead) return 'Deceased';
  if (isLost(debtor, date, limits)) return 'Lost';
  return (debtor?.failedDials ?? 0) > 0 ? 'Unreachable' : 'Reachable';
}

function change(
  debtor: Debtor | undefined,
  given: {
    readonly borrowerKey: string;
    readonly patch: Partial<Omit<Debtor, 'version' | 'event' | 'auditHash' | 'previousAuditHash'>>;
    readonly type: string;
    readonly at: string;
    readonly actor: string;
    readonly facts: Readonly<Record<string, unknown>>;
  },
): Debtor {
  const { borrowerKey, patch, type, at, actor, facts } = given;
  const subjectId = debtorSubjectOf(borrowerKey);
  const event = { type, at, actor, facts: { borrowerKey, ...facts } };
  if (debtor !== undefined) return changeAggregate(debtor, { subjectId, patch, event });
  const fresh = {
    borrowerKey,
    record: 'debtor' as const,
    isNumberInvalid: false,
    isReportedDead: false,
    failedDials: 0,
    failedDays: 0,
    stoppedNumbers: [],
  };
  return startAggregate(subjectId, { ...fresh, ...patch }, event);
}
