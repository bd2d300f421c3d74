import { describe, expect, it } from 'vitest';
import { assertEvidence, assertSpokenWith } from '#domain/collections/case-evidence.ts';
import type { Contact } from '#domain/collections/contact.ts';

const [verified, registered, rejected] = ['A', 'B', 'C'].map((mark) => `doc_${mark.repeat(26)}`);
const documents = [
  { documentId: verified ?? '', status: 'Verified' },
  { documentId: registered ?? '', status: 'Registered' },
  { documentId: rejected ?? '', status: 'Rejected' },
] as const;

describe('assertEvidence', () => {
  it.each([
    ['none named', [], undefined],
    ['one that was uploaded', [verified], undefined],
    ['one that was announced and never came', [registered], 'is Registered'],
    ['one that is not what was announced', [rejected], 'is Rejected'],
    ['one of nobody', [`doc_${'Z'.repeat(26)}`], 'no document of the case'],
    ['a good one beside one of nobody', [verified, `doc_${'Z'.repeat(26)}`], 'no document'],
  ])('judges %s', (_name, evidence, fault) => {
    const named = evidence.map((id) => id ?? '');
    const judge = () => {
      assertEvidence(named, documents);
    };
    if (fault === undefined) expect(judge).not.toThrow();
    else expect(judge).toThrow(fault);
  });
});

describe('assertSpokenWith', () => {
  const contactId = `contact_${'A'.repeat(26)}`;
  const contact = (changes: Partial<Contact>): Contact => ({
    ...{ borrowerKey: 'b', record: `contact#${contactId}`, contactId, version: 2 },
    ...{ caseId: `case_${'A'.repeat(26)}`, lenderId: 'l', channel: 'Call', audience: 'Debtor' },
    ...{ numberKey: 'registered', purpose: 'Collect', status: 'Confirmed', result: 'Effective' },
    ...{ reservedAt: '2026-11-26T02:00:00.000Z', date: '2026-11-26', speaker: 'lender' },
    ...{ actor: 'operator:a', staff: [], hasConsent: false, isIntroduced: true },
    ...{ strategy: 'default-ladder#1', arm: 'champion', keepUntil: '2031-11-26' },
    ...changes,
  });

  it.each([
    ['a call in which the debtor spoke', {}, undefined],
    ['a call that was only picked up', { result: 'Connected' }, undefined],
    ['a visit', { channel: 'Visit' }, undefined],
    ['a call that nobody answered', { result: 'Unanswered' }, 'spoken to'],
    ['a call of which nothing is reported yet', { result: undefined }, 'spoken to'],
    ['a message', { channel: 'Sms', result: 'Delivered' }, 'spoken to'],
    ['a call with a third person', { audience: 'ThirdPerson' }, 'spoken to'],
    ['a call with a guarantor', { audience: 'Guarantor' }, 'spoken to'],
    ['nothing', undefined, 'no contact of the debtor'],
  ] as const)('judges %s', (_name, changes, fault) => {
    const judge = () => {
      assertSpokenWith(contactId, changes && contact(changes));
    };
    if (fault === undefined) expect(judge).not.toThrow();
    else expect(judge).toThrow(fault);
  });
});
