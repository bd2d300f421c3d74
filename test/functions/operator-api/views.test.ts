import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '#domain/applications/application.ts';
import { handler as getApplication } from '#functions/operator-api/get-application.ts';
import { handler as getAudit } from '#functions/operator-api/get-audit.ts';
import { handler as getLoan } from '#functions/operator-api/get-loan.ts';
import { handler as listApplications } from '#functions/operator-api/list-applications.ts';
import { handler as listCatalog } from '#functions/operator-api/list-catalog.ts';
import { handler as listModels } from '#functions/operator-api/list-models.ts';
import { routes } from '#lib/routes.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoDisclosureSheets } from '#platform/repositories/disclosure-sheets.ts';
import { DynamoModelCounters } from '#platform/repositories/model-counters.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import type { RouteDescription } from '#platform/route-description.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import {
  aContract,
  aDecision,
  anApplication,
  anEvent,
  aRequest,
  aTask,
} from '../../domain/builders.ts';
import { pricedSheet } from '../../domain/contracts/priced-sheet.ts';

const reviewer = { operatorId: 'operator-a', roles: 'Reviewer' };
const auditor = { operatorId: 'operator-z', roles: 'Auditor' };

let world: ApiWorld;
let applications: DynamoApplications;

beforeAll(async () => {
  world = await startApiWorld();
  applications = new DynamoApplications(world.documents, 'Applications');
});
afterAll(async () => {
  await world.stop();
});

let number = 0;

async function stored(overrides: Partial<Application> = {}): Promise<Application> {
  number += 1;
  const application = anApplication({
    request: aRequest({ externalId: `views-${number}` }),
    ...overrides,
  });
  await applications.create(application);
  return application;
}

describe('getFullApplication', () => {
  it('shows the trace of the decision and the tasks, but not who the borrower is', async () => {
    const application = await stored({
      borrowerKey: 'the-blind-index',
      applied: { mark: 'a'.repeat(64) },
      decision: aDecision({
        rulesTrace: [{ ruleId: 'AgeAtLeast', result: 'Pass', read: { age: 36 } }],
      }),
    });
    const { applicationId } = application;
    const task = aTask({ applicationId, taskToken: 'secret-of-the-workflow' });
    await new DynamoTasks(world.documents, 'Tasks').create(task);
    const answer = await send(getApplication, { as: reviewer, parameters: { applicationId } });
    expect(answer.body).toMatchObject({
      applicationId,
      decision: { rulesTrace: [{ ruleId: 'AgeAtLeast' }] },
      applicant: { nameMasked: '测**' },
      tasks: [{ taskId: task.taskId }],
    });
    expect(answer.text).not.toMatch(/borrowerKey|blind-index|taskToken|secret-of|"pii"|"applied"/);
  });

  it('shows what backs it and what guarantors agreed to, not by which keys they are known', async () => {
    const consents = [
      { purpose: 'CreditQuery' as const, textHash: 'sha256:g', givenAt: '2026-11-23T02:00:00Z' },
    ];
    const { applicationId } = await stored({
      backing: {
        guarantorKeys: ['the-key-of-a-guarantor'],
        guarantors: [{ guarantorKey: 'the-key-of-a-guarantor', consents }],
        pledges: [{ kind: 'Vehicle', valueFen: 8_000_000 }],
      },
    });
    const answer = await send(getApplication, { as: reviewer, parameters: { applicationId } });
    expect(answer.body['backing']).toEqual({
      guarantors: [{ consents }],
      pledges: [{ kind: 'Vehicle', valueFen: 8_000_000 }],
    });
    expect(answer.text).not.toContain('the-key-of');
  });

  it('shows the cost sheet that is kept beside the application', async () => {
    const { sheet, sheetHash } = pricedSheet();
    await new DynamoDisclosureSheets(world.documents, 'Applications').keep(sheetHash, sheet);
    const { applicationId } = await stored({ contract: aContract({ sheetHash }) });
    const answer = await send(getApplication, { as: reviewer, parameters: { applicationId } });
    expect(answer.body).toMatchObject({ contract: { sheetHash, sheet } });
  });

  it('does not know an application nobody sent', async () => {
    const parameters = { applicationId: 'app_00000000000000000000000000' };
    const answer = await send(getApplication, { as: reviewer, parameters });
    expect([answer.status, answer.body['code']]).toEqual([404, 'NotFound']);
  });
});

describe('getFullLoan', () => {
  it('does not know a loan that was never made', async () => {
    const parameters = { loanId: 'loan_00000000000000000000000000' };
    const answer = await send(getLoan, { as: reviewer, parameters });
    expect([answer.status, answer.body['code']]).toEqual([404, 'NotFound']);
  });
});

