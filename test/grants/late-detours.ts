import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { advanceClock } from '#local/cli/advance.ts';
import { changeKeys } from '#local/cli/blind-index.ts';
import type { PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication, syntheticCardNumber } from '#local/bench/synthetic-applications.ts';
import { addDays, businessDateOf } from '#domain/shared/calendar.ts';
import { onlyProblems, setAttribute, Walker, type Items } from './walker.ts';

const DAY = 86_400;
const LENDER = 'zhudai-lending';
/** Longer than a run of a case lasts before it goes on under another name. */
const RUN_DAYS = 250;

/** The ladder of the late stages in the first days: nobody waits for half a year. */
const rung = { toDaysPastDue: 900, everyDays: 30, atMost: 1, costFen: 1000 };
const lateStages = [
  { ...rung, stepId: 'remind', action: 'Sms', fromDaysPastDue: 1, scriptId: 'reminder' },
  { ...rung, stepId: 'letter', action: 'Letter', fromDaysPastDue: 2, scriptId: 'demand-letter' },
  { ...rung, stepId: 'call', action: 'Call', fromDaysPastDue: 4, scriptId: 'collector-call' },
  { ...rung, stepId: 'write-off', action: 'WriteOff', fromDaysPastDue: 8 },
];

interface Lent {
  readonly applicationId: string;
  readonly loanId: string;
  readonly firstDueOn: string;
}

interface AllLent {
  readonly settled: Lent;
  readonly settledToo: Lent;
  readonly unreached: Lent;
  /** Of one person, a few days apart. */
  readonly twice: Lent;
  readonly again: Lent;
  readonly lostAnswer: Lent;
  readonly disturbed: Lent;
}

/** What loans come to late, in few cases or after years, with staff at work. Answers what went otherwise than meant. */
export async function walkLateDetours(platform: PlatformProcess): Promise<readonly string[]> {
  const detours = new LateDetours(platform);
  return detours.walk(() => detours.everywhere());
}

