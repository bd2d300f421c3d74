import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { DraftParameters, draftReading, DraftView, viewDraft } from './draft-view.ts';

export const getDraftRoute = describeRoute({
  operationId: 'getDraft',
  summary: 'One draft of a catalog item, whole, with the hash an approval must name',
  method: 'GET',
  path: '/ops/catalog/drafts/{draftId}',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Administrator', 'Auditor'],
  parameters: DraftParameters,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: DraftView,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getDraftRoute,
  dependencies: draftReading,
  run: async ({ parameters }, { drafts }) => ({
    body: viewDraft(existing(await drafts.find(parameters.draftId), 'such draft')),
  }),
});
