import * as z from 'zod';
import { BusinessDate, CaseId, ContactId, Instant } from '../shared/primitives.ts';
import { ContactResult, OutcomeCode } from './outcome-code.ts';
import { Audience, ContactChannel } from './script.ts';

/** Record `contact#<contactId>`: one contact, written before it is made and completed afterwards, kept for the years of the rule. */
export const Contact = z.object({
  borrowerKey: z.string(),
  record: z.string().regex(/^contact#/),
  contactId: ContactId,
  version: z.int().min(1),
  caseId: CaseId,
  lenderId: z.string(),
  channel: ContactChannel,
  audience: Audience,
  /** Which number: `registered`, or the fingerprint of another one. */
  numberKey: z.string(),
  purpose: z.enum(['Collect', 'Notice', 'FindDebtor', 'PassMessage']),
  status: z.enum(['Reserved', 'Confirmed']),
  result: ContactResult.optional(),
  outcomeCode: OutcomeCode.optional(),
  reservedAt: Instant,
  confirmedAt: Instant.optional(),
  date: BusinessDate,
  /** Who speaks: `lender`, or an agency on the lender's behalf. */
  speaker: z.string(),
  actor: z.string(),
  staff: z.array(z.string()),
  hasConsent: z.boolean(),
  stepId: z.string().optional(),
  scriptId: z.string().optional(),
  isIntroduced: z.boolean(),
  strategy: z.string(),
  arm: z.string(),
  /** The record must not go before this day (rules 5.14). */
  keepUntil: BusinessDate,
});
export type Contact = z.infer<typeof Contact>;

/** Record `contacts#<date>`: everything that counts on one Shanghai day, over all loans, cases, channels and agencies. */
export const ContactDay = z.object({
  borrowerKey: z.string(),
  record: z.string().regex(/^contacts#\d{4}-\d{2}-\d{2}$/),
  version: z.int().min(0),
  notifyConnected: z.int().min(0),
  effective: z.int().min(0),
  messages: z.int().min(0),
  visits: z.int().min(0),
  attempts: z.record(z.string(), z.int().min(0)),
  /** Reserved and not yet confirmed: each may still turn out connected, so it counts as if it had. */
  held: z.record(z.string(), ContactChannel),
});
export type ContactDay = z.infer<typeof ContactDay>;

/** The day before anything happened on it. */
export function emptyContactDay(borrowerKey: string, date: string): ContactDay {
  return {
    borrowerKey,
    record: `contacts#${date}`,
    version: 0,
    notifyConnected: 0,
    effective: 0,
    messages: 0,
    visits: 0,
    attempts: {},
    held: {},
  };
}
