import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postPayment } from '#domain/servicing/post-payment.ts';
import { handler as getPortrait } from '#functions/operator-api/get-portrait.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { anApplication } from '../../domain/builders.ts';
import { aCase } from '../../domain/collections-builders.ts';
import { aReceived } from '../../domain/servicing/loan-builders.ts';

const reviewer = { operatorId: 'operator-a', roles: 'Reviewer' };
let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.stop());

describe('getPortrait', () => {
  it('is assembled from applications, loans, payments and collections of the borrower', async () => {
    const { documents } = world;
    const files = new DynamoLoanFiles(documents, 'Loans');
    const { loan } = await storedLoan(documents);
    const { loanId, applicationId, borrowerKey } = loan;
    await new DynamoApplications(documents, 'Applications').create(
      anApplication({ applicationId, borrowerKey, status: 'Disbursed' }),
    );
    const file = await files.find(loanId);
    if (file === undefined) throw new Error('no loan');
    const received = aReceived({ reference: 'portrait-payment' });
    await files.store(postPayment(file, received, '2026-12-24T03:00:00.000Z'));
    const cases = new DynamoCases(documents, 'Cases');
    const loans = aCase().loans.map((each) => ({ ...each, loanId }));
    await cases.replace(aCase({ borrowerKey, loans, receivedFen: 700_00 }));
    // Of a loan whose application is not there to be shown: nothing of it is told.
    await cases.replace(aCase({ borrowerKey, record: 'case#another', receivedFen: 1_00 }));
    const answer = await send(getPortrait, { as: reviewer, parameters: { applicationId } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      applications: { count: 1, byStatus: { Disbursed: 1 } },
      loans: { count: 1, borrowedFen: file.loan.principalFen },
      servicing: { payments: 1, lastPaidOn: '2026-12-24', paidFen: 2_631_90 },
      collections: { isOpen: true, openings: 1, receivedFen: 700_00 },
    });
    expect(answer.text).not.toMatch(/测试|\*\*\*|loan_|app_/);
    expect(answer.text).not.toContain(borrowerKey);
  });

  it('is not for collectors, and is of nobody who is not there', async () => {
    const parameters = { applicationId: 'app_00000000000000000000000000' };
    const collector = { operatorId: 'operator-d', roles: 'Collector' };
    expect((await send(getPortrait, { as: collector, parameters })).status).toBe(403);
    expect((await send(getPortrait, { as: reviewer, parameters })).status).toBe(404);
  });
});
