import { InvalidTransition } from '../shared/errors.ts';
import type { Contact, ContactDay } from './contact.ts';
import type { ContactResult, OutcomeCode } from './outcome-code.ts';
import { countsAsConversation, countsAsNotification, isMessage } from './reserve-contact.ts';

export interface ContactConfirmation {
  readonly day: ContactDay;
  readonly contact: Contact;
}

/**
 * Settles what became of a reserved contact: the hold is taken off, and what connected is counted. The same answer again
 * changes nothing; another one is refused, since what was recorded stays as it was recorded.
 */
export function confirmContact(
  { day, contact }: ContactConfirmation,
  confirmation: {
    readonly result: ContactResult;
    readonly code?: OutcomeCode;
    readonly at: string;
  },
): ContactConfirmation | undefined {
  const { result, code, at } = confirmation;
  if (contact.status === 'Confirmed') {
    if (contact.result === result && contact.outcomeCode === code) return undefined;
    throw new InvalidTransition(`contact ${contact.contactId} is on record with another outcome`);
  }
  return {
    day: dayAfter(day, contact, result),
    contact: {
      ...contact,
      version: contact.version + 1,
      status: 'Confirmed',
      result,
      confirmedAt: at,
      ...(code === undefined ? {} : { outcomeCode: code }),
    },
  };
}

function dayAfter(day: ContactDay, contact: Contact, result: ContactResult): ContactDay {
  const { channel, audience, numberKey, contactId } = contact;
  const held = Object.fromEntries(Object.entries(day.held).filter(([id]) => id !== contactId));
  const isDebtor = audience !== 'ThirdPerson';
  const isConnected = result === 'Connected' || result === 'Effective';
  const isUndone = result === 'NotMade';
  const attempts = day.attempts[numberKey];
  return {
    ...day,
    version: day.version + 1,
    held,
    notifyConnected:
      day.notifyConnected + (isDebtor && isConnected && countsAsNotification(channel) ? 1 : 0),
    effective:
      day.effective + (isDebtor && result === 'Effective' && countsAsConversation(channel) ? 1 : 0),
    messages: day.messages - (isUndone && isDebtor && isMessage(channel) ? 1 : 0),
    visits: day.visits - (isUndone && channel === 'Visit' ? 1 : 0),
    ...(isUndone && attempts !== undefined
      ? { attempts: { ...day.attempts, [numberKey]: attempts - 1 } }
      : {}),
  };
}
