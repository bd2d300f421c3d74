import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { CollectionsPlatform, type LentLoan } from '../journeys/collections-platform.ts';

type Item = Readonly<Record<string, unknown>>;

const guarantor = { guarantorId: 'zhubao-guarantee', name: '筑保融资担保有限公司（虚构）' };
/** A claim on the guarantor in the first days. */
const steps = [
  {
    ...{ stepId: 'compensation', action: 'GuarantorCompensation', when: { hasGuarantor: true } },
    ...{ fromDaysPastDue: 2, toDaysPastDue: 900, everyDays: 30, atMost: 1, costFen: 1000 },
  },
];
/** A publication is in force within half a minute. */
const PUBLISHED_MS = 31_000;
/** By then everybody has heard of an event. */
const TOLD_MS = 3_000;
/** Nobody uploads what an application asks for: it has expired by then. */
const EXPIRED_DAYS_PAST_DUE = 4;

/**
 * Walks through the ways in which applications and loans end, on a platform of its own: withdrawn and expired with a
 * pledge, declined and looked at again both ways, paid off, caught up, refused by the debtor, and claimed from a guarantor
 * who thinks about it first. Answers what went otherwise than meant.
 */
export async function walkEndings(): Promise<readonly string[]> {
  return [
    ...(await walked(['--auto-operate'], (walk) => walk.start())),
    // The sandbox's staff uphold every decline.
    ...(await walked([], (walk) => walk.overturn())),
  ];
}

async function walked(
  staff: readonly string[],
  way: (walk: EndingsWalk) => Promise<void>,
): Promise<readonly string[]> {
  const platform = await CollectionsPlatform.start(staff);
  try {
    const walk = new EndingsWalk(platform);
    await way(walk);
    return walk.stumbles;
  } finally {
    await platform.stop();
  }
}

class EndingsWalk {
  readonly stumbles: string[] = [];
  readonly #platform: CollectionsPlatform;

  constructor(platform: CollectionsPlatform) {
    this.#platform = platform;
  }