class LateDetours extends Walker {
  async everywhere(): Promise<void> {
    await this.step('people of release 0.1.0', () => this.#nameAsBefore());
    await this.step('limits that every model breaks', () => {
      const stability = { watchFrom: 0.0001, staleFrom: 0.0002, source: 'a walk' };
      return this.publish('watch-limits', 'default', { casesMin: 1, stability });
    });
    await this.step('a ladder', () =>
      this.publish('collection-strategy', 'default-ladder', {
        arms: [{ arm: 'Champion', percent: 100, steps: lateStages }],
      }),
    );
    const lent = await this.step('loans', () => this.#lendAll());
    if (lent === undefined) return;
    await this.step('due dates', () => this.#fallDue(lent));
    await this.step('an order that a person tells about', () => this.#tellOfOrder(lent.lostAnswer));
    await this.#collect(lent);
    await this.step('a notice sent again', () => this.#resend(lent.unreached));
    await this.step('a loan that cannot be closed', () => this.#park(lent.disturbed));
    await this.step('what need not be kept', () => this.#outlive(lent.settledToo));
    await this.step('a case of many months', () => this.#growOld(lent.unreached));
  }

  /** As if that release had taken applications here: before the first one, who applies is looked for as it named them. */
  async #nameAsBefore(): Promise<void> {
    const { awsEndpoint: endpoint } = this.platform;
    await changeKeys({ region: 'us-east-1', endpoint, secret: undefined }, (keys) => {
      const { areNamesDrawn: _, ...others } = keys;
      return others;
    });
  }

  async #lendAll(): Promise<AllLent> {
    const lent = {
      settled: await this.#lend(this.#pledged(92_001)),
      settledToo: await this.#lend(this.#pledged(92_002)),
      unreached: await this.#lend(this.#reachedAt(92_003, '19999990404')),
      twice: await this.#lend(syntheticApplication('late', 92_004)),
      lostAnswer: await this.#lend(this.#paidTo(92_005, '6299990009000406')),
      disturbed: await this.#lend(syntheticApplication('late', 92_006)),
    };
    for (const n of [92_001, 92_002, 92_003, 92_004]) await this.#empty(n);
    await advanceClock(this.platform.baseUrl, 3 * DAY);
    const again = { ...syntheticApplication('late', 92_004), externalId: 'late-again' };
    return { ...lent, again: await this.#lend(again) };
  }

  /** Banks that answer nobody on the day when installments fall due, and cannot be asked afterwards. */
  async #fallDue({ lostAnswer, disturbed }: AllLent): Promise<void> {
    // Before the debits of that day: a sweep right behind them would ask, and know.
    await this.sandbox('PUT', '/bank/conduct', { queryByReference: false });
    await this.#moveTo(lostAnswer.firstDueOn, '00:10:00');
    const fault = { provider: 'bank', fault: 'Fail', match: '/debits ', times: 2 };
    await this.sandbox('POST', '/control', fault);
    await this.#moveTo(addDays(disturbed.firstDueOn, 1));
  }

  async #tellOfOrder({ loanId }: Lent): Promise<void> {
    const supervisor = this.as('supervisor');
    let seen = '';
    // An attempt that begins meanwhile makes what was told of the one before worth nothing.
    await this.when(
      async () => {
        const { orders } = await supervisor.get(`/ops/loans/${loanId}`);
        seen = JSON.stringify(orders);
        const { record, attempt } =
          (orders as Items).find(({ state }) => state === 'Unknown') ?? {};
        const told = { outcome: 'NotPaid', record, attempt };
        return supervisor.post(`/ops/loans/${loanId}/order-outcomes`, told).catch(onlyProblems);
      },
      () => `nobody takes what the bank told of ${loanId}: ${seen}`,
    );
    await this.sandbox('PUT', '/bank/conduct', { queryByReference: true });
  }

  async #collect(lent: AllLent): Promise<void> {
    const { settled, settledToo, unreached, twice } = lent;
    // The second loan of the same person joins the case.
    await this.#moveTo(addDays(lent.again.firstDueOn, 2));
    for (const loan of [settled, settledToo])
      await this.step('an arrears case that ends', () => this.#payOff(loan));
    await this.step('called while the execution is stopped', () =>
      this.#callWhileStopped(unreached, 'AwaitCollector'),
    );
    await this.step('called while a case rests', async () => {
      await this.#call(await this.#caseOf(twice));
      await advanceClock(this.platform.baseUrl, 2 * DAY);
      await this.#callWhileStopped(twice, 'AwaitNextStep');
    });
    await this.step('a write-off refused while the execution is stopped', () =>
      this.#refuseWriteOff(unreached),
    );
  }

  /** Nobody gives it up: what people decide is said to a machine that is stopped. */
  async #refuseWriteOff(loan: Lent): Promise<void> {
    await this.#moveTo(addDays(loan.firstDueOn, 9));
    const caseId = await this.#caseOf(loan);
    const executionId = await this.#executionOf(caseId);
    await this.waitsIn(executionId, 'AwaitDisposal');
    const { items } = await this.as('supervisor').get('/ops/tasks?queue=Disposal&limit=100');
    const task = (items as Items).find((each) => JSON.stringify(each).includes(caseId));
    const { taskId, contentHash } = task ?? {};
    const answer = { outcome: 'Reject', note: 'walk', contentHash };
    await this.whileStopped(executionId, () =>
      this.as('supervisor').post(`/ops/tasks/${String(taskId)}/decision`, answer),
    );
  }

  async #callWhileStopped(loan: Lent, state: string): Promise<void> {
    const caseId = await this.#caseOf(loan);
    const executionId = await this.#executionOf(caseId);
    await this.waitsIn(executionId, state);
    await this.whileStopped(executionId, () => this.#call(caseId));
  }

  async #executionOf(caseId: string): Promise<string> {
    const { items } = await this.as('administrator').get(
      '/ops/executions?machine=escalate-collections&status=RUNNING',
    );
    const execution = (items as Items).find((each) => JSON.stringify(each).includes(caseId));
    return String(execution?.['executionId']);
  }

  async #call(caseId: string): Promise<void> {
    const path = `/ops/cases/${caseId}`;
    const call = { channel: 'Call', scriptId: 'collector-call' };
    const { body } = await this.as('collector').post(`${path}/contacts`, call);
    const said = { contactId: body['contactId'], code: 'RefusesToPay' };
    await this.as('collector').post(`${path}/outcomes`, said);
  }

  #caseOf({ loanId }: Lent): Promise<string> {
    return this.when(
      async () => {
        const { items } = await this.as('collector').get(`/ops/cases?lenderId=${LENDER}&limit=100`);
        const found = (items as Items).find((each) =>
          JSON.stringify(each['loans']).includes(loanId),
        );
        return found === undefined ? undefined : String(found['caseId']);
      },
      () => `no case of ${loanId}`,
    );
  }

  async #payOff({ loanId }: Lent): Promise<void> {
    const payOn = businessDateOf(await this.now());
    const { body } = await this.partner.post(`/v1/loans/${loanId}/payoff-quotes`, { payOn });
    await this.partner.post(`/v1/loans/${loanId}/payments`, {
      amountFen: body['totalFen'],
      valueDate: payOn,
      reference: `late-${loanId}`,
      prepayment: { effect: 'ShorterTerm' },
    });
  }

