import * as z from 'zod';
import { PledgeKind, type Application } from '../applications/application.ts';
import { changeAggregate, startAggregate } from '../shared/change-aggregate.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { collateralIdOf } from '../shared/ids.ts';
import { ApplicationId, CollateralId, Instant, Sha256Hex, TaskId } from '../shared/primitives.ts';

/** `sha256:` and the digest of the certificate as it was filed: the proof without the number on it, which is sealed. */
export const EvidenceHash = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Where a pledge stands. `Released` and `Abandoned` are final; only `Registered` backs a payout. */
export const CollateralStatus = z.enum([
  'Pledged',
  'Registered',
  'ReleaseDue',
  'Released',
  'Abandoned',
]);
export type CollateralStatus = z.infer<typeof CollateralStatus>;

const Confirmation = z.object({
  evidenceHash: EvidenceHash,
  at: Instant,
  operatorId: z.string(),
  taskId: TaskId,
});

/** One thing pledged for one application (抵质押物), from the promise to the cancelled registration. */
export const Collateral = z.object({
  applicationId: ApplicationId,
  collateralId: CollateralId,
  version: z.int().min(1),
  status: CollateralStatus,
  partnerId: z.string(),
  kind: PledgeKind,
  valueFen: z.int(),
  registration: Confirmation.optional(),
  release: Confirmation.optional(),
  event: z.unknown().optional(),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Collateral = z.infer<typeof Collateral>;

type Secured = Pick<Application, 'applicationId' | 'partnerId' | 'backing'>;

/** The records of everything pledged for an application, as its request names them. */
export function pledgedFor({ applicationId, partnerId, backing }: Secured, at: string) {
  return (backing?.pledges ?? []).map(({ kind, valueFen }, place): Collateral => {
    const collateralId = collateralIdOf(applicationId, place);
    return startAggregate(
      collateralId,
      { applicationId, collateralId, partnerId, status: 'Pledged' as const, kind, valueFen },
      {
        type: 'CollateralPledged',
        at,
        actor: 'workflow',
        facts: { applicationId, collateralId, kind, valueFen },
      },
    );
  });
}

/** Says whether everything pledged for an application is registered; true when nothing is pledged. */
export function isSecured(
  { applicationId, backing }: Secured,
  records: readonly Pick<Collateral, 'collateralId' | 'status'>[],
): boolean {
  return (backing?.pledges ?? []).every((_, place) =>
    records.some(
      ({ collateralId, status }) =>
        collateralId === collateralIdOf(applicationId, place) && status === 'Registered',
    ),
  );
}

export type Proof = z.infer<typeof Confirmation>;

/** The registration (登记) is proven. */
export function registerCollateral(collateral: Collateral, registration: Proof): Collateral {
  return moved(collateral, {
    from: 'Pledged',
    status: 'Registered',
    patch: { registration },
    by: { type: 'CollateralRegistered', ...registration },
  });
}

/** Nothing is owed any more: the registration is to be cancelled. */
export function requireRelease(collateral: Collateral, at: string): Collateral {
  return moved(collateral, {
    from: 'Registered',
    status: 'ReleaseDue',
    by: { type: 'CollateralReleaseDue', at },
  });
}

/** A settled loan whose last payment is taken back runs again, and with it what secures it. */
export function keepCollateral(collateral: Collateral, at: string): Collateral {
  return moved(collateral, {
    from: 'ReleaseDue',
    status: 'Registered',
    by: { type: 'CollateralKept', at },
  });
}

/** The cancellation (注销) is proven. */
export function releaseCollateral(collateral: Collateral, release: Proof): Collateral {
  return moved(collateral, {
    from: 'ReleaseDue',
    status: 'Released',
    patch: { release },
    by: { type: 'CollateralReleased', ...release },
  });
}

/** The application ended before anything was registered. */
export function abandonCollateral(collateral: Collateral, at: string): Collateral {
  return moved(collateral, {
    from: 'Pledged',
    status: 'Abandoned',
    by: { type: 'CollateralAbandoned', at },
  });
}

interface Move {
  readonly from: CollateralStatus;
  readonly status: CollateralStatus;
  readonly patch?: Partial<Pick<Collateral, 'registration' | 'release'>>;
  readonly by: { readonly type: string; readonly at: string } & Partial<Proof>;
}

function moved(collateral: Collateral, { from, status, patch = {}, by }: Move): Collateral {
  const { applicationId, collateralId } = collateral;
  if (collateral.status !== from)
    throw new InvalidTransition(
      `collateral ${collateralId} that is ${collateral.status} cannot become ${status}`,
    );
  const { type, at, operatorId, evidenceHash, taskId } = by;
  return changeAggregate(collateral, {
    subjectId: collateralId,
    patch: { ...patch, status },
    event: {
      type,
      at,
      actor: operatorId === undefined ? 'workflow' : `operator:${operatorId}`,
      facts: {
        applicationId,
        collateralId,
        ...(evidenceHash === undefined ? {} : { evidenceHash, taskId }),
      },
    },
  });
}
