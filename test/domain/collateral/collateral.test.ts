import { describe, expect, it } from 'vitest';
import {
  abandonCollateral,
  Collateral,
  isSecured,
  keepCollateral,
  pledgedFor,
  registerCollateral,
  releaseCollateral,
  requireRelease,
  type CollateralStatus,
} from '../../../domain/collateral/collateral.ts';
import { assertProven } from '../../../domain/collateral/collateral-task.ts';
import { taskIdOf } from '../../../domain/shared/ids.ts';
import { anApplication } from '../builders.ts';

const at = '2026-11-23T10:00:00.000Z';
const application = anApplication({
  backing: {
    guarantorKeys: [],
    pledges: [
      { kind: 'Vehicle', valueFen: 80_000_00 },
      { kind: 'Deposit', valueFen: 10_000_00 },
    ],
  },
});
const proof = {
  evidenceHash: `sha256:${'a'.repeat(64)}`,
  at,
  operatorId: 'operator-a',
  taskId: taskIdOf(application.applicationId, 'RegisterCollateral', 1),
};
const pledged = pledgedFor(application, at);
const steps = {
  register: (record: Collateral) => registerCollateral(record, proof),
  require: (record: Collateral) => requireRelease(record, at),
  keep: (record: Collateral) => keepCollateral(record, at),
  release: (record: Collateral) => releaseCollateral(record, proof),
  abandon: (record: Collateral) => abandonCollateral(record, at),
};

function first(): Collateral {
  const [record] = pledged;
  if (record === undefined) throw new Error('nothing is pledged');
  return record;
}

const reached: Readonly<Record<CollateralStatus, () => Collateral>> = {
  Pledged: first,
  Registered: () => steps.register(first()),
  ReleaseDue: () => steps.require(steps.register(first())),
  Released: () => steps.release(steps.require(steps.register(first()))),
  Abandoned: () => steps.abandon(first()),
};

describe('collateral', () => {
  it('is one record for everything pledged, which the schema reads back', () => {
    expect(pledged.map(({ kind, valueFen, status }) => [kind, valueFen, status])).toEqual([
      ['Vehicle', 80_000_00, 'Pledged'],
      ['Deposit', 10_000_00, 'Pledged'],
    ]);
    expect(new Set(pledged.map(({ collateralId }) => collateralId)).size).toBe(2);
    for (const reach of Object.values(reached)) expect(Collateral.parse(reach())).toEqual(reach());
    expect(pledgedFor(anApplication(), at)).toEqual([]);
  });

  const allowed: Readonly<Record<CollateralStatus, readonly (keyof typeof steps)[]>> = {
    Pledged: ['register', 'abandon'],
    Registered: ['require'],
    ReleaseDue: ['keep', 'release'],
    Released: [],
    Abandoned: [],
  };

  it.each(
    Object.entries(allowed).flatMap(([from, names]) =>
      Object.keys(steps).map((step) => ({ from, step, may: names.some((name) => name === step) })),
    ),
  )('that is $from may $step: $may', ({ from, step, may }) => {
    const move = () => steps[step as keyof typeof steps](reached[from as CollateralStatus]());
    if (may) expect(move().version).toBe(reached[from as CollateralStatus]().version + 1);
    else expect(move).toThrow('cannot become');
  });

  it('keeps who proved what on which evidence', () => {
    expect(reached.Released()).toMatchObject({ registration: proof, release: proof, version: 4 });
    expect(reached.Registered().event).toMatchObject({
      type: 'CollateralRegistered',
      actor: 'operator:operator-a',
      facts: { evidenceHash: proof.evidenceHash, taskId: proof.taskId },
    });
  });
});

describe('isSecured', () => {
  const registered = pledged.map(steps.register);
  it.each([
    { what: 'everything is registered', records: registered, is: true },
    { what: 'one of two is registered', records: registered.slice(0, 1), is: false },
    { what: 'nothing is recorded', records: [], is: false },
    { what: 'everything is only pledged', records: pledged, is: false },
    {
      what: 'one is to be released',
      records: registered.map((record, at) => (at === 0 ? steps.require(record) : record)),
      is: false,
    },
    {
      what: 'the pledges of somebody else are registered',
      records: pledgedFor(
        anApplication({ ...application, applicationId: 'app_00000000000000000000000000' }),
        at,
      ).map(steps.register),
      is: false,
    },
  ])('is $is when $what', ({ records, is }) => {
    expect(isSecured(application, records)).toBe(is);
  });

  it('asks nothing of an application without pledges', () => {
    expect(isSecured(anApplication(), [])).toBe(true);
    const guaranteed = anApplication({ backing: { guarantorKeys: ['g'], pledges: [] } });
    expect(isSecured(guaranteed, [])).toBe(true);
  });
});

describe('assertProven', () => {
  const content = { collateral: pledged.map(({ collateralId }) => ({ collateralId })) };
  const [one = '', two = ''] = pledged.map(({ collateralId }) => collateralId);
  const good = proof.evidenceHash;

  it('takes one proof for each thing shown', () => {
    expect(() => {
      assertProven({ content }, { [one]: good, [two]: good });
    }).not.toThrow();
  });

  it.each([
    ['no proof at all', {}],
    ['a proof for one of two', { [one]: good }],
    ['a proof of something that was not shown', { [one]: good, [two]: good, col_other: good }],
    ['a bare digest', { [one]: good, [two]: 'a'.repeat(64) }],
    ['a digest in capitals', { [one]: good, [two]: `sha256:${'A'.repeat(64)}` }],
    ['a digest that is too short', { [one]: good, [two]: `sha256:${'a'.repeat(63)}` }],
    ['the number of the certificate', { [one]: good, [two]: 'SH-2026-000123' }],
  ])('refuses %s', (_, answers) => {
    expect(() => {
      assertProven({ content }, answers);
    }).toThrow('sha256:');
  });
});
