import { addDays, businessDateOf, addMonths } from '../shared/calendar.ts';
import { agencyObstacles, type CollectionAgency } from './agency.ts';
import { isResting, type CollectionCase } from './case.ts';
import type { ConductLimits } from './conduct-limits.ts';
import type { Contact, ContactDay } from './contact.ts';
import { contactsOpenAt, isContactHour, nextContactInstant } from './contact-hours.ts';
import { isLost, type Debtor } from './debtor.ts';
import type { Audience, ContactChannel } from './script.ts';

export interface ContactRequest {
  readonly contactId: string;
  readonly channel: ContactChannel;
  readonly audience: Audience;
  /** Which number: `registered`, or the blind index of another one. */
  readonly numberKey: string;
  /** The same number under keys of before: a stop outlives the key it was noted under. */
  readonly formerNumberKeys?: readonly string[];
  readonly purpose: Contact['purpose'];
  /** Who speaks: `lender`, or the agency's id. */
  readonly speaker: string;
  readonly actor: string;
  readonly staff?: readonly string[];
  readonly hasConsent?: boolean;
  readonly stepId?: string | undefined;
  readonly scriptId?: string | undefined;
  /** The opening script is used, so the debtor is told who speaks. */
  readonly isIntroduced?: boolean;
}

export type RefusalReason =
  | 'CaseClosed'
  | 'CasePaused'
  | 'QuietHours'
  | 'NotifyLimit'
  | 'EffectiveLimit'
  | 'AttemptLimit'
  | 'MessageLimit'
  | 'VisitLimit'
  | 'VisitStaff'
  | 'VisitConsent'
  | 'DebtorNotLost'
  | 'ThirdPersonStopped'
  | 'ThirdPersonPurpose'
  | 'DebtorReportedDead'
  | 'SpeakerNotAssigned'
  | 'AgencyNotFit'
  | 'NotIntroduced';

export type Reservation =
  | { readonly outcome: 'Reserved'; readonly day: ContactDay; readonly contact: Contact }
  | { readonly outcome: 'Refused'; readonly because: RefusalReason; readonly retryAt?: string };

export interface ContactScene {
  readonly collectionCase: CollectionCase;
  readonly debtor: Debtor | undefined;
  readonly day: ContactDay;
  readonly limits: ConductLimits;
  /** Whoever has the case by its assignment, as the register has it now. */
  readonly agency?: CollectionAgency | undefined;
  readonly at: string;
}

/**
 * Says whether a contact may be made now, and reserves it: the day's counters as they are then, and the record of the
 * contact. Nothing is dialled, sent or visited without it. What is reserved counts as if it had been connected until it is
 * known what became of it: with two of three calls connected and one under way there is no fourth.
 */
export function reserveContact(scene: ContactScene, request: ContactRequest): Reservation {
  const refusal =
    refusedByCase(scene, request) ??
    refusedByPerson(scene, request) ??
    refusedByHour(scene, request) ??
    refusedByCount(scene, request);
  if (refusal !== undefined) return { outcome: 'Refused', ...refusal };
  return {
    outcome: 'Reserved',
    day: dayAfter(scene.day, request),
    contact: contactOf(scene, request),
  };
}

type Refusal = { readonly because: RefusalReason; readonly retryAt?: string };

function refusedByCase(
  { collectionCase, agency, limits, at }: ContactScene,
  { speaker, purpose, isIntroduced = false, audience }: ContactRequest,
): Refusal | undefined {
  if (collectionCase.status === 'Closed') return { because: 'CaseClosed' };
  // Telling the debtor something they are owed (an assignment, an answer) is no collection.
  if (purpose !== 'Notice' && isResting(collectionCase)) return { because: 'CasePaused' };
  const { assignment } = collectionCase;
  if (speaker !== 'lender') {
    if (assignment?.agencyId !== speaker || assignment.noticedAt === undefined)
      return { because: 'SpeakerNotAssigned' };
    // Suspended, without a mandate or a review of this year, or off the register: it works no more, whatever it was given.
    const on = businessDateOf(Date.parse(at));
    const { lenderId } = collectionCase;
    if (
      agency?.agencyId !== speaker ||
      agencyObstacles(agency, { lenderId, on, limits }).length > 0
    )
      return { because: 'AgencyNotFit' };
  }
  const isKnown = collectionCase.introducedBy.includes(speaker);
  if (audience === 'Debtor' && !isKnown && !isIntroduced) return { because: 'NotIntroduced' };
  return undefined;
}

function refusedByPerson(
  { debtor, limits, at }: ContactScene,
  request: ContactRequest,
): Refusal | undefined {
  const { audience, purpose, channel } = request;
  if (audience !== 'ThirdPerson')
    return audience === 'Debtor' && debtor?.isReportedDead && channel !== 'Letter'
      ? { because: 'DebtorReportedDead' }
      : undefined;
  if (numberKeysOf(request).some((key) => debtor?.stoppedNumbers.includes(key)))
    return { because: 'ThirdPersonStopped' };
  if (purpose !== 'FindDebtor' && purpose !== 'PassMessage')
    return { because: 'ThirdPersonPurpose' };
  if (!isLost(debtor, businessDateOf(Date.parse(at)), limits)) return { because: 'DebtorNotLost' };
  return undefined;
}

