import * as z from 'zod';
import type { Application } from '../applications/application.ts';
import { InvalidInput } from '../shared/errors.ts';
import { CollateralId } from '../shared/primitives.ts';
import { openTask } from '../tasks/open-task.ts';
import type { Task } from '../tasks/task.ts';
import { EvidenceHash, type Collateral, type Proof } from './collateral.ts';

/** What a person is shown: which things, what they are worth; never the plate or the certificate's number. */
export function collateralContent(records: readonly Collateral[], round: number) {
  return {
    round,
    collateral: records.map(({ collateralId, kind, valueFen }) => ({
      collateralId,
      kind,
      valueFen,
    })),
  };
}

/** The work of having everything registered before the money leaves. Who approved the loan does not confirm it. */
export function registrationTask(
  { applicationId, partnerId, approvals }: Application,
  records: readonly Collateral[],
  wait: { readonly round: number; readonly taskToken: string; readonly at: string },
): Task {
  return openTask({
    kind: 'RegisterCollateral',
    applicationId,
    partnerId,
    content: collateralContent(records, wait.round),
    excludedOperators: [...new Set(approvals.map(({ operatorId }) => operatorId))],
    ...wait,
  });
}

/** The work of having registrations cancelled, once nothing is owed. */
export function releaseTask(
  { applicationId, partnerId }: Pick<Application, 'applicationId' | 'partnerId'>,
  records: readonly Collateral[],
  { round, at }: { readonly round: number; readonly at: string },
): Task {
  return openTask({
    kind: 'ReleaseCollateral',
    applicationId,
    partnerId,
    round,
    content: collateralContent(records, round),
    at,
  });
}

const Shown = z.looseObject({ collateral: z.array(z.looseObject({ collateralId: CollateralId })) });

function shownIn({ content }: Pick<Task, 'content'>): readonly string[] {
  return Shown.parse(content).collateral.map(({ collateralId }) => collateralId);
}

/** Throws InvalidInput unless there is one proof for everything that was shown, and none for anything else. */
export function assertProven(
  task: Pick<Task, 'content'>,
  answers: Readonly<Record<string, string>>,
): void {
  const shown = shownIn(task);
  const unproven = shown.filter((id) => !EvidenceHash.safeParse(answers[id]).success);
  const unknown = Object.keys(answers).filter((id) => !shown.includes(id));
  if (unproven.length + unknown.length > 0)
    throw new InvalidInput(
      `answers holds sha256:… of the certificate for each of ${shown.join(', ')}`,
    );
}

/** The proof a decided task holds for one thing; undefined when it was not about it. */
export function proofIn(task: Task, collateralId: string): Proof | undefined {
  const decision = task.decisions.at(-1);
  const evidenceHash = decision?.answers?.[collateralId];
  if (decision === undefined || evidenceHash === undefined) return undefined;
  const { at, operatorId } = decision;
  return { evidenceHash, at, operatorId, taskId: task.taskId };
}