describe('listPartnerApplications', () => {
  const partnerId = 'lister-of-views';

  beforeAll(async () => {
    for (let minute = 0; minute < 5; minute += 1)
      await stored({ partnerId, submittedAt: `2026-11-23T09:0${minute}:00+08:00` });
  });

  it('walks through all of one partner, newest first', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { partnerId, limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const page = await send(listApplications, { as: reviewer, query });
      expect(page.status).toBe(200);
      const items = page.body['items'] as { submittedAt: string }[];
      seen.push(...items.map(({ submittedAt }) => submittedAt.slice(14, 16)));
      cursor = page.body['nextCursor'] as string | undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['04', '03', '02', '01', '00']);
  });

  const encoded = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  it.each([
    ['no partner', { partnerId: undefined }],
    ['a partner that cannot be', { partnerId: 'X' }],
    ['a status that does not exist', { status: 'Nope' }],
    ['a cursor that is no base64', { cursor: '***' }],
    ['a cursor that is no JSON', { cursor: encoded('not json') }],
    ['a cursor of a text', { cursor: encoded('"text"') }],
    ['a cursor of another shape', { cursor: encoded({ a: 1 }) }],
    ['a cursor of nested values', { cursor: encoded({ partnerId: { x: 1 } }) }],
    [
      'a cursor of another partner',
      {
        cursor: encoded({
          applicationId: 'app_00000000000000000000000000',
          partnerId: 'somebody-else',
          submittedAt: '2026-11-23T09:00:00+08:00',
        }),
      },
    ],
  ])('refuses %s', async (_, change) => {
    const query = Object.fromEntries(
      Object.entries({ partnerId, ...change }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    const answer = await send(listApplications, { as: reviewer, query });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });
});

describe('getAudit', () => {
  it('gives the chain of one subject, in order, to auditors and supervisors only', async () => {
    const subjectId = 'app_00000000000000000000000009';
    for (const sequence of [10, 2, 1])
      await world.documents.send(
        new PutCommand({
          TableName: 'Audit',
          Item: {
            subjectId,
            sequence,
            previousHash: 'a'.repeat(64),
            hash: 'b'.repeat(64),
            event: anEvent('Something'),
          },
        }),
      );
    const parameters = { subjectId };
    const answer = await send(getAudit, { as: auditor, parameters });
    const items = answer.body['items'] as { sequence: number }[];
    expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 10]);
    expect((await send(getAudit, { as: reviewer, parameters })).status).toBe(403);
  });
});

describe('listCatalog', () => {
  it.each([
    'product',
    'policy-pack',
    'scorecard',
    'credit-policy',
    'funder',
    'partner',
    'reason-texts',
  ])('shows every %s in force', async (kind) => {
    const answer = await send(listCatalog, { as: reviewer, query: { kind } });
    expect([answer.status, answer.body['kind']]).toEqual([200, kind]);
    expect((answer.body['items'] as unknown[]).length).toBeGreaterThan(0);
  });

  it('shows one version of one item, and nothing for one that is not there', async () => {
    const ask = async (query: Record<string, string>) =>
      (await send(listCatalog, { as: reviewer, query: { kind: 'scorecard', ...query } })).body[
        'items'
      ];
    expect(await ask({ id: 'company', version: '1' })).toMatchObject([
      { scorecardId: 'company', version: 1 },
    ]);
    expect(await ask({ id: 'company' })).toMatchObject([{ scorecardId: 'company' }]);
    expect(await ask({ id: 'person', version: '99' })).toEqual([]);
  });

  it('does not show keys of partners', async () => {
    const answer = await send(listCatalog, { as: reviewer, query: { kind: 'partner-key' } });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });
});

describe('listModels', () => {
  it('shows the newest report of every card, and none before there is one', async () => {
    const none = await send(listModels, { as: auditor });
    expect([none.status, none.body]).toEqual([200, { items: [] }]);
    const report = {
      scorecard: 'person#0003',
      asOf: '2026-11-23',
      fromMonth: '2026-09',
      toMonth: '2026-11',
      level: 'TooFew' as const,
      decisions: 50,
      fields: [],
      verdicts: 0,
      overrides: 0,
      ksByMonth: [],
      findings: [],
    };
    await new DynamoModelCounters(world.documents, 'Metrics', () => new Date()).saveReport(report);
    const one = await send(listModels, { as: auditor });
    expect(one.body).toEqual({ items: [report] });
  });
});

describe('the operator routes', () => {
  const operator = routes.filter(({ authoriser }) => authoriser === 'Operator');

  it.each(operator)('$method $path lets no one in without a role', async ({ entry, method }) => {
    const path = `../../../${entry}`;
    const exported = (await import(/* @vite-ignore */ path)) as Record<string, unknown>;
    const description = Object.values(exported).find(
      (value): value is RouteDescription =>
        typeof value === 'object' && value !== null && 'operationId' in value,
    );
    expect(description?.roles?.length).toBeGreaterThan(0);
    const handler = exported['handler'] as Parameters<typeof send>[0];
    for (const roles of ['', 'Root', 'reviewer']) {
      const answer = await send(handler, { as: { operatorId: 'operator-x', roles } });
      expect([answer.status, answer.body['code']]).toEqual([403, 'Forbidden']);
    }
    const nobody = await send(handler, { as: { partnerId: 'demo-partner' } });
    expect([nobody.status, nobody.body['code']]).toEqual([401, 'Unauthorized']);
    // Whoever only looks cannot change: auditors have no part in any POST.
    if (method === 'POST') expect(description?.roles).not.toContain('Auditor');
  });
});