function refusedByHour(
  { debtor, limits, at }: ContactScene,
  { channel, audience }: ContactRequest,
): Refusal | undefined {
  if (channel === 'Letter') return undefined;
  const agreed = audience === 'Debtor' ? debtor?.agreedHours : undefined;
  if (isContactHour(at, limits.quiet, agreed)) return undefined;
  return { because: 'QuietHours', retryAt: nextContactInstant(at, limits.quiet, agreed) };
}

function refusedByCount(scene: ContactScene, request: ContactRequest): Refusal | undefined {
  const because = fullCounter(scene, request);
  if (because === undefined) return undefined;
  if (because === 'VisitStaff' || because === 'VisitConsent') return { because };
  const tomorrow = addDays(businessDateOf(Date.parse(scene.at)), 1);
  return { because, retryAt: contactsOpenAt(tomorrow, scene.limits.quiet) };
}

function fullCounter(
  { day, limits }: ContactScene,
  request: ContactRequest,
): RefusalReason | undefined {
  const { channel, audience } = request;
  const held = Object.values(day.held);
  const isVoice = isVoiceChannel(channel);
  const attempts = numberKeysOf(request).reduce((sum, key) => sum + (day.attempts[key] ?? 0), 0);
  if (isVoice && attempts >= limits.attemptsPerNumberPerDay) return 'AttemptLimit';
  // The daily numbers protect the debtor; a third person is protected by not being called at all.
  if (audience === 'ThirdPerson') return undefined;
  if (countsAsNotification(channel))
    if (
      day.notifyConnected + held.filter(countsAsNotification).length >=
      limits.notifyConnectedPerDay
    )
      return 'NotifyLimit';
  if (countsAsConversation(channel))
    if (day.effective + held.filter(countsAsConversation).length >= limits.effectivePerDay)
      return 'EffectiveLimit';
  if (isMessage(channel) && day.messages >= limits.messagesPerDay) return 'MessageLimit';
  return channel === 'Visit' ? visitRefusal(day, limits, request) : undefined;
}

function visitRefusal(
  day: ContactDay,
  limits: ConductLimits,
  { staff = [], hasConsent = false }: ContactRequest,
): RefusalReason | undefined {
  if (day.visits >= limits.visitsPerDay) return 'VisitLimit';
  if (new Set(staff).size < limits.visitMinStaff) return 'VisitStaff';
  return hasConsent ? undefined : 'VisitConsent';
}

/** Robots that only speak, and those that converse, are notifications by telephone (5.2, 5.18). */
export function countsAsNotification(channel: ContactChannel): boolean {
  return channel === 'VoiceNotify' || channel === 'AiVoice';
}

/** Whoever converses, a person or a machine (5.3, 5.18). */
export function countsAsConversation(channel: ContactChannel): boolean {
  return channel === 'Call' || channel === 'AiVoice';
}

export function isVoiceChannel(channel: ContactChannel): boolean {
  return countsAsNotification(channel) || countsAsConversation(channel);
}

export function isMessage(channel: ContactChannel): boolean {
  return channel === 'Sms' || channel === 'AppMessage';
}

/** Everything the number of a contact was ever known under. */
export function numberKeysOf({
  numberKey,
  formerNumberKeys = [],
}: Pick<ContactRequest, 'numberKey' | 'formerNumberKeys'>): readonly string[] {
  return [numberKey, ...formerNumberKeys];
}

/** What is counted when it is tried is counted here; what is counted when it connects is held. */
function dayAfter(day: ContactDay, { contactId, channel, audience, numberKey }: ContactRequest) {
  const isDebtor = audience !== 'ThirdPerson';
  const attempts = day.attempts[numberKey] ?? 0;
  return {
    ...day,
    version: day.version + 1,
    ...(isVoiceChannel(channel)
      ? { attempts: { ...day.attempts, [numberKey]: attempts + 1 } }
      : {}),
    ...(isVoiceChannel(channel) && isDebtor ? { held: { ...day.held, [contactId]: channel } } : {}),
    ...(isMessage(channel) && isDebtor ? { messages: day.messages + 1 } : {}),
    ...(channel === 'Visit' ? { visits: day.visits + 1 } : {}),
  };
}

function contactOf({ collectionCase, limits, at }: ContactScene, request: ContactRequest): Contact {
  const { borrowerKey, caseId, lenderId, strategyId, strategyVersion, arm } = collectionCase;
  const date = businessDateOf(Date.parse(at));
  return {
    borrowerKey,
    record: `contact#${request.contactId}`,
    contactId: request.contactId,
    version: 1,
    caseId,
    lenderId,
    channel: request.channel,
    audience: request.audience,
    numberKey: request.numberKey,
    purpose: request.purpose,
    status: 'Reserved',
    reservedAt: at,
    date,
    speaker: request.speaker,
    actor: request.actor,
    staff: [...(request.staff ?? [])],
    hasConsent: request.hasConsent ?? false,
    ...(request.stepId === undefined ? {} : { stepId: request.stepId }),
    ...(request.scriptId === undefined ? {} : { scriptId: request.scriptId }),
    isIntroduced: request.isIntroduced ?? false,
    strategy: `${strategyId}#${strategyVersion}`,
    arm,
    keepUntil: addMonths(date, 12 * limits.recordYears),
  };
}
