import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applicationIdOf,
  contractNumberOf,
  loanIdOf,
  newDocumentId,
  payoutRefOf,
  taskIdOf,
} from '../../../domain/shared/ids.ts';
import { ApplicationId, DocumentId, LoanId, TaskId } from '../../../domain/shared/primitives.ts';

describe('ids', () => {
  it('derives every id from its natural key, the same each time', () => {
    const applicationId = applicationIdOf('demo-partner', 'P-1001');
    expect(applicationIdOf('demo-partner', 'P-1001')).toBe(applicationId);
    expect(ApplicationId.safeParse(applicationId).success).toBe(true);
    expect(LoanId.safeParse(loanIdOf(applicationId)).success).toBe(true);
    expect(TaskId.safeParse(taskIdOf(applicationId, 'ReviewDocuments', 1)).success).toBe(true);
    expect(payoutRefOf(loanIdOf(applicationId), 1)).toMatch(/^[0-9A-HJKMNP-TV-Z]{32}$/);
    expect(contractNumberOf(loanIdOf(applicationId))).toMatch(/^ZD-[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it('keeps its format from release to release, because ids are stored', () => {
    expect(applicationIdOf('demo-partner', 'P-1001')).toBe('app_EXYB9PES90PAK7GQAJBP5TFKN7');
    expect(payoutRefOf('loan_X', 1)).toBe('3HBV56ZSYJEJWTR19TJ4JRKAC5FS3Y6W');
  });

  it('gives another id to another partner, number, round or payout', () => {
    expect(applicationIdOf('a', 'b-c')).not.toBe(applicationIdOf('a-b', 'c'));
    expect(taskIdOf('app_1', 'ReviewDocuments', 1)).not.toBe(
      taskIdOf('app_1', 'ReviewDocuments', 2),
    );
    expect(payoutRefOf('loan_1', 1)).not.toBe(payoutRefOf('loan_1', 2));
  });

  it('makes document ids that sort by time, whatever the random part', () => {
    const moment = fc.record({
      at: fc.integer({ min: 0, max: 2 ** 47 }),
      later: fc.integer({ min: 1, max: 1e9 }),
      random: fc.uint8Array({ minLength: 10, maxLength: 10 }),
      other: fc.uint8Array({ minLength: 10, maxLength: 10 }),
    });
    fc.assert(
      fc.property(moment, ({ at, later, random, other }) => {
        const first = newDocumentId(at, random);
        expect(DocumentId.safeParse(first).success).toBe(true);
        expect(first < newDocumentId(at + later, other)).toBe(true);
      }),
    );
  });

  it('agrees with the ULID specification on its example', () => {
    const zeros = new Uint8Array(10);
    expect(newDocumentId(1469918176385, zeros)).toBe('doc_01ARYZ6S410000000000000000');
    expect(newDocumentId(0, new Uint8Array(10).fill(255))).toBe('doc_0000000000ZZZZZZZZZZZZZZZZ');
  });

  it('refuses a wrong number of random bytes', () => {
    expect(() => newDocumentId(0, new Uint8Array(9))).toThrow('needs 10 random bytes, got 9');
  });
});
