import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuditRecord,
  chainEvent,
  genesisHash,
  verifyChain,
} from '../../../domain/shared/audit.ts';

const subjectId = 'app_1';

function chainOf(facts: readonly unknown[]): AuditRecord[] {
  const records: AuditRecord[] = [];
  let previousHash = genesisHash(subjectId);
  for (const [index, fact] of facts.entries()) {
    const sequence = index + 1;
    const event = { type: 'Changed', facts: fact };
    const hash = chainEvent({ subjectId, sequence, previousAuditHash: previousHash, event });
    records.push({ subjectId, sequence, previousHash, hash, event });
    previousHash = hash;
  }
  return records;
}

describe('verifyChain', () => {
  it('accepts an empty chain and a whole one', () => {
    expect(verifyChain(subjectId, [])).toEqual({ isIntact: true, length: 0, head: undefined });
    const records = chainOf(['a', 'b', 'c']);
    expect(verifyChain(subjectId, records)).toEqual({
      isIntact: true,
      length: 3,
      head: records[2]?.hash,
    });
  });

  it.each([
    { name: 'another subject', patch: { subjectId: 'app_2' }, because: 'another subject' },
    { name: 'a skipped number', patch: { sequence: 9 }, because: 'a gap' },
    {
      name: 'another predecessor',
      patch: { previousHash: 'f'.repeat(64) },
      because: 'does not follow',
    },
    { name: 'another event', patch: { event: { type: 'Other' } }, because: 'not the one' },
    { name: 'another hash', patch: { hash: '0'.repeat(64) }, because: 'not the one' },
  ])('names the link with $name', ({ patch, because }) => {
    const records = chainOf(['a', 'b', 'c']);
    records[1] = { ...(records[1] as AuditRecord), ...patch };
    const verdict = verifyChain(subjectId, records);
    expect(verdict).toMatchObject({ isIntact: false, brokenAt: 2 });
    expect(verdict).toHaveProperty('because', expect.stringContaining(because));
  });

  it('finds every change, deletion and swap inside a chain', () => {
    const chain = fc.array(fc.jsonValue(), { minLength: 2, maxLength: 8 });
    const kind = fc.constantFrom('change', 'delete', 'swap');
    fc.assert(
      fc.property(chain, fc.nat(), kind, (facts, position, tampering) => {
        const records = chainOf(facts);
        const at = position % (records.length - 1);
        const here = records[at] as AuditRecord;
        const next = records[at + 1] as AuditRecord;
        if (tampering === 'change') records[at] = { ...here, event: { type: 'Forged' } };
        if (tampering === 'delete') records.splice(at, 1);
        if (tampering === 'swap') records.splice(at, 2, next, here);
        expect(verifyChain(subjectId, records).isIntact).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
