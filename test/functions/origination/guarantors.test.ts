import { afterEach, describe, expect, it } from 'vitest';
import type { Guarantor } from '#domain/applications/application.ts';
import type { CreditBureau } from '#domain/applications/provider-ports.ts';
import { succeedApplication } from '#domain/applications/reopen-application.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { goodApplicant, OriginationWorld, type Outside } from './origination-world.ts';

let world: OriginationWorld;
type Query = Parameters<CreditBureau['query']>[0];
let queries: Query[];

/** A bureau that remembers what it was asked, and is silent about whom a test names. */
async function start(isSilent: (query: Query) => boolean = () => false): Promise<void> {
  queries = [];
  world = await OriginationWorld.start((outside: Outside) => {
    const { bureau } = outside;
    outside.bureau = (query) => {
      queries.push(query);
      return isSilent(query) ? Promise.reject(new Unavailable('down')) : bureau(query);
    };
  });
}

afterEach(() => {
  world.stop();
});

const agreed = {
  purpose: 'CreditQuery' as const,
  textHash: 'sha256:g',
  givenAt: '2026-11-23T02:00:00Z',
};
const guarantor = (consents?: Guarantor['consents']): Guarantor => ({
  name: '测试乙',
  idNumber: '990000198512310025',
  mobile: '19900000001',
  ...(consents === undefined ? {} : { consents }),
});
const aboutGuarantor = ({ idNumber }: Query): boolean => idNumber === guarantor().idNumber;
const apply = (person: Guarantor, externalId = 'P-1001'): Promise<string> =>
  world.apply({ externalId, applicant: goodApplicant, guarantors: [person] });

async function reasonsOf(applicationId: string): Promise<readonly string[]> {
  return (await world.application(applicationId)).reasonCodes;
}

