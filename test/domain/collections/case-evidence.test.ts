import { describe, expect, it } from 'vitest';
import { assertEvidence } from '#domain/collections/case-evidence.ts';

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
