import { describe, expect, it } from 'vitest';
import {
  Block,
  decideLift,
  endBlock,
  enterBlock,
  isEnteredBefore,
  isStanding,
  requestLift,
} from '#domain/blocks/block.ts';
import { blockReasonTexts, liftReasonTexts } from '#domain/blocks/block-reasons.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '#domain/shared/errors.ts';
import { blockIdOf } from '#domain/shared/ids.ts';
import { verifyChain, type AuditRecord } from '#domain/shared/audit.ts';
import { aBlock, aBlockEntry, anAct } from './block-builders.ts';

const maker = anAct({ operatorId: 'operator-maker' });
const checker = anAct({ operatorId: 'operator-checker' });
const asked = (block = aBlock()) => requestLift(block, { reason: 'ReasonGone' }, maker);
const lifted = (block = asked()) =>
  decideLift(block, { outcome: 'Approve', version: block.version }, checker);

function recordOf({ blockId, version, previousAuditHash, auditHash, event }: Block): AuditRecord {
  return {
    subjectId: blockId,
    sequence: version,
    previousHash: previousAuditHash,
    hash: auditHash,
    event,
  };
}

describe('a block', () => {
  it.each([
    { blockedUntilOn: undefined, date: '2026-11-26', stands: true },
    { blockedUntilOn: undefined, date: '2999-01-01', stands: true },
    { blockedUntilOn: '2026-12-01', date: '2026-11-30', stands: true },
    { blockedUntilOn: '2026-12-01', date: '2026-12-01', stands: true },
    { blockedUntilOn: '2026-12-01', date: '2026-12-02', stands: false },
  ])('to $blockedUntilOn stands on $date: $stands', ({ blockedUntilOn, date, stands }) => {
    const block = aBlock({ blockedUntilOn });
    expect(isStanding(block, date)).toBe(stands);
    expect(isStanding(requestLift(block, { reason: 'ReasonGone' }, maker), date)).toBe(stands);
  });

  it('is found by the name alone, which is not in its id', () => {
    const { blockId, borrowerKey } = aBlock();
    expect(blockId).toBe(blockIdOf(borrowerKey));
    expect(Block.shape.blockId.safeParse(blockId).success).toBe(true);
    expect(blockId).not.toContain(borrowerKey.slice(0, 10));
    expect(blockIdOf('somebody else')).not.toBe(blockId);
  });

  it('may end today, and not yesterday', () => {
    expect(aBlock({ blockedUntilOn: '2026-11-26' }).status).toBe('Blocked');
    expect(() => aBlock({ blockedUntilOn: '2026-11-25' })).toThrow(InvalidInput);
  });

  it('is not entered again while it stands, not even with a nearer end', () => {
    for (const block of [aBlock(), aBlock({ blockedUntilOn: '2026-11-26' }), asked()])
      expect(() =>
        enterBlock(block, aBlockEntry({ blockedUntilOn: '2026-11-26' }), checker),
      ).toThrow(InvalidTransition);
  });

  it('is entered again when it was lifted or is over, and nothing of the one before is left in it', () => {
    const over = aBlock({ blockedUntilOn: '2026-11-26', note: 'before' });
    const later = anAct({ today: '2026-11-27', at: '2026-11-27T02:00:00.000Z' });
    const ended = endBlock(over, later);
    for (const before of [over, ended, lifted()]) {
      const again = enterBlock(before, aBlockEntry({ reason: 'CourtListed' }), later);
      expect(again).toMatchObject({
        status: 'Blocked',
        reason: 'CourtListed',
        version: (before?.version ?? 0) + 1,
        previousAuditHash: before?.auditHash,
        standsUntilOn: '9999-12-31',
      });
      expect(Object.keys(again).toSorted()).toEqual(Object.keys(aBlock()).toSorted());
    }
  });

  it('keeps what was noted out of the chain, from which nothing is erased', () => {
    const block = aBlock({ note: 'seen by the branch' });
    const wanted = requestLift(block, { reason: 'ObjectionUpheld', note: 'letter' }, maker);
    expect(wanted.lift?.note).toBe('letter');
    expect(JSON.stringify([block.event, wanted.event])).not.toMatch(/seen|letter/);
    expect(JSON.stringify([block.event, wanted.event])).not.toContain(block.borrowerKey);
  });

  it('has every step in one chain', () => {
    const first = aBlock();
    const refusedStep = asked(first);
    const refused = decideLift(refusedStep, { outcome: 'Refuse', version: 2 }, checker);
    const again = asked(refused);
    const end = lifted(again);
    const steps = [first, refusedStep, refused, again, end];
    expect(steps.map(({ event }) => event.type)).toEqual([
      'BorrowerBlocked',
      'BlockLiftRequested',
      'BlockLiftRefused',
      'BlockLiftRequested',
      'BlockLifted',
    ]);
    expect(verifyChain(first.blockId, steps.map(recordOf))).toMatchObject({
      isIntact: true,
      length: 5,
    });
    expect(steps.map((step) => Block.parse(step))).toEqual(steps);
  });
});

