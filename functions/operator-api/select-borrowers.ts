import * as z from 'zod';
import {
  CampaignCriteria,
  SelectedBorrower,
  selectBorrower,
} from '#domain/campaigns/select-borrower.ts';
import { recordSelection } from '#domain/campaigns/selection.ts';
import { parseCatalogKey } from '#domain/catalog/catalog-key.ts';
import { Product } from '#domain/catalog/product.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { selectionIdOf } from '#domain/shared/ids.ts';
import { ApplicationId, Instant } from '#domain/shared/primitives.ts';
import type { ReplayCase } from '#domain/underwriting/decision-record.ts';
import { apiRoute } from '#platform/api-route.ts';
import { isBlocked } from '#platform/block-list.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { answerOnce, rememberedRequests } from '#platform/remembered-requests.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { DynamoBorrowerHistory } from '#platform/repositories/borrower-history.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { DynamoSelections } from '#platform/repositories/selections.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';
import { operatorCursor, pageKeyIn } from './operator-cursor.ts';

/** Each candidate costs six reads: a page answers well before the gateway gives up. */
const PAGE_SIZE = 50;

export const selectBorrowersRoute = describeRoute({
  operationId: 'selectBorrowers',
  summary:
    'Borrowers a campaign may write to, by segment, grade and value: opaque keys of those who agreed to marketing; kept for audit',
  method: 'POST',
  path: '/ops/campaigns/{campaign}/selections',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: z.object({ campaign: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/) }),
  query: Nothing,
  body: CampaignCriteria.extend({
    /** From the page before; a page may choose nobody and still have one after it. */
    cursor: z.base64url().max(2000).optional(),
  }),
  status: 200,
  answer: z.object({
    selectionId: z.string(),
    looked: z.int(),
    items: z.array(SelectedBorrower),
    nextCursor: z.string().optional(),
  }),
  problems: ['InvalidInput', 'IdempotencyKeyReused'],
});

function selectionDependencies() {
  const documents = documentClient();
  const applications = requireEnvironment('APPLICATIONS_TABLE');
  return {
    applications: new DynamoApplications(documents, applications),
    blocks: new DynamoBlocks(documents, requireEnvironment('BLOCKS_TABLE')),
    catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
    decisions: new DynamoDecisions(documents, requireEnvironment('DECISIONS_TABLE')),
    history: new DynamoBorrowerHistory(documents, {
      applications,
      loans: process.env['LOANS_TABLE'] ?? '',
    }),
    selections: new DynamoSelections(documents, requireEnvironment('SELECTIONS_TABLE')),
    keys: rememberedRequests(),
    now,
  };
}
type SelectionDependencies = ReturnType<typeof selectionDependencies>;

export const handler = apiRoute({
  description: selectBorrowersRoute,
  dependencies: selectionDependencies,
  run: ({ caller, parameters, body, idempotency }, dependencies) => {
    const { campaign } = parameters;
    const { operatorId } = caller;
    const { cursor, ...criteria } = body;
    const { creditPolicyId } = criteria;
    const after = pageKeyIn(
      cursor,
      z.strictObject({
        applicationId: ApplicationId,
        record: z.literal('decision'),
        creditPolicyId: z.literal(creditPolicyId),
        decidedAt: Instant,
      }),
    );
    const at = dependencies.now();
    const { keys } = dependencies;
    const { answer } = selectBorrowersRoute;
    return answerOnce({ keys, callerId: operatorId, idempotency, at, answer }, async () => {
      const page = await dependencies.decisions.listByPolicy(
        { creditPolicyId },
        { limit: PAGE_SIZE, after },
      );
      const chosen = await Promise.all(
        page.items.map((decision) => choose(decision, criteria, { ...dependencies, at })),
      );
      const items = chosen.filter((each) => each !== undefined);
      const selectionId = selectionIdOf(operatorId, idempotency.mark);
      // On record before anybody is named; a repeat writes the same page again.
      await dependencies.selections.keep(
        recordSelection({
          selectionId,
          campaign,
          criteria,
          borrowers: items,
          operatorId,
          at: at.toISOString(),
        }),
      );
      return { selectionId, looked: page.items.length, items, ...operatorCursor(page.next) };
    });
  },
});

async function choose(
  decision: ReplayCase,
  criteria: CampaignCriteria,
  { applications, blocks, catalog, history, at }: Omit<SelectionDependencies, 'now'> & { at: Date },
): Promise<SelectedBorrower | undefined> {
  const application = await applications.find(decision.applicationId);
  if (application === undefined) return undefined;
  const { borrowerKey } = application;
  const date = businessDateOf(at.getTime());
  const { id, version } = parseCatalogKey(decision.inputs.product);
  const [product, sent, isOnBlockList, marketingWithdrawnAt] = await Promise.all([
    catalog.find({ kind: 'product', id, version }, Product),
    history.applicationsOf(borrowerKey),
    isBlocked(borrowerKey, date, { blocks, catalog }),
    applications.marketingWithdrawnAt(borrowerKey),
  ]);
  const candidate = {
    decision,
    application,
    product: existing(product, `product ${decision.inputs.product}`),
    submittedAt: sent.map(({ submittedAt }) => submittedAt),
    isBlocked: isOnBlockList,
    marketingWithdrawnAt,
  };
  return selectBorrower(candidate, criteria, date);
}
