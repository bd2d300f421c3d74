import { afterEach, describe, expect, it } from 'vitest';
import { enterBlock } from '#domain/blocks/block.ts';
import { askAgain } from '#domain/documents/required-documents.ts';
import { closeApplication } from '#domain/applications/advance-application.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { runSignatureCallback } from '#functions/callbacks/signature-callback.ts';
import { aBlockEntry, anAct } from '#test/domain/blocks/block-builders.ts';
import { aDocument } from '#test/domain/builders.ts';
import { goodApplicant, OriginationWorld, type Outside } from './origination-world.ts';

let world: OriginationWorld;

async function start(change?: (outside: Outside) => void): Promise<OriginationWorld> {
  world = await OriginationWorld.start(change);
  return world;
}

afterEach(() => {
  world.stop();
});

const large = {
  requested: { amountFen: 60_000_00 },
  applicant: { ...goodApplicant, monthlyIncomeFen: 30_000_00 },
};

/** Puts the documents of a product above 50,000 yuan into an application, as the upload check would. */
async function upload(applicationId: string): Promise<void> {
  const application = await world.application(applicationId);
  const documents = (['IdentityCardFront', 'IdentityCardBack'] as const).map((kind) =>
    aDocument({ kind, status: 'Verified' }),
  );
  await world.applications.replace({
    ...application,
    documents: [...askAgain(application.documents, application.documentsRequested), ...documents],
    version: application.version + 1,
  });
}

/** Blocks the borrower of an application. */
async function block(applicationId: string, blockedUntilOn?: string): Promise<void> {
  const { borrowerKey } = await world.application(applicationId);
  const entry = aBlockEntry({ borrowerKey, applicationId, blockedUntilOn });
  await world.blocks.replace(enterBlock(undefined, entry, anAct({ today: '2026-11-24' })));
}

