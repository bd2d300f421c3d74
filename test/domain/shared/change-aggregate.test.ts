import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../domain/shared/audit.ts';
import { changeAggregate, startAggregate } from '../../../domain/shared/change-aggregate.ts';

const eventOf = (type: string) => ({
  type,
  at: '2026-11-23T09:00:00+08:00',
  actor: 'workflow',
  facts: {},
});

describe('changeAggregate', () => {
  it('raises the version by one and links the event to the one before', () => {
    const first = startAggregate('loan_1', { amountFen: 1 }, eventOf('Opened'));
    const second = changeAggregate(first, {
      subjectId: 'loan_1',
      patch: { amountFen: 2 },
      event: eventOf('Changed'),
    });
    expect(second).toMatchObject({ version: 2, amountFen: 2, previousAuditHash: first.auditHash });
    expect(first).toMatchObject({ version: 1, amountFen: 1 });
    const records = [first, second].map((aggregate) => ({
      subjectId: 'loan_1',
      sequence: aggregate.version,
      previousHash: aggregate.previousAuditHash,
      hash: aggregate.auditHash,
      event: aggregate.event,
    }));
    expect(verifyChain('loan_1', records)).toMatchObject({ isIntact: true, length: 2 });
  });
});
