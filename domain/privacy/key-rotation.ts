import * as z from 'zod';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { DomainEvent } from '../shared/domain-event.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { keyRotationIdOf } from '../shared/ids.ts';
import { Instant, Sha256Hex } from '../shared/primitives.ts';

/**
 * One change of the key of the blind index: everybody is indexed under the new key (Sweeping), nobody is left who is not
 * (Swept), and nothing is under the former one any more (Retired). Without a former key everybody is indexed for the first
 * time: a release that had no names before.
 */
export const KeyRotation = z.object({
  rotationId: z.string(),
  version: z.int().min(1),
  status: z.enum(['Sweeping', 'Swept', 'Retired']),
  /** Names of keys: they say nothing of them. */
  keyId: z.string(),
  formerKeyId: z.string().optional(),
  startedAt: Instant,
  sweptAt: Instant.optional(),
  retiredAt: Instant.optional(),
  /** How many applications were looked at. */
  applications: z.int().min(0),
  event: DomainEvent,
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type KeyRotation = z.infer<typeof KeyRotation>;

export interface KeysInUse {
  readonly keyId: string;
  readonly formerKeyId?: string | undefined;
}

export interface Act {
  readonly at: string;
  readonly operatorId: string;
}

/** The record of a rotation, when its first page is swept. */
export function startRotation({ keyId, formerKeyId }: KeysInUse, act: Act): KeyRotation {
  const rotationId = keyRotationIdOf(keyId, formerKeyId);
  const facts = { keyId, ...(formerKeyId === undefined ? {} : { formerKeyId }) };
  return startAggregate(
    rotationId,
    { rotationId, status: 'Sweeping' as const, ...facts, startedAt: act.at, applications: 0 },
    eventOf('BlindIndexSweepStarted', { rotationId, ...facts }, act),
  );
}

/** Every application was looked at. Undefined: that is known already. */
export function completeSweep(
  rotation: KeyRotation,
  applications: number,
  act: Act,
): KeyRotation | undefined {
  if (rotation.status !== 'Sweeping') return undefined;
  const { rotationId } = rotation;
  return changeAggregate(rotation, {
    subjectId: rotationId,
    patch: { status: 'Swept', sweptAt: act.at, applications },
    event: eventOf('BlindIndexSwept', { rotationId, applications }, act),
  });
}

/** Nothing is under the former key any more. Undefined: that is known already. */
export function retireKey(rotation: KeyRotation, act: Act): KeyRotation | undefined {
  if (rotation.status === 'Retired') return undefined;
  assertSwept(rotation);
  const { rotationId } = rotation;
  return changeAggregate(rotation, {
    subjectId: rotationId,
    patch: { status: 'Retired', retiredAt: act.at },
    event: eventOf('BlindIndexKeyRetired', { rotationId }, act),
  });
}

/** Throws InvalidTransition while somebody may be found under the former key alone. */
export function assertSwept({ status }: KeyRotation): void {
  if (status === 'Sweeping')
    throw new InvalidTransition('sweep first: somebody may be found by the former key alone');
}

function eventOf(type: string, facts: DomainEvent['facts'], act: Act): DomainEvent {
  return { type, at: act.at, actor: `operator:${act.operatorId}`, facts };
}