describe('a guarantor', () => {
  it('is asked about once, under a consent of their own, and shown without a name', async () => {
    await start();
    const applicationId = await apply(guarantor([agreed]));
    const application = await world.application(applicationId);
    expect(queries.filter(aboutGuarantor)).toEqual([
      {
        name: '测试乙',
        idNumber: '990000198512310025',
        purpose: 'PreLoan',
        consentId: expect.stringContaining(':CreditQuery:2026-11-23T02:00:00Z') as string,
      },
    ]);
    expect(application.backing?.guarantors).toMatchObject([{ credit: { score: 780 } }]);
    expect(application.status).toBe('AwaitingApproval');
    expect(application.reasonCodes).toContain('GuarantorToVerify');
    expect(application.reasonCodes).not.toContain('GuarantorUnchecked');
    const [record] = await world.decisions.listByApplication(applicationId);
    expect(record?.inputs.guarantors).toEqual([
      { credit: { score: 780, overdueCount24Months: 0, currentOverdueFen: 0 } },
    ]);
    const task = await world.openTask(applicationId, 'ApproveApplication');
    expect(task.content).toMatchObject({
      guarantors: [{ hasConsented: true, credit: { score: 780 } }],
    });
    expect(JSON.stringify([task, record])).not.toMatch(/测试乙|9900001985|19900000001/);
  });

  it.each([
    { name: 'no consent', consents: undefined },
    {
      name: 'a consent to something else',
      consents: [{ ...agreed, purpose: 'DataSharing' as const }],
    },
    {
      name: 'a consent that has run out',
      consents: [{ ...agreed, givenAt: '2024-11-23T02:00:00Z' }],
    },
  ])('with $name is not asked about and counts for nothing', async ({ consents }) => {
    await start();
    const applicationId = await apply(guarantor(consents));
    expect(queries.filter(aboutGuarantor)).toEqual([]);
    expect(await reasonsOf(applicationId)).toEqual(
      expect.arrayContaining(['GuarantorToVerify', 'GuarantorUnchecked']),
    );
  });

  it.each([
    {
      name: 'a report that knocks the borrower out',
      report: { currentOverdueFen: 50_000_00 },
      reason: 'CurrentOverdue',
    },
    { name: 'a bureau score too low', report: { score: 420 }, reason: 'BureauScoreTooLow' },
  ])('is not asked about after $name: nobody behind the loan could change it', async (given) => {
    queries = [];
    world = await OriginationWorld.start((outside: Outside) => {
      const { bureau } = outside;
      outside.bureau = async (query) => {
        queries.push(query);
        return { ...(await bureau(query)), ...given.report };
      };
    });
    const applicationId = await apply(guarantor([agreed]));
    expect(queries).toHaveLength(1);
    expect(queries.filter(aboutGuarantor)).toEqual([]);
    const application = await world.application(applicationId);
    expect(application.status).toBe('Declined');
    expect(application.reasonCodes).toEqual([given.reason]);
    expect(application.backing?.guarantors).toMatchObject([{ consents: [agreed] }]);
  });

  it.each(['Mismatch', 'NotFound'] as const)(
    'who is somebody else (%s) is not asked about at the bureau, counts for nothing, and a person sees why',
    async (result) => {
      queries = [];
      const verified: string[] = [];
      world = await OriginationWorld.start((outside: Outside) => {
        const { bureau, identity } = outside;
        outside.bureau = (query) => {
          queries.push(query);
          return bureau(query);
        };
        outside.identity = (person) => {
          verified.push(person.idNumber);
          const isGuarantor = person.idNumber === guarantor().idNumber;
          return isGuarantor ? Promise.resolve({ result, checkId: 'check-2' }) : identity(person);
        };
      });
      const applicationId = await apply(guarantor([agreed]));
      expect(queries.filter(aboutGuarantor)).toEqual([]);
      expect(verified.filter((idNumber) => idNumber === guarantor().idNumber)).toHaveLength(1);
      const application = await world.application(applicationId);
      expect(application.status).toBe('AwaitingApproval');
      expect(application.reasonCodes).toContain('GuarantorUnchecked');
      const task = await world.openTask(applicationId, 'ApproveApplication');
      expect(task.content).toMatchObject({
        guarantors: [{ hasConsented: true, identity: result }],
      });
    },
  );

  it('is not identified without a consent of their own', async () => {
    const verified: string[] = [];
    world = await OriginationWorld.start((outside: Outside) => {
      const { identity } = outside;
      outside.identity = (person) => {
        verified.push(person.idNumber);
        return identity(person);
      };
    });
    await apply(guarantor());
    expect(verified).toEqual([goodApplicant.idNumber]);
  });

  it('whose identity provider is down is never a decline: an analyst decides, and nobody is asked about twice', async () => {
    queries = [];
    let isDown = true;
    world = await OriginationWorld.start((outside: Outside) => {
      const { bureau, identity } = outside;
      outside.bureau = (query) => {
        queries.push(query);
        return bureau(query);
      };
      outside.identity = (person) =>
        isDown && person.idNumber === guarantor().idNumber
          ? Promise.reject(new Unavailable('down'))
          : identity(person);
    });
    const applicationId = await apply(guarantor([agreed]));
    await world.openTask(applicationId, 'CheckCreditManually');
    expect(queries).toHaveLength(1);
    isDown = false;
    await world.decide(applicationId, 'CheckCreditManually', { outcome: 'Retry' });
    expect(queries).toHaveLength(2);
    const application = await world.application(applicationId);
    expect(application.status).toBe('AwaitingApproval');
    expect(application.backing?.guarantors).toMatchObject([
      { identity: 'Match', credit: { score: 780 } },
    ]);
    expect(application.reasonCodes).not.toContain('GuarantorUnchecked');
  });

  it('is asked about where a person decides whatever the rules say', async () => {
    queries = [];
    world = await OriginationWorld.start((outside: Outside) => {
      const { bureau } = outside;
      outside.bureau = async (query) => {
        queries.push(query);
        return { ...(await bureau(query)), score: 420 };
      };
    });
    await world.apply({
      applicant: goodApplicant,
      guarantors: [guarantor([agreed])],
      humanReviewRequested: true,
    });
    expect(queries.filter(aboutGuarantor)).toHaveLength(1);
  });

  it('is not asked about again while a report on them is fresh, whoever they were then', async () => {
    await start();
    await apply(guarantor([agreed]));
    const again = await world.apply({
      externalId: 'P-1002',
      applicant: { ...goodApplicant, idNumber: '990000198512310041' },
      guarantors: [guarantor([agreed])],
    });
    expect(queries.filter(aboutGuarantor)).toHaveLength(1);
    expect((await world.application(again)).backing?.guarantors).toMatchObject([
      { credit: { isReused: true } },
    ]);
  });

  it('on whom the bureau answers late is asked about again, and the borrower is not', async () => {
    let calls = 0;
    await start((query) => aboutGuarantor(query) && (calls += 1) < 3);
    const applicationId = await apply(guarantor([agreed]));
    expect(queries.filter(aboutGuarantor)).toHaveLength(3);
    expect(queries.filter((query) => !aboutGuarantor(query))).toHaveLength(1);
    const application = await world.application(applicationId);
    expect(application.credit).toMatchObject({ isReused: false });
    expect(application.backing?.guarantors).toMatchObject([{ credit: { score: 780 } }]);
    expect(application.status).toBe('AwaitingApproval');
  });

  it('on whom the bureau stays silent is never a decline: an analyst decides, and what is known is kept', async () => {
    let isDown = true;
    await start((query) => isDown && aboutGuarantor(query));
    const applicationId = await apply(guarantor([agreed]));
    const task = await world.openTask(applicationId, 'CheckCreditManually');
    expect(task.content).toMatchObject({
      credit: { score: 780 },
      guarantors: [{ hasConsented: true }],
    });
    // Goes on without: the borrower's own report is there, the guarantor counts for nothing.
    await world.decide(applicationId, 'CheckCreditManually', { outcome: 'Approve' });
    const application = await world.application(applicationId);
    expect(application.status).toBe('AwaitingApproval');
    expect(application.reasonCodes).toContain('GuarantorUnchecked');
    expect(application.reasonCodes).not.toContain('CreditReportMissing');

    const other = await world.apply({
      externalId: 'P-1002',
      applicant: { ...goodApplicant, idNumber: '990000198512310041' },
      guarantors: [guarantor([agreed])],
    });
    isDown = false;
    const asked = queries.length;
    await world.decide(other, 'CheckCreditManually', { outcome: 'Retry' });
    expect(queries).toHaveLength(asked + 1);
    expect(await reasonsOf(other)).not.toContain('GuarantorUnchecked');
  });

  it('keeps what was found about one while the bureau is silent about another', async () => {
    const other: Guarantor = {
      name: '测试丙',
      idNumber: '990000198512310041',
      mobile: '19900000002',
      consents: [agreed],
    };
    await start(({ idNumber }) => idNumber === other.idNumber);
    const applicationId = await world.apply({
      applicant: goodApplicant,
      guarantors: [guarantor([agreed]), other],
    });
    expect(queries.filter(aboutGuarantor)).toHaveLength(1);
    await world.decide(applicationId, 'CheckCreditManually', { outcome: 'Approve' });
    const { backing } = await world.application(applicationId);
    expect(backing?.guarantors?.map(({ credit }) => credit?.score)).toEqual([780, undefined]);
  });

  it('is asked about anew when a decline is overturned', async () => {
    await start();
    const application = await world.application(await apply(guarantor([agreed])));
    const successor = succeedApplication(application, {
      data: await world.vault.open(application.pii, {
        partnerId: '',
        entity: 'application',
        id: '',
      }),
      pii: application.pii,
      at: '2026-11-25T02:00:00.000Z',
    });
    expect(successor.backing?.guarantors).toEqual([
      { guarantorKey: application.backing?.guarantorKeys[0], consents: [agreed] },
    ]);
  });
});
