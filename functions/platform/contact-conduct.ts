import type { CollectionAgency } from '#domain/collections/agency.ts';
import { isResting, type CollectionCase } from '#domain/collections/case.ts';
import type { ConductLimits } from '#domain/collections/conduct-limits.ts';
import { confirmContact } from '#domain/collections/confirm-contact.ts';
import type { Contact } from '#domain/collections/contact.ts';
import { isContactHour } from '#domain/collections/contact-hours.ts';
import { noteContact } from '#domain/collections/debtor.ts';
import {
  resultOfOutcome,
  type ContactResult,
  type OutcomeCode,
} from '#domain/collections/outcome-code.ts';
import type { Cases } from '#domain/collections/ports.ts';
import {
  numberKeysOf,
  reserveContact,
  type ContactRequest,
  type RefusalReason,
} from '#domain/collections/reserve-contact.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import { existing } from './existing.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface ConductPorts {
  readonly cases: Cases;
  readonly now: () => Date;
}

export type Reserved =
  | { readonly outcome: 'Reserved'; readonly contact: Contact }
  | { readonly outcome: 'Refused'; readonly because: RefusalReason; readonly retryAt?: string };

/**
 * Reserves a contact or says why not; the only way to one. Counters, contact, case and debtor are read and decided again
 * whenever one of them changed in between, so that of two at the same instant one is counted first. The same contact asked
 * for again is the one reserved before.
 */
export function reserve(
  subject: { readonly borrowerKey: string; readonly lenderId: string },
  request: ContactRequest,
  ports: ConductPorts & {
    readonly limits: ConductLimits;
    /** Of a contact an agency makes: its entry on the register. */
    readonly agency?: CollectionAgency | undefined;
  },
): Promise<Reserved> {
  const { cases, now, limits, agency } = ports;
  return retryOnConflict(async () => {
    const { borrowerKey, lenderId } = subject;
    const known = await cases.findContact(borrowerKey, request.contactId);
    if (known !== undefined) return { outcome: 'Reserved', contact: known };
    const at = now().toISOString();
    const [found, state] = await Promise.all([
      cases.find(borrowerKey, lenderId),
      cases.readContactState(borrowerKey, businessDateOf(Date.parse(at))),
    ]);
    const collectionCase = existing(found, 'such case');
    const scene = { collectionCase, ...state, limits, agency, at };
    const reservation = reserveContact(scene, request);
    if (reservation.outcome === 'Refused') return reservation;
    const { day, contact } = reservation;
    await cases.reserveContact({ day, contact, collectionCase, debtor: state.debtor });
    return { outcome: 'Reserved', contact };
  });
}

/** Whether a reserved contact may still be made at this very moment: the last look before it leaves the house. */
export async function mayStillContact(
  contact: Contact,
  { cases, now, limits }: ConductPorts & { readonly limits: ConductLimits },
): Promise<boolean> {
  const { borrowerKey, lenderId, channel, purpose } = contact;
  const [current, debtor] = await Promise.all([
    cases.find(borrowerKey, lenderId),
    cases.findDebtor(borrowerKey),
  ]);
  const at = now().toISOString();
  if (businessDateOf(Date.parse(at)) !== contact.date) return false;
  return (
    isLive(current, contact) &&
    (purpose === 'Notice' || !isResting(current)) &&
    (channel === 'Letter' || isContactHour(at, limits.quiet, debtor?.agreedHours))
  );
}

function isLive(current: CollectionCase | undefined, contact: Contact): current is CollectionCase {
  return current?.status === 'Open' && current.caseId === contact.caseId;
}

/** Settles a contact: the counters, the record, and what it taught about the debtor, in one write. Done twice it is done once. */
export async function settleContact(
  { borrowerKey, contactId }: Pick<Contact, 'borrowerKey' | 'contactId'>,
  {
    code,
    result = resultOfOutcome[code],
  }: { readonly code: OutcomeCode; readonly result?: ContactResult },
  { cases, now }: ConductPorts,
): Promise<Contact> {
  return retryOnConflict(async () => {
    const found = existing(await cases.findContact(borrowerKey, contactId), 'such contact');
    const { day, debtor } = await cases.readContactState(borrowerKey, found.date);
    const at = now().toISOString();
    const confirmed = confirmContact({ day, contact: found }, { result, code, at });
    if (confirmed === undefined) return found;
    const noted = noteContact(debtor, { contact: confirmed.contact, code, at });
    await cases.confirmContact({ ...confirmed, debtor: noted });
    return confirmed.contact;
  });
}

/** The words for a refusal: what rule stands in the way, and from when on it does not. */
export function refusalText({
  because,
  retryAt,
}: Extract<Reserved, { outcome: 'Refused' }>): string {
  return retryAt === undefined
    ? `the contact is not allowed: ${because}`
    : `the contact is not allowed before ${retryAt}: ${because}`;
}

/** A contact that was asked for under the name of another is no repeat of it. */
export function assertSameContact(contact: Contact, request: ContactRequest): void {
  if (contact.channel !== request.channel || !numberKeysOf(request).includes(contact.numberKey))
    throw new InvalidInput('this key reserved another contact before');
}
