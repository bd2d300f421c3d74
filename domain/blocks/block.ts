import * as z from 'zod';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { DomainEvent } from '../shared/domain-event.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '../shared/errors.ts';
import { blockIdOf } from '../shared/ids.ts';
import {
  ApplicationId,
  BlockId,
  BusinessDate,
  Instant,
  LoanId,
  Sha256Hex,
} from '../shared/primitives.ts';
import { BlockNote } from './block-note.ts';
import { BlockReason, LiftReason } from './block-reasons.ts';

/** Somebody asks that a block end before its date; somebody else decides. */
const Lift = z.object({
  requestedAt: Instant,
  requestedBy: z.string(),
  reason: LiftReason,
  note: BlockNote.optional(),
});

/**
 * Somebody whose applications are declined (黑名单): by the name they go by, never by a number. One record a person, however
 * often they are blocked. It stands from the moment it is stored to the end of its last day, or until it is lifted.
 */
export const Block = z.object({
  blockId: BlockId,
  version: z.int().min(1),
  status: z.enum(['Blocked', 'LiftRequested', 'Lifted', 'Ended']),
  borrowerKey: z.string(),
  /** Through which application the person was named, and which loan, where it was by one. */
  applicationId: ApplicationId,
  loanId: LoanId.optional(),
  reason: BlockReason,
  note: BlockNote.optional(),
  blockedAt: Instant,
  blockedBy: z.string(),
  /** The last day. Without one it stands until it is lifted. */
  blockedUntilOn: BusinessDate.optional(),
  lift: Lift.optional(),
  liftedBy: z.string().optional(),
  /** While it stands it is in the list, by the day it ends. */
  standingQueue: z.literal('Standing').optional(),
  standsUntilOn: BusinessDate.optional(),
  event: DomainEvent,
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Block = z.infer<typeof Block>;

/** Comes after every date: a block without an end is last in the list. */
const NO_END = '9999-12-31';

export interface BlockEntry {
  readonly borrowerKey: string;
  readonly applicationId: string;
  readonly loanId?: string | undefined;
  readonly reason: BlockReason;
  readonly note?: string | undefined;
  readonly blockedUntilOn?: string | undefined;
}

export interface BlockAct {
  readonly at: string;
  readonly operatorId: string;
  /** The business date. */
  readonly today: string;
}

/** Whether somebody is blocked on a business date. The last day is one of its days. */
export function isStanding(block: Pick<Block, 'status' | 'blockedUntilOn'>, date: string): boolean {
  const isInForce = block.status === 'Blocked' || block.status === 'LiftRequested';
  return isInForce && (block.blockedUntilOn === undefined || date <= block.blockedUntilOn);
}

/**
 * Blocks somebody, for the first time or again. Throws InvalidInput when it would be over already, InvalidTransition while
 * they are blocked: a new end date would be a way around the second person.
 */
export function enterBlock(known: Block | undefined, entry: BlockEntry, act: BlockAct): Block {
  const { borrowerKey, applicationId, loanId, reason, note, blockedUntilOn } = entry;
  if (blockedUntilOn !== undefined && blockedUntilOn < act.today)
    throw new InvalidInput(`blockedUntilOn: ${blockedUntilOn} is past`);
  if (known !== undefined && isStanding(known, act.today))
    throw new InvalidTransition('this borrower is blocked already: lift that block first');
  const blockId = blockIdOf(borrowerKey);
  const facts = {
    status: 'Blocked' as const,
    borrowerKey,
    applicationId,
    ...(loanId === undefined ? {} : { loanId }),
    reason,
    ...(note === undefined ? {} : { note }),
    blockedAt: act.at,
    blockedBy: act.operatorId,
    ...(blockedUntilOn === undefined ? {} : { blockedUntilOn }),
    standingQueue: 'Standing' as const,
    standsUntilOn: blockedUntilOn ?? NO_END,
  };
  // What was noted stays out of the chain, which nothing is ever erased from.
  const event = eventOf('BorrowerBlocked', act, {
    blockId,
    applicationId,
    reason,
    ...(loanId === undefined ? {} : { loanId }),
    ...(blockedUntilOn === undefined ? {} : { blockedUntilOn }),
  });
  if (known === undefined) return startAggregate(blockId, { blockId, ...facts }, event);
  const { version, auditHash, previousAuditHash } = known;
  const chained: Block = { blockId, ...facts, version, event, auditHash, previousAuditHash };
  return changeAggregate(chained, { subjectId: blockId, patch: {}, event });
}

/** A repeat whose first answer was lost finds its own work done. */
export function isEnteredBefore(
  known: Block | undefined,
  entry: BlockEntry,
  { operatorId, today }: BlockAct,
): known is Block {
  return (
    known?.status === 'Blocked' &&
    isStanding(known, today) &&
    known.blockedBy === operatorId &&
    known.applicationId === entry.applicationId &&
    known.loanId === entry.loanId &&
    known.reason === entry.reason &&
    known.note === entry.note &&
    known.blockedUntilOn === entry.blockedUntilOn
  );
}

/** Asks that a block be lifted; until somebody else agrees it stands. Throws InvalidTransition when there is nothing to lift. */
export function requestLift(
  block: Block,
  { reason, note }: { readonly reason: LiftReason; readonly note?: string | undefined },
  act: BlockAct,
): Block {
  if (block.status === 'LiftRequested')
    throw new InvalidTransition(
      'somebody has asked for that already: it waits for a second person',
    );
  assertStanding(block, act.today);
  const { blockId, applicationId } = block;
  return changeAggregate(block, {
    subjectId: blockId,
    patch: {
      status: 'LiftRequested',
      lift: {
        requestedAt: act.at,
        requestedBy: act.operatorId,
        reason,
        ...(note === undefined ? {} : { note }),
      },
    },
    event: eventOf('BlockLiftRequested', act, { blockId, applicationId, reason }),
  });
}

export interface LiftVerdict {
  readonly outcome: 'Approve' | 'Refuse';
  /** The version that was shown to whoever decides. */
  readonly version: number;
}

/**
 * Lifts a block, or lets it stand. Throws Forbidden for whoever has asked for it, InvalidTransition when nobody has, or when
 * it is not what was shown any more.
 */
export function decideLift(block: Block, { outcome, version }: LiftVerdict, act: BlockAct): Block {
  if (block.lift === undefined || block.status !== 'LiftRequested')
    throw new InvalidTransition('nobody has asked to lift this block');
  if (block.version !== version)
    throw new InvalidTransition('the block has changed since it was shown: look again');
  if (block.lift.requestedBy === act.operatorId)
    throw new Forbidden('whoever asked to lift a block does not decide it');
  assertStanding(block, act.today);
  const { blockId, applicationId } = block;
  const facts = { blockId, applicationId, requestedBy: block.lift.requestedBy };
  if (outcome === 'Approve')
    return changeAggregate(withoutQueue(block), {
      subjectId: blockId,
      patch: { status: 'Lifted', liftedBy: act.operatorId },
      event: eventOf('BlockLifted', act, facts),
    });
  const standing = { ...block };
  delete standing.lift;
  return changeAggregate(standing, {
    subjectId: blockId,
    patch: { status: 'Blocked' },
    event: eventOf('BlockLiftRefused', act, facts),
  });
}

/** The last day is over: it leaves the list. Undefined: it stands, or has left it. */
export function endBlock(
  block: Block,
  { at, today }: Pick<BlockAct, 'at' | 'today'>,
): Block | undefined {
  if (block.standingQueue === undefined || isStanding(block, today)) return undefined;
  const { blockId, applicationId } = block;
  return changeAggregate(withoutQueue(block), {
    subjectId: blockId,
    patch: { status: 'Ended' },
    event: { type: 'BlockEnded', at, actor: 'schedule', facts: { blockId, applicationId } },
  });
}

function assertStanding(block: Block, today: string): void {
  if (!isStanding(block, today))
    throw new InvalidTransition('this borrower is not blocked any more');
}

function withoutQueue(block: Block): Block {
  const done = { ...block };
  delete done.standingQueue;
  delete done.standsUntilOn;
  return done;
}

function eventOf(type: string, act: BlockAct, facts: DomainEvent['facts']): DomainEvent {
  return { type, at: act.at, actor: `operator:${act.operatorId}`, facts };
}