describe('originate-loan', () => {
  it('pays a sound application out in 11 states, once, with its papers, schedule and news', async () => {
    await start();
    const applicationId = await world.apply({ applicant: goodApplicant });
    expect((await world.application(applicationId)).status).toBe('AwaitingSignature');
    expect(await world.sign(applicationId)).toBe('Accepted');

    const application = await world.application(applicationId);
    expect(application.status).toBe('Disbursed');
    expect(await world.execution(applicationId)).toMatchObject({ status: 'SUCCEEDED' });
    expect(world.entered).toHaveLength(11);
    expect(world.payments).toEqual([
      { reference: expect.any(String) as string, amountFen: 30_000_00 },
    ]);
    expect([...world.papers.keys()].sort()).toEqual(
      [application.contract?.contractObjectKey, application.contract?.disclosureObjectKey].sort(),
    );
    expect(application.contract).not.toHaveProperty('sheet');
    expect(await world.sheets.find(application.contract?.sheetHash ?? '')).toMatchObject({
      contractNumber: application.contract?.contractNumber,
      principalFen: 30_000_00,
    });
    const loan = await world.money.find(loanIdOf(applicationId));
    expect(loan).toMatchObject({ status: 'Active', disbursedOn: '2026-11-24' });
    expect((await world.money.findSchedule(loan?.loanId ?? '', 1))?.rows).toHaveLength(12);
    expect(world.sent).toEqual([
      {
        template: 'LoanDisbursed',
        parameters: expect.objectContaining({
          firstDueOn: '2026-12-24',
          amount: '30,000.00',
        }) as object,
      },
    ]);
  });

  it('declines at the first step, names every reason and pays nothing', async () => {
    await start();
    const applicationId = await world.apply({
      requested: { purpose: 'Securities', termMonths: 2 },
    });
    const application = await world.application(applicationId);
    expect(application.status).toBe('Declined');
    expect(application.reasonCodes).toEqual(
      expect.arrayContaining(['PurposeForbidden', 'TermOutOfRange']),
    );
    expect(world.entered).toEqual(['ScreenApplication', 'ReviewDocuments', 'NotifyOutcome']);
    expect(world.sent).toEqual([{ template: 'ApplicationDeclined', parameters: {} }]);
  });

  it('declines a second application while the first is open, and takes one again afterwards', async () => {
    await start();
    const first = await world.apply({ applicant: goodApplicant });
    const second = await world.apply({ externalId: 'P-1002', applicant: goodApplicant });
    expect((await world.application(second)).reasonCodes).toEqual(['OpenApplicationExists']);
    await world.sign(first);
    const third = await world.apply({ externalId: 'P-1003', applicant: goodApplicant });
    expect((await world.application(third)).status).toBe('AwaitingSignature');
  });

  it('declines whoever is blocked at the first step, and nobody when the block is over', async () => {
    await start();
    const first = await world.apply({ applicant: goodApplicant });
    await world.sign(first);
    await block(first, '2026-11-25');
    const second = await world.apply({ externalId: 'P-1002', applicant: goodApplicant });
    expect(await world.application(second)).toMatchObject({
      status: 'Declined',
      reasonCodes: ['BorrowerBlocked'],
    });
    await world.advance(2);
    const third = await world.apply({ externalId: 'P-1003', applicant: goodApplicant });
    expect((await world.application(third)).status).toBe('AwaitingSignature');
  });

  it('offers nothing to whoever was blocked while their application was on its way', async () => {
    await start();
    const applicationId = await world.apply(large);
    await upload(applicationId);
    const wait = await world.openTask(applicationId, 'AwaitDocuments');
    await world.tokens.succeed(wait.taskToken ?? '', { taskId: wait.taskId, outcome: 'Uploaded' });
    await world.settle();
    await block(applicationId);
    await world.decide(applicationId, 'ApproveApplication', { outcome: 'Approve' });
    expect(await world.application(applicationId)).toMatchObject({
      status: 'Declined',
      reasonCodes: ['BorrowerBlocked'],
    });
    expect(await world.execution(applicationId)).toMatchObject({ status: 'SUCCEEDED' });
    expect(world.papers.size).toBe(0);
    expect(world.payments).toEqual([]);
  });

  it('waits for documents and goes on with the review when they are there', async () => {
    await start();
    const applicationId = await world.apply(large);
    expect((await world.application(applicationId)).status).toBe('AwaitingDocuments');
    await upload(applicationId);
    const wait = await world.openTask(applicationId, 'AwaitDocuments');
    await world.tokens.succeed(wait.taskToken ?? '', { taskId: wait.taskId, outcome: 'Uploaded' });
    await world.settle();
    expect((await world.application(applicationId)).status).toBe('AwaitingApproval');
  });

  it('goes on at once when the documents came before the wait began', async () => {
    await start((outside) => {
      outside.beforeStep = async (step) => {
        const [found] = step === 'AwaitDocuments' ? await pending() : [];
        if (found !== undefined) await upload(found);
      };
    });
    const applicationId = await world.apply(large);
    expect((await world.application(applicationId)).status).toBe('AwaitingApproval');
  });

  it('expires after seven days without documents, and lets the borrower apply again', async () => {
    await start();
    const applicationId = await world.apply(large);
    await world.advance(7.01);
    expect(await world.application(applicationId)).toMatchObject({
      status: 'Expired',
      reasonCodes: ['DocumentsNotProvided'],
    });
    const next = await world.apply({ externalId: 'P-1002', applicant: goodApplicant });
    expect((await world.application(next)).status).toBe('AwaitingSignature');
  });

  it.each([
    { answer: { outcome: 'Approve' as const }, status: 'AwaitingSignature' },
    { answer: { outcome: 'Reject' as const }, status: 'Declined' },
    {
      answer: { outcome: 'RequestMore' as const, documentsRequested: ['IncomeProof'] },
      status: 'AwaitingDocuments',
    },
  ])('does what the reviewer says: $answer.outcome', async ({ answer, status }) => {
    await start((outside) => {
      outside.income = () =>
        Promise.resolve({ result: 'NoRecord', verifiedMonthlyIncomeFen: undefined, checkId: 'c' });
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    expect((await world.application(applicationId)).status).toBe('UnderReview');
    await world.decide(applicationId, 'ReviewDocuments', answer);
    expect((await world.application(applicationId)).status).toBe(status);
  });

  it('makes an outage of the identity provider a task, never a decline', async () => {
    await start((outside) => {
      outside.identity = () => Promise.reject(new Unavailable('down'));
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    expect((await world.application(applicationId)).status).toBe('UnderReview');
    expect((await world.openTask(applicationId, 'ReviewDocuments')).queue).toBe('DocumentReview');
  });

  it('asks the bureau again when it was down for a moment', async () => {
    let calls = 0;
    await start((outside) => {
      const { bureau } = outside;
      outside.bureau = (request) => {
        calls += 1;
        return calls < 3 ? Promise.reject(new Unavailable('down')) : bureau(request);
      };
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    expect((await world.application(applicationId)).status).toBe('AwaitingSignature');
    expect(calls).toBe(3);
  });

  it('lets a credit analyst go on without a report, and then refers it to an approver', async () => {
    await start((outside) => {
      outside.bureau = () => Promise.reject(new Unavailable('down'));
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.decide(applicationId, 'CheckCreditManually', { outcome: 'Retry' });
    await world.decide(applicationId, 'CheckCreditManually', { outcome: 'Approve' });
    expect(await world.application(applicationId)).toMatchObject({
      status: 'AwaitingApproval',
      reasonCodes: expect.arrayContaining(['CreditReportMissing']) as string[],
    });
    await world.decide(applicationId, 'ApproveApplication', { outcome: 'Approve' });
    expect((await world.application(applicationId)).status).toBe('AwaitingSignature');
  });

  it('reuses a fresh report of the borrower instead of asking again', async () => {
    let queries = 0;
    await start((outside) => {
      const { bureau } = outside;
      outside.bureau = (request) => {
        queries += 1;
        return bureau(request);
      };
    });
    await world.sign(await world.apply({ applicant: goodApplicant }));
    const again = await world.apply({ externalId: 'P-1002', applicant: goodApplicant });
    expect((await world.application(again)).credit).toMatchObject({ isReused: true });
    expect(queries).toBe(1);
  });

  it('needs two different approvers above the second limit', async () => {
    await start();
    const applicationId = await world.apply({
      ...large,
      requested: { amountFen: 160_000_00, termMonths: 36 },
    });
    const application = await world.application(applicationId);
    await world.applications.replace({
      ...application,
      documents: (['IdentityCardFront', 'IdentityCardBack', 'IncomeProof'] as const).map((kind) =>
        aDocument({ kind }),
      ),
      version: application.version + 1,
    });
    const wait = await world.openTask(applicationId, 'AwaitDocuments');
    await world.tokens.succeed(wait.taskToken ?? '', { taskId: wait.taskId, outcome: 'Uploaded' });
    await world.settle();
    await world.decide(applicationId, 'ApproveApplication', {
      outcome: 'Approve',
      operatorId: 'b',
    });
    expect((await world.application(applicationId)).status).toBe('AwaitingApproval');
    await expect(
      world.decide(applicationId, 'ApproveApplication', { outcome: 'Approve', operatorId: 'b' }),
    ).rejects.toMatchObject({ name: 'Forbidden' });
    await world.decide(applicationId, 'ApproveApplication', {
      outcome: 'Approve',
      operatorId: 'c',
    });
    expect(await world.application(applicationId)).toMatchObject({
      status: 'AwaitingSignature',
      approvals: [{ operatorId: 'b' }, { operatorId: 'c' }],
    });
  });

  it('expires an offer nobody signed, and answers the late signature without paying', async () => {
    await start();
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.askForSignature(applicationId);
    const callback = await world.signatureCallback(applicationId);
    await world.advance(7.01);
    expect((await world.application(applicationId)).status).toBe('Expired');
    expect(await runSignatureCallback(callback, world.dependencies())).toBe('Accepted');
    expect(await runSignatureCallback(callback, world.dependencies())).toBe('Accepted');
    expect((await world.application(applicationId)).event.type).toBe('SignatureCameLate');
    expect(world.payments).toEqual([]);
  });

  it('goes on when it was signed at the very deadline', async () => {
    await start((outside) => {
      outside.beforeStep = async (step) => {
        if (step !== 'ExpireApplication') return;
        const [applicationId = ''] = await pending();
        const callback = await world.signatureCallback(applicationId);
        await runSignatureCallback(callback, world.dependencies());
      };
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.askForSignature(applicationId);
    await world.advance(7.01);
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect(world.payments).toHaveLength(1);
  });

  it('ends without a payment when the borrower declines to sign', async () => {
    await start();
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.askForSignature(applicationId);
    const callback = await world.signatureCallback(applicationId, { type: 'SignatureDeclined' });
    await runSignatureCallback(callback, world.dependencies());
    await world.settle();
    expect(await world.application(applicationId)).toMatchObject({
      status: 'Withdrawn',
      reasonCodes: ['SignatureDeclined'],
    });
    expect(await world.execution(applicationId)).toMatchObject({ status: 'SUCCEEDED' });
    expect(world.entered.at(-1)).toBe('NotifyOutcome');
  });

  it('keeps waiting when another document was signed', async () => {
    await start();
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.askForSignature(applicationId);
    const other = await world.signatureCallback(applicationId, { documentSha256: '0'.repeat(64) });
    expect(await runSignatureCallback(other, world.dependencies())).toBe('Accepted');
    await world.settle();
    expect(await world.application(applicationId)).toMatchObject({
      status: 'AwaitingSignature',
      event: { type: 'OtherDocumentSigned' },
    });
  });

  it.each(['CheckCredit', 'DecideApplication', 'OfferContract', 'AwaitSignature', 'ReserveShares'])(
    'stops before %s when the application was withdrawn meanwhile',
    async (withdrawnBefore) => {
      await start((outside) => {
        outside.beforeStep = async (step) => {
          if (step !== withdrawnBefore) return;
          const [applicationId = ''] = await pending();
          const application = await world.application(applicationId);
          const close = { status: 'Withdrawn' as const, reasonCodes: ['WithdrawnByApplicant'] };
          const at = world.now().toISOString();
          await world.applications.replaceReleasingBorrower(
            closeApplication(application, { ...close, at, actor: 'partner:demo-partner' }),
          );
        };
      });
      const applicationId = await world.apply({ applicant: goodApplicant });
      if (withdrawnBefore === 'ReserveShares') await world.sign(applicationId);
      expect((await world.application(applicationId)).status).toBe('Withdrawn');
      expect(await world.execution(applicationId)).toMatchObject({ status: 'SUCCEEDED' });
      expect(world.payments).toEqual([]);
      expect(world.sent).toHaveLength(1);
    },
  );

  it('pays again with a new reference only after a refusal, when a supervisor says so', async () => {
    let refusals = 0;
    await start((outside) => {
      const { pay } = outside;
      outside.pay = (instruction) => {
        refusals += 1;
        return refusals === 1
          ? Promise.resolve({ status: 'Refused', reason: 'DailyLimitReached' })
          : pay(instruction);
      };
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    expect((await world.application(applicationId)).status).toBe('PayoutFailed');
    const task = await world.openTask(applicationId, 'ResolvePayout');
    expect(task.content).toMatchObject({ refusedBecause: 'DailyLimitReached', payoutNumber: 1 });
    await world.decide(applicationId, 'ResolvePayout', { outcome: 'Retry' });
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect(world.payments).toHaveLength(1);
    expect((await world.money.find(loanIdOf(applicationId)))?.payoutNumber).toBe(2);
  });

  it('gives the loan up when a supervisor says so, or when nobody says anything', async () => {
    await start((outside) => {
      outside.pay = () => Promise.resolve({ status: 'Refused', reason: 'AccountClosed' });
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    await world.decide(applicationId, 'ResolvePayout', { outcome: 'Cancel' });
    expect((await world.application(applicationId)).status).toBe('Withdrawn');
    expect((await world.money.find(loanIdOf(applicationId)))?.status).toBe('Cancelled');
    const next = await world.apply({ externalId: 'P-1002', applicant: goodApplicant });
    await world.sign(next);
    await world.advance(14.01);
    expect(await world.application(next)).toMatchObject({
      status: 'Withdrawn',
      reasonCodes: ['PayoutCancelled'],
    });
  });

  it('asks a person about a payout of a bank that cannot be asked, and never pays by guessing', async () => {
    await start((outside) => {
      outside.bankAbilities = { supportsReferenceDedup: false, queryByReference: false };
      const { pay } = outside;
      outside.pay = async (instruction) => {
        await pay(instruction);
        throw Object.assign(new Error('timed out'), { name: 'PayoutUnknown' });
      };
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    expect((await world.application(applicationId)).status).toBe('Disbursing');
    await world.decide(applicationId, 'ConfirmPayout', { outcome: 'ConfirmPaid' });
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect(world.payments).toHaveLength(1);
  });

  it('parks news that cannot be delivered, without failing the loan', async () => {
    await start((outside) => {
      outside.message = () => Promise.reject(new Unavailable('down'));
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    expect(await world.application(applicationId)).toMatchObject({
      status: 'Disbursed',
      event: { type: 'NotificationParked' },
    });
    expect(await world.execution(applicationId)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('answers the same when any step is delivered twice', async () => {
    await start();
    const invoke = world.invoke.bind(world);
    world.invoke = async (step, payload) => {
      const first = await invoke(step, payload);
      if (step === 'AwaitSignature') return first;
      expect(await invoke(step, payload)).toEqual(first);
      return first;
    };
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect(world.payments).toHaveLength(1);
  });
});

/** The applications that have not ended, by id. */
async function pending(): Promise<string[]> {
  const { items } = await world.applications.listByPartner(
    { partnerId: 'demo-partner' },
    { limit: 100 },
  );
  return items
    .filter(({ status }) => !['Disbursed', 'Declined', 'Expired', 'Withdrawn'].includes(status))
    .map(({ applicationId }) => applicationId);
}