  async #resend({ loanId }: Lent): Promise<void> {
    const path = `/ops/loans/${loanId}/notices`;
    const { items } = await this.as('supervisor').get(path);
    const found = (items as Items).find(({ status }) => status === 'Undelivered');
    if (found === undefined) throw new Error('every notice was delivered');
    await this.as('supervisor').post(`${path}/${String(found['noticeId'])}/resend`, {});
  }

  /** A loan whose schedule cannot be read in the night is closed by nobody; mended, it is given back to the day close. */
  async #park({ loanId }: Lent): Promise<void> {
    const { actOn } = await this.as('supervisor').get(`/ops/loans/${loanId}`);
    const place = { table: 'Loans', where: { loanId, record: 'schedule#0001' } };
    const set = (rows: AttributeValue): Promise<AttributeValue> =>
      setAttribute(this.platform.awsEndpoint, place, ['rows', rows]);
    await this.#moveTo(addDays(String(actOn), -1), '23:50:00');
    const was = await set({ S: 'broken' });
    await this.#moveTo(addDays(String(actOn), 1), '04:00:00');
    await set(was);
    const { items } = await this.as('supervisor').get('/ops/parked-loans');
    if (!JSON.stringify(items).includes(loanId)) throw new Error(JSON.stringify(items));
    await this.as('supervisor').post(`/ops/loans/${loanId}/day-close-release`, {});
    await this.#moveTo(addDays(String(actOn), 1));
  }

  /** Ten years are over at once: one asks to be forgotten, the other is forgotten in the night. */
  async #outlive({ applicationId }: Lent): Promise<void> {
    const { items } = await this.as('administrator').get('/ops/catalog?kind=policy-pack');
    const [pack] = items as readonly { packId: string; leaves: { path: string }[] }[];
    const years = ['retention.kycYears', 'retention.transactionYears', 'retention.contractYears'];
    const leaves = (pack?.leaves ?? []).map((leaf) =>
      years.includes(leaf.path) ? { ...leaf, value: 0 } : leaf,
    );
    await this.publish('policy-pack', pack?.packId ?? '', { leaves });
    await this.published();
    await this.askForErasure(applicationId);
    await advanceClock(this.platform.baseUrl, 2 * DAY);
  }

  /** Nobody waits for the better part of a year: the run began so long ago. Then a week, in which models are watched. */
  async #growOld(loan: Lent): Promise<void> {
    const caseId = await this.#caseOf(loan);
    const place = { table: 'Cases', where: { caseId, record: `case#${LENDER}` } };
    const since = new Date((await this.now()) - RUN_DAYS * DAY * 1000).toISOString();
    await setAttribute(this.platform.awsEndpoint, place, ['runSince', { S: since }]);
    await advanceClock(this.platform.baseUrl, 8 * DAY);
  }

  /** Ten in the morning, when people may be called. */
  async #moveTo(date: string, time = '10:00:00'): Promise<void> {
    const ms = Date.parse(`${date}T${time}+08:00`) - (await this.now());
    await advanceClock(this.platform.baseUrl, Math.ceil(ms / 1000));
  }

  async #lend(body: Record<string, unknown>): Promise<Lent> {
    const applicationId = await this.send(body);
    const { loanId } = await this.when(
      async () => {
        const application = await this.partner.get(`/v1/applications/${applicationId}`);
        if (application['status'] === 'AwaitingDocuments')
          for (const kind of application['documentsRequested'] as string[])
            await this.upload(applicationId, kind).catch(onlyProblems);
        return application['status'] === 'Disbursed' ? application : undefined;
      },
      () => `${applicationId} is not paid out`,
    );
    const { rows } = await this.partner.get(`/v1/loans/${String(loanId)}/schedule`);
    const [first] = rows as Items;
    return { applicationId, loanId: String(loanId), firstDueOn: String(first?.['dueOn']) };
  }

  #pledged(n: number): Record<string, unknown> {
    const pledges = [{ kind: 'Vehicle', valueFen: 20_000_000, description: '沪A·00000 小型轿车' }];
    const body: Record<string, unknown> = { ...syntheticApplication('late', n), pledges };
    Object.assign(body['requested'] as object, { amountFen: 12_000_000 });
    Object.assign(body['applicant'] as object, { monthlyIncomeFen: 6_000_000 });
    return body;
  }

  #reachedAt(n: number, mobile: string): Record<string, unknown> {
    const body = syntheticApplication('late', n);
    Object.assign(body['applicant'] as object, { mobile });
    return body;
  }

  #paidTo(n: number, number: string): Record<string, unknown> {
    const body = syntheticApplication('late', n);
    Object.assign((body['applicant'] as { bankAccount: object }).bankAccount, { number });
    return body;
  }

  async #empty(n: number): Promise<void> {
    const path = `/bank/accounts/${syntheticCardNumber(n)}`;
    await this.sandbox('PUT', path, { balanceFen: 0 });
  }
}