  async start(): Promise<void> {
    const platform = this.#platform;
    await this.#step('a pledge of an application given up', () => this.#pledged(67_001, true));
    await this.#step('a pledge of an application left alone', () => this.#pledged(67_002, false));
    await this.#step('a decline that stands', () => this.#reviewed(67_003));
    const paidOff = await platform.lend(67_005);
    const caughtUp = await platform.lend(67_006);
    const onTime = await platform.lend(67_008);
    await this.#publish('product', 'consumer-installment', { guarantor });
    const arms = [{ arm: 'Champion', percent: 100, steps }];
    await this.#publish('collection-strategy', 'default-ladder', { arms });
    await new Promise((resolve) => setTimeout(resolve, PUBLISHED_MS));
    const guaranteed = await platform.lend(67_007);
    await this.#step('a loan paid off', () => this.#payOff(paidOff));
    await this.#step('new terms that the borrower refuses', () => this.#refuse(caughtUp));
    await this.#step('a loan said to be overdue that is not', () => platform.sayOverdue(onTime));
    await platform.send('PUT', '/sandbox/guarantor/conduct', { body: { answer: 'Later' } });
    await platform.moveToDayPastDue(caughtUp, EXPIRED_DAYS_PAST_DUE);
    await this.#step('a loan caught up', async () => {
      await platform.caseIdOf(caughtUp);
      await platform.transfer(caughtUp, await platform.dueFenOf(caughtUp), 'endings-cure');
      await platform.until(
        async () => ((await platform.dueFenOf(caughtUp)) === 0 ? true : undefined),
        'the loan to be cured',
      );
    });
    await this.#step('a claim that the guarantor thinks about', () => this.#claim(guaranteed));
  }

  async overturn(): Promise<void> {
    await this.#step('a decline overturned', async () => {
      const task = await this.#platform.taskOf('ReviewDecision', await this.#reviewed(67_004));
      this.#taken(await this.#platform.decide('operator-b', task, 'Overturn'));
      await new Promise((resolve) => setTimeout(resolve, TOLD_MS));
    });
  }

  async #step(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.stumbles.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #apply(n: number, wish: { amountFen: number; incomeFen: number; pledges?: Item[] }) {
    const body = syntheticApplication('endings', n);
    Object.assign(body['requested'] as object, { amountFen: wish.amountFen });
    Object.assign(body['applicant'] as object, { monthlyIncomeFen: wish.incomeFen });
    if (wish.pledges !== undefined) Object.assign(body, { pledges: wish.pledges });
    const { body: answer } = await this.#platform.partner('POST', '/v1/applications', body);
    return String(answer['applicationId']);
  }

  #untilStatus(applicationId: string, status: string): Promise<Item> {
    let seen = '';
    return this.#platform.until(
      async () => {
        const { body } = await this.#platform.partner('GET', `/v1/applications/${applicationId}`);
        seen = String(body['status']);
        return seen === status ? body : undefined;
      },
      () => `${applicationId} to be ${status}: it is ${seen}`,
    );
  }

  async #pledged(n: number, isWithdrawn: boolean): Promise<void> {
    const pledges = [{ kind: 'Deposit', valueFen: 1_000_000, description: '存单 0001' }];
    const id = await this.#apply(n, { amountFen: 12_000_000, incomeFen: 6_000_000, pledges });
    await this.#untilStatus(id, 'AwaitingDocuments');
    if (!isWithdrawn) return;
    const path = `/v1/applications/${id}/withdrawal`;
    this.#taken(await this.#platform.partner('POST', path, { reason: 'walk' }));
  }

  async #reviewed(n: number): Promise<string> {
    const id = await this.#apply(n, { amountFen: 5_000_000, incomeFen: 60_000 });
    await this.#untilStatus(id, 'Declined');
    const path = `/v1/applications/${id}/review-requests`;
    this.#taken(await this.#platform.partner('POST', path, { reason: 'walk' }));
    return id;
  }

  async #payOff({ loanId, dueOn: [first = ''] }: LentLoan): Promise<void> {
    const payOn = businessDateOf(Date.parse(await this.#platform.now()));
    const path = `/v1/loans/${loanId}`;
    const quote = await this.#platform.partner('POST', `${path}/payoff-quotes`, { payOn });
    this.#taken(quote);
    const amountFen = Number(quote.body['totalFen']);
    const payment = { amountFen, valueDate: payOn, reference: `endings-${first}` };
    const paid = await this.#platform.as('supervisor', 'POST', `/ops/loans/${loanId}/payments`, {
      body: payment,
    });
    this.#taken(paid);
  }

  async #refuse({ loanId }: LentLoan): Promise<void> {
    const platform = this.#platform;
    const path = `/v1/loans/${loanId}`;
    const wish = { plan: { moreInstallments: 3 }, reason: 'walk' };
    this.#taken(await platform.partner('POST', `${path}/restructuring-requests`, wish));
    const task = await platform.taskOf('ApproveRestructuring', loanId);
    this.#taken(await platform.decide('operator-b', task, 'Approve'));
    const sheetHash = await platform.until(async () => {
      const { body } = await platform.partner('GET', `${path}/restructuring-offer`);
      return typeof body['sheetHash'] === 'string' ? body['sheetHash'] : undefined;
    }, 'an offer of new terms');
    this.#taken(await platform.partner('POST', `${path}/restructuring-refusal`, { sheetHash }));
  }

  async #claim(loan: LentLoan): Promise<void> {
    const platform = this.#platform;
    const task = await platform.taskOf('ApproveCompensation', await platform.caseIdOf(loan));
    this.#taken(await platform.decide('supervisor', task, 'Approve'));
    const { reference } = await platform.until(async () => {
      const { body } = await platform.send('GET', '/sandbox/guarantor/books');
      return (body['claims'] as { reference: string }[])[0];
    }, 'the claim to reach the guarantor');
    const decision = `/sandbox/guarantor/claims/${encodeURIComponent(reference)}/decision`;
    this.#taken(await platform.send('POST', decision, { body: { outcome: 'Accepted' } }));
    await platform.moveToDayPastDue(loan, EXPIRED_DAYS_PAST_DUE + 9);
  }

  /** A new version of a catalog item, by two people. */
  async #publish(kind: string, id: string, change: Item): Promise<void> {
    const platform = this.#platform;
    const listed = await platform.as('administrator', 'GET', `/ops/catalog?kind=${kind}&id=${id}`);
    const [current] = listed.body['items'] as { version: number }[];
    const content = { ...current, ...change, version: (current?.version ?? 0) + 1 };
    const drafts = '/ops/catalog/drafts';
    const drafted = await platform.as('supervisor', 'POST', drafts, { body: { kind, content } });
    const { draftId, contentHash } = drafted.body;
    const draft = `${drafts}/${String(draftId)}`;
    await platform.as('supervisor', 'POST', `${draft}/submission`, { body: {} });
    const approval = { outcome: 'Approve', contentHash };
    this.#taken(
      await platform.as('administrator', 'POST', `${draft}/approval`, { body: approval }),
    );
  }

  #taken({ status, body }: { status: number; body: Item }): void {
    if (status >= 300) this.stumbles.push(JSON.stringify(body));
  }
}