describe('lifting', () => {
  it('takes a second person', () => {
    const block = asked();
    const verdict = { outcome: 'Approve', version: block.version } as const;
    expect(() => decideLift(block, verdict, maker)).toThrow(Forbidden);
    expect(() => decideLift(block, { ...verdict, outcome: 'Refuse' }, maker)).toThrow(Forbidden);
    expect(lifted(block)).toMatchObject({ status: 'Lifted', liftedBy: 'operator-checker' });
    expect(isStanding(lifted(block), '2026-11-26')).toBe(false);
  });

  it('takes it out of the list of those that stand', () => {
    expect(lifted().standingQueue).toBeUndefined();
    expect(lifted().standsUntilOn).toBeUndefined();
  });

  it('leaves the block as it was when it is refused', () => {
    const block = aBlock({ blockedUntilOn: '2027-01-01' });
    const verdict = { outcome: 'Refuse', version: 2 } as const;
    const refused = decideLift(asked(block), verdict, checker);
    expect(refused).toMatchObject({ status: 'Blocked', standsUntilOn: '2027-01-01' });
    expect(refused.lift).toBeUndefined();
  });

  it.each([
    { case: 'nobody has asked', block: aBlock(), version: 1 },
    { case: 'it changed since it was shown', block: asked(), version: 1 },
    { case: 'it is lifted already', block: lifted(), version: 3 },
  ])('is not decided when $case', ({ block, version }) => {
    expect(() => decideLift(block, { outcome: 'Approve', version }, checker)).toThrow(
      InvalidTransition,
    );
  });

  it('is neither asked for nor decided when the last day is over', () => {
    const later = anAct({ operatorId: 'operator-checker', today: '2026-12-02' });
    const block = aBlock({ blockedUntilOn: '2026-12-01' });
    expect(() => requestLift(block, { reason: 'ReasonGone' }, later)).toThrow(InvalidTransition);
    const waiting = asked(block);
    expect(() => decideLift(waiting, { outcome: 'Approve', version: 2 }, later)).toThrow(
      InvalidTransition,
    );
  });

  it('is asked for once', () => {
    expect(() => requestLift(asked(), { reason: 'OwnRequest' }, checker)).toThrow(
      InvalidTransition,
    );
    expect(() => requestLift(lifted(), { reason: 'OwnRequest' }, checker)).toThrow(
      InvalidTransition,
    );
  });
});

describe('the end of a block', () => {
  it('is on record the day after its last, and once', () => {
    const block = aBlock({ blockedUntilOn: '2026-12-01' });
    const on = (today: string) => ({ at: `${today}T03:30:00.000Z`, today });
    expect(endBlock(block, on('2026-12-01'))).toBeUndefined();
    const ended = endBlock(block, on('2026-12-02'));
    expect(ended).toMatchObject({ status: 'Ended', event: { type: 'BlockEnded' } });
    expect(ended?.standingQueue).toBeUndefined();
    expect(ended && endBlock(ended, on('2026-12-03'))).toBeUndefined();
    expect(endBlock(lifted(), on('2999-01-01'))).toBeUndefined();
  });

  it('comes over a wish to lift it that nobody has decided', () => {
    const waiting = asked(aBlock({ blockedUntilOn: '2026-12-01' }));
    expect(endBlock(waiting, { at: '2026-12-02T03:30:00Z', today: '2026-12-02' })?.status).toBe(
      'Ended',
    );
  });
});

describe('a repeat', () => {
  it('is the same entry by the same person while it stands', () => {
    const entry = aBlockEntry({ note: 'a', blockedUntilOn: '2026-12-01' });
    const block = enterBlock(undefined, entry, maker);
    expect(isEnteredBefore(block, entry, maker)).toBe(true);
    expect(isEnteredBefore(undefined, entry, maker)).toBe(false);
    for (const other of [
      { note: 'b' },
      { reason: 'OwnRequest' as const },
      { blockedUntilOn: undefined },
      { applicationId: 'app_other' },
      { loanId: 'loan_other' },
    ])
      expect(isEnteredBefore(block, { ...entry, ...other }, maker)).toBe(false);
    expect(isEnteredBefore(block, entry, checker)).toBe(false);
    expect(isEnteredBefore(block, entry, anAct({ today: '2026-12-02' }))).toBe(false);
    expect(isEnteredBefore(asked(block), entry, maker)).toBe(false);
  });
});

it('every reason is said in both languages', () => {
  for (const { zh, en } of [
    ...Object.values(blockReasonTexts),
    ...Object.values(liftReasonTexts),
  ]) {
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).toMatch(/^[A-Z]/);
  }
});
