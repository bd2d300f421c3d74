import * as z from 'zod';
import { enterBlock, isEnteredBefore, type BlockEntry } from '#domain/blocks/block.ts';
import { BlockNote } from '#domain/blocks/block-note.ts';
import { BlockReason } from '#domain/blocks/block-reasons.ts';
import { blockIdOf } from '#domain/shared/ids.ts';
import { ApplicationId, BusinessDate, LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { answerOnce } from '#platform/remembered-requests.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { actOf, blockWriting } from './block-dependencies.ts';
import { BlockView, viewBlock } from './block-view.ts';

export const enterBlockRoute = describeRoute({
  operationId: 'enterBlock',
  summary:
    'Block a borrower, named by an application or a loan of theirs: what they apply for is declined',
  method: 'POST',
  path: '/ops/blocks',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor'],
  parameters: Nothing,
  query: Nothing,
  body: z
    .strictObject({
      applicationId: ApplicationId.optional(),
      loanId: LoanId.optional(),
      reason: BlockReason,
      note: BlockNote.optional(),
      /** The last day; without one until it is lifted. */
      blockedUntilOn: BusinessDate.optional(),
    })
    .refine(
      ({ applicationId, loanId }) => (applicationId === undefined) !== (loanId === undefined),
      {
        message: 'name the borrower by applicationId or by loanId, one of them',
        path: ['applicationId'],
      },
    ),
  status: 201,
  answer: BlockView,
  problems: [
    'NotFound',
    'InvalidInput',
    'InvalidTransition',
    'ApplicationErased',
    'IdempotencyKeyReused',
  ],
});

function enteringDependencies() {
  const documents = documentClient();
  return {
    ...blockWriting(),
    applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
    loans: new DynamoLoans(documents, requireEnvironment('LOANS_TABLE')),
  };
}

export const handler = apiRoute({
  description: enterBlockRoute,
  dependencies: enteringDependencies,
  run: async ({ caller, body, idempotency }, dependencies) => {
    const { blocks, keys, now } = dependencies;
    const at = now();
    const act = actOf(caller.operatorId, at);
    const call = { keys, callerId: act.operatorId, idempotency, at, answer: BlockView };
    return answerOnce(call, async () => {
      const entry = await entryOf(body, dependencies);
      return retryOnConflict(async () => {
        const known = await blocks.find(blockIdOf(entry.borrowerKey));
        if (isEnteredBefore(known, entry, act)) return viewBlock(known, act.today);
        const block = enterBlock(known, entry, act);
        await blocks.replace(block);
        return viewBlock(block, act.today);
      });
    });
  },
});

/** Whose application it is, or whose loan: a loan leads to its application, which says whether the person was erased. */
async function entryOf(
  body: z.infer<typeof enterBlockRoute.body>,
  { applications, loans }: Pick<ReturnType<typeof enteringDependencies>, 'applications' | 'loans'>,
): Promise<BlockEntry> {
  const { loanId, reason, note, blockedUntilOn } = body;
  const applicationId =
    loanId === undefined
      ? body.applicationId
      : existing(await loans.find(loanId), 'such loan').applicationId;
  const application = existing(
    applicationId === undefined ? undefined : await applications.find(applicationId),
    'such application',
  );
  return {
    borrowerKey: application.borrowerKey,
    applicationId: application.applicationId,
    loanId,
    reason,
    note,
    blockedUntilOn,
  };
}
