import * as z from 'zod';
import { Collateral } from '#domain/collateral/collateral.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCollaterals } from '#platform/repositories/collaterals.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';

const CollateralView = Collateral.omit({
  applicationId: true,
  event: true,
  auditHash: true,
  previousAuditHash: true,
}).meta({ id: 'Collateral' });

export const listCollateralRoute = describeRoute({
  operationId: 'listCollateral',
  summary: 'What is pledged for an application: registered since when, by whom, on which proof',
  method: 'GET',
  path: '/ops/applications/{applicationId}/collateral',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({ applicationId: z.string(), items: z.array(CollateralView) }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: listCollateralRoute,
  dependencies: () => ({
    applications: new DynamoApplications(
      documentClient(),
      requireEnvironment('APPLICATIONS_TABLE'),
    ),
    collaterals: new DynamoCollaterals(documentClient(), requireEnvironment('COLLATERAL_TABLE')),
  }),
  run: async ({ parameters }, { applications, collaterals }) => {
    const { applicationId } = parameters;
    existing(await applications.find(applicationId), 'such application');
    const items = await collaterals.list(applicationId);
    return { body: { applicationId, items: [...items] } };
  },
});
