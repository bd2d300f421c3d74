import * as z from 'zod';

/** What became of a contact, as far as the limits care. */
export const ContactResult = z.enum([
  'NotMade',
  'Unanswered',
  'Connected',
  'Effective',
  'Delivered',
]);
export type ContactResult = z.infer<typeof ContactResult>;

/** What a collector or visitor reports; a fixed list, so that no free text about a person is kept. */
export const OutcomeCode = z.enum([
  'PromiseToPay',
  'SaysPaid',
  'RefusesToPay',
  'CallBackLater',
  'NoAnswer',
  'Busy',
  'InvalidNumber',
  'WrongPerson',
  'HungUp',
  'Disputes',
  'ClaimsHardship',
  'Complains',
  'ReportedDead',
  'MessageTaken',
  'ThirdPersonStop',
  'VisitMet',
  'VisitNobodyHome',
  'VisitEntryRefused',
  /** Of a robot that read its text to somebody, and of a machine that conversed. */
  'Listened',
  'Conversed',
  'Delivered',
  'NotMade',
]);
export type OutcomeCode = z.infer<typeof OutcomeCode>;

/** What the limits make of each code. An effective call is one in which the debtor was spoken to about the matter. */
export const resultOfOutcome: Readonly<Record<OutcomeCode, ContactResult>> = {
  PromiseToPay: 'Effective',
  SaysPaid: 'Effective',
  RefusesToPay: 'Effective',
  CallBackLater: 'Connected',
  NoAnswer: 'Unanswered',
  Busy: 'Unanswered',
  InvalidNumber: 'Unanswered',
  WrongPerson: 'Connected',
  HungUp: 'Connected',
  Disputes: 'Effective',
  ClaimsHardship: 'Effective',
  Complains: 'Effective',
  ReportedDead: 'Connected',
  MessageTaken: 'Connected',
  ThirdPersonStop: 'Connected',
  VisitMet: 'Effective',
  VisitNobodyHome: 'Unanswered',
  VisitEntryRefused: 'Connected',
  Listened: 'Connected',
  Conversed: 'Effective',
  Delivered: 'Delivered',
  NotMade: 'NotMade',
};

/** After these the same task goes on: the debtor may be reached at another hour. */
const goesOn = new Set<OutcomeCode>([
  'NoAnswer',
  'Busy',
  'CallBackLater',
  'NotMade',
  'MessageTaken',
]);

/** Whether a code ends the piece of work it was reported on. */
export function endsStep(code: OutcomeCode): boolean {
  return !goesOn.has(code);
}
