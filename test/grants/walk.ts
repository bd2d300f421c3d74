import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advanceClock } from '#local/cli/advance.ts';
import {
  announced,
  changeKeys,
  readStatus,
  removeFormer,
  retired,
  sweep,
  switched,
} from '#local/cli/blind-index.ts';
import { syntheticApplication, syntheticCardNumber } from '#local/bench/synthetic-applications.ts';
import type { PlatformProcess } from '#local/bench/platform-process.ts';
import { sendRaw } from '#local/sandbox/http-json.ts';
import type { PlatformClient } from '#local/sandbox/platform-client.ts';
import { simulatePortfolio } from '#local/simulation/simulate-portfolio.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { onlyProblems, staff, Walker, type Fields, type Items } from './walker.ts';

/** Longer than a function keeps the secret. */
const SECRET_KNOWN_SECONDS = 16 * 60;

/** Accounts that the sandbox bank does something else with than pay: refuse, answer late, answer nothing, fail a debit. */
const magicAccounts = [
  '6299990007000101',
  '6299990004000104',
  '6299990006000201',
  '6299990005000202',
  '6299990005000301',
  '6299990003000402',
  '6299990002000403',
  '6299990000000405',
  '6299990009000406',
];

/**
 * Walks through what partners, borrowers and staff can ask for, on a platform whose functions share nothing. It looks at
 * no answer beyond what leads to the next step: that the answers are right is told by other journeys, that they were
 * allowed by the platform itself. Answers what went otherwise than meant; throws as soon as a dead letter waits.
 */
export async function walkEverywhere(
  platform: PlatformProcess,
  dataDir: string,
): Promise<readonly string[]> {
  const walk = new Walk(platform, dataDir);
  return walk.walk(() => walk.everywhere());
}

class Walk extends Walker {
  readonly #dataDir: string;
  #declined = '';

  constructor(platform: PlatformProcess, dataDir: string) {
    super(platform);
    this.#dataDir = dataDir;
  }

  async everywhere(): Promise<void> {
    await this.#shop();
    await this.#borrow();
    await this.step('another version of the key', () => this.#rotateKey());
    await this.step('another key to find people by', () => this.#changeIndexKey());
    const { monthEnds } = await simulatePortfolio(this.platform, this.#dataDir, {
      loans: 8,
      months: 2,
      seed: 4,
    });
    for (const { findings } of monthEnds)
      for (const finding of findings) this.stumbles.push(JSON.stringify(finding));
    const loans = await this.#loans();
    await this.#serve(loans);
    await this.#collect();
    await this.#supervise();
  }

  async #askAboutThemselves(applicationId: string): Promise<void> {
    const asked = { applicationId, verification: 'InPerson', receivedOn: '2026-01-05' };
    const { body } = await this.as('supervisor').post('/ops/personal-data-copies', asked);
    await fetch(String(body['copyUrl']));
    const wish = { corrections: { address: '示例路2号' } };
    const path = '/ops/personal-data-corrections';
    const entered = await this.as('operator-a').post(path, { ...asked, ...wish });
    const decision = `${path}/${String(entered.body['requestId'])}/decision`;
    await this.as('supervisor').post(decision, { outcome: 'Approve', ...wish });
  }

  /** Lifted by two people; then once more, until the next day ends it. */
  async #block(applicationId: string): Promise<void> {
    const [analyst, supervisor] = [this.as('operator-a'), this.as('supervisor')];
    const entered = await analyst.post('/ops/blocks', { applicationId, reason: 'OwnRequest' });
    const path = `/ops/blocks/${String(entered.body['blockId'])}`;
    await analyst.post(`${path}/lift-requests`, { reason: 'OwnRequest' });
    const { version } = await supervisor.get(path);
    await supervisor.post(`${path}/lift-decisions`, { outcome: 'Approve', version });
    const { loanId } = await this.partner.get(`/v1/applications/${applicationId}`);
    const blockedUntilOn = businessDateOf(await this.now());
    await analyst.post('/ops/blocks', { loanId, reason: 'OwnRequest', blockedUntilOn });
    await supervisor.get('/ops/blocks');
  }

  async #changeIndexKey(): Promise<void> {
    const { awsEndpoint: endpoint, baseUrl } = this.platform;
    const secret = { region: 'us-east-1', endpoint, secret: undefined };
    const administrator = this.as('administrator');
    for (const change of [announced, switched]) {
      await changeKeys(secret, change);
      await advanceClock(baseUrl, SECRET_KNOWN_SECONDS);
    }
    await sweep(administrator);
    await readStatus(administrator);
    await changeKeys(secret, retired);
    await advanceClock(baseUrl, SECRET_KNOWN_SECONDS);
    await removeFormer(administrator, false);
  }

  async #shop(): Promise<void> {
    await this.step('products', async () => {
      const { items } = (await this.partner.get('/v1/products')) as { items: Items };
      await this.partner.get(`/v1/products/${String(items[0]?.['productId'])}`);
      const terms = {
        principalFen: 1_000_000,
        installments: 12,
        annualRate: '0.0720',
        method: 'EqualInstallment',
        disbursedOn: '2026-12-01',
      };
      await this.partner.post('/v1/quotes', terms, 'walk-quote');
      await this.partner.post('/v1/quotes', terms, 'walk-quote');
    });
  }

  /** With documents and a contract; given up half way; declined, and looked at again. */
  async #borrow(): Promise<void> {
    await this.step('withdrawal', async () => {
      const id = await this.apply(90_001, { amountFen: 12_000_000, incomeFen: 6_000_000 });
      await this.until(id, 'AwaitingDocuments');
      await this.upload(id, 'IdentityCardFront');
      await this.partner.post(`/v1/applications/${id}/withdrawal`, { reason: 'walk' });
      // Restricted at once, erased by the sweep in the months to come.
      await this.askForErasure(id);
    });
    await this.step('documents', async () => {
      const id = await this.apply(90_002, { amountFen: 12_000_000, incomeFen: 6_000_000 });
      const { documentsRequested } = await this.until(id, 'AwaitingDocuments');
      for (const kind of documentsRequested as string[]) await this.upload(id, kind);
      await this.until(id, 'Disbursed');
      const { contract } = await this.partner.get(`/v1/applications/${id}`);
      const url = (contract as Fields | undefined)?.['contractUrl'];
      if (typeof url === 'string') await fetch(url);
      for (const path of ['', '/decisions', '/portrait'])
        await this.as('supervisor').get(`/ops/applications/${id}${path}`);
      await this.#askAboutThemselves(id);
      await this.#block(id);
    });
    await this.step('an application sent twice', async () => {
      const body = syntheticApplication('walk', 90_005);
      for (let n = 0; n < 2; n += 1)
        await this.partner.post('/v1/applications', body, 'walk-again');
    });
    // Nobody uploads what it asks for: it expires in the months to come.
    await this.step('an application left alone', () =>
      this.apply(90_006, { amountFen: 12_000_000, incomeFen: 6_000_000 }),
    );
    for (const [index, number] of magicAccounts.entries())
      await this.step(`a payout to ${number}`, async () => {
        const body = syntheticApplication('walk', 90_010 + index);
        Object.assign((body['applicant'] as { bankAccount: object }).bankAccount, { number });
        await this.partner.post('/v1/applications', body);
      });
    await this.step('a borrower with an empty account', async () => {
      const n = 90_004;
      await this.until(await this.apply(n, { amountFen: 1_000_000, incomeFen: 0 }), 'Disbursed');
      await sendRaw({
        method: 'PUT',
        url: `${this.platform.baseUrl}/sandbox/bank/accounts/${syntheticCardNumber(n)}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ balanceFen: 0 }),
      });
    });
    await this.step('review of a decline', async () => {
      const id = await this.apply(90_003, { amountFen: 5_000_000, incomeFen: 60_000 });
      await this.until(id, 'Declined');
      await this.partner.post(`/v1/applications/${id}/review-requests`, { reason: 'walk' });
      const reviewer = this.as('operator-a');
      const other = await this.apply(90_007, { amountFen: 5_000_000, incomeFen: 60_000 });
      await this.until(other, 'Declined');
      await reviewer.post(`/ops/applications/${other}/review-requests`, { reason: 'walk' });
      for (const path of [`/v1/applications/${id}`, `/ops/applications/${id}`])
        await (path.startsWith('/v1') ? this.partner : reviewer).post(
          `${path}/consent-withdrawals`,
          { purpose: 'Marketing' },
        );
      this.#declined = id;
    });
  }

  async #serve(loans: readonly string[]): Promise<void> {
    const today = businessDateOf(await this.now());
    const [first = '', second = '', third = '', fourth = ''] = loans;
    const supervisor = this.as('supervisor');
    const pay = (client: PlatformClient, base: string, loanId: string, reference: string) =>
      client.post(`/${base}/loans/${loanId}/payments`, {
        amountFen: 10_000,
        valueDate: today,
        reference,
      });
    for (const loanId of loans.slice(0, 2))
      for (const path of ['', '/schedule', '/payments'])
        await this.step('loan', () => this.partner.get(`/v1/loans/${loanId}${path}`));
    await this.step('a loan that nobody has', () => this.#askForNobodys(today));
    await this.step('payoff quote', async () => {
      for (let n = 0; n < 2; n += 1)
        await this.partner.post(
          `/v1/loans/${first}/payoff-quotes`,
          { payOn: today },
          'walk-payoff',
        );
    });
    await this.step('reported payment', () => pay(this.partner, 'v1', first, 'walk-1'));
    await this.step('posted and reversed payment', async () => {
      const { body } = await pay(supervisor, 'ops', first, 'walk-2');
      const { paymentId } = body['payment'] as Fields;
      const reversal = { paymentId, reason: 'walk', moneyTo: 'Suspense' };
      await supervisor.post(`/ops/loans/${first}/reversals`, reversal);
      const { items } = (await supervisor.get('/ops/receipts')) as { items: Items };
      const receipt = items.find(({ receiptId }) => receiptId !== undefined);
      await supervisor.post(`/ops/receipts/${String(receipt?.['receiptId'])}/assignment`, {
        loanId: second,
      });
    });
    await this.step('refund', async () => {
      const { totalFen } = (
        await this.partner.post(`/v1/loans/${third}/payoff-quotes`, { payOn: today })
      ).body;
      await supervisor.post(`/ops/loans/${third}/payments`, {
        amountFen: Number(totalFen) + 5_000,
        valueDate: today,
        reference: 'walk-3',
      });
      await supervisor.post(`/ops/loans/${third}/refunds`, { amountFen: 5_000, reason: 'walk' });
    });
    await this.step('new terms', () => this.#restructure(second));
    await this.step('write-off', async () => {
      await supervisor.post(`/ops/loans/${fourth}/write-off-requests`, { reason: 'walk' });
      await this.#work();
    });
    await this.step('outcome of an order', () =>
      supervisor
        .post(`/ops/loans/${first}/order-outcomes`, {
          outcome: 'NotPaid',
          record: `debit#${today}`,
          attempt: 1,
        })
        .catch(onlyProblems),
    );
  }

  /** A loan without a file is looked for once more, by other means. */
  async #askForNobodys(today: string): Promise<void> {
    const path = `/v1/loans/loan_${'0'.repeat(26)}`;
    const payment = { amountFen: 1, valueDate: today, reference: 'walk-0' };
    const disclosure = {
      sheetHash: '0'.repeat(64),
      shownAt: new Date((await this.now()) - 20_000).toISOString(),
      readSeconds: 15,
    };
    const wish = { plan: { moreInstallments: 3 }, reason: 'walk' };
    for (const end of ['', '/schedule', '/payments', '/restructuring-offer'])
      await this.partner.get(`${path}${end}`).catch(onlyProblems);
    for (const [end, body] of Object.entries({
      payments: payment,
      'payoff-quotes': { payOn: today },
      'restructuring-requests': wish,
      'restructuring-refusal': { sheetHash: disclosure.sheetHash },
      disclosure,
    }))
      await this.partner.post(`${path}/${end}`, body).catch(onlyProblems);
    const staffPath = path.replace('/v1/', '/ops/');
    await this.as('supervisor').get(staffPath).catch(onlyProblems);
  }

  async #restructure(loanId: string): Promise<void> {
    const plan = { moreInstallments: 3 };
    await this.partner.post(`/v1/loans/${loanId}/restructuring-requests`, {
      plan,
      reason: 'walk',
    });
    await this.#work();
    const offer = await this.partner.get(`/v1/loans/${loanId}/restructuring-offer`);
    const now = await this.now();
    await this.partner.post(`/v1/loans/${loanId}/disclosure`, {
      sheetHash: offer['sheetHash'],
      shownAt: new Date(now - 20_000).toISOString(),
      readSeconds: 15,
    });
    await this.step('new terms asked for by staff', () =>
      this.as('supervisor').post(`/ops/loans/${loanId}/restructuring-requests`, {
        plan,
        reason: 'walk',
      }),
    );
    await this.step('new terms that the borrower refuses', async () => {
      await this.#work();
      const { sheetHash } = await this.partner.get(`/v1/loans/${loanId}/restructuring-offer`);
      await this.partner.post(`/v1/loans/${loanId}/restructuring-refusal`, { sheetHash });
    });
  }

  async #collect(): Promise<void> {
    const supervisor = this.as('supervisor');
    const cases: Fields[] = [];
    await this.step('cases', async () => {
      const { items: funders } = (await supervisor.get('/ops/catalog?kind=funder')) as {
        items: Items;
      };
      for (const item of funders) {
        const content = (item['content'] ?? item) as Fields;
        const lenderId = String(content['funderId'] ?? item['id']);
        const { items } = (await supervisor.get(`/ops/cases?lenderId=${lenderId}`)) as {
          items: Items;
        };
        cases.push(...items);
      }
      if (cases.length === 0) throw new Error('nobody is collected from');
    });
    const today = businessDateOf(await this.now());
    await this.step('results', () =>
      supervisor.get(`/ops/collections/results?from=2026-01-01&to=${today}`),
    );
    await this.step('next account', () =>
      supervisor.post('/ops/collections/next', {}).catch(onlyProblems),
    );
    const [first, second] = cases.map(({ caseId }) => `/ops/cases/${String(caseId)}`);
    if (first === undefined) return;
    await this.step('case', () => supervisor.get(first));
    await this.step('contact', async () => {
      const { body } = await supervisor.post(`${first}/contacts`, {
        channel: 'Call',
        scriptId: 'collector-call',
      });
      await supervisor.post(`${first}/outcomes`, {
        contactId: body['contactId'],
        code: 'NoAnswer',
      });
    });
    await this.step('contact hours', async () => {
      const { loans } = (await supervisor.get(first)) as { loans: Items };
      const evidence = await this.upload(String(loans[0]?.['applicationId']), 'Other');
      const hours = { kind: 'Only', from: '18:00', to: '20:00', evidence };
      await verified(() => supervisor.post(`${first}/contact-hours`, hours));
    });
    await this.step('request taken back', async () => {
      const { loans } = (await supervisor.get(first)) as { loans: Items };
      const evidence = await this.upload(String(loans[0]?.['applicationId']), 'Other');
      const complaint = { kind: 'Complaint', reason: 'Conduct' };
      const { body } = await this.as('collector').post(`${first}/requests`, complaint);
      const { pauses } = body as { pauses: Items };
      const path = `${first}/requests/${String(pauses[0]?.['pauseId'])}/withdrawal`;
      await verified(() => supervisor.post(path, { evidence }));
    });
    await this.step('campaign', () =>
      supervisor.post('/ops/campaigns/walk/selections', { creditPolicyId: 'person' }),
    );
    await this.step('champion and challenger', () =>
      supervisor.get('/ops/shadow-decisions?creditPolicyId=person'),
    );
    await this.step('strategy', () =>
      supervisor.post(`${first}/strategy`, { strategyId: 'default-ladder' }).catch(onlyProblems),
    );
    await this.step('agency', () =>
      supervisor.post(`${first}/assignment`, { agencyId: 'anxin-services' }).catch(onlyProblems),
    );
    await this.step('recall', () =>
      supervisor.post(`${first}/recall`, { because: 'Complaint' }).catch(onlyProblems),
    );
    await this.step('request', async () => {
      const path = second ?? first;
      const { loans } = (await supervisor.get(path)) as { loans: Items };
      const documentId = await this.upload(String(loans[0]?.['applicationId']), 'Other');
      const hardship = {
        ...{ kind: 'Hardship', reason: 'Illness', plan: { moreInstallments: 3 } },
        evidence: [documentId],
      };
      await verified(() => supervisor.post(`${path}/requests`, hardship));
    });
    await this.#work();
  }

  async #supervise(): Promise<void> {
    const supervisor = this.as('supervisor');
    const machines = [
      'originate-loan',
      'disburse-loan',
      'close-business-day',
      'escalate-collections',
    ];
    for (const machine of machines)
      await this.step(`executions of ${machine}`, async () => {
        const { items } = (await supervisor.get(`/ops/executions?machine=${machine}`)) as {
          items: Items;
        };
        const path = `/ops/executions/${encodeURIComponent(String(items[0]?.['executionId']))}`;
        await supervisor.get(path);
        await supervisor.get(`${path}/history`);
      });
    await this.step('a stopped and redriven execution', async () => {
      const administrator = this.as('administrator');
      for (const machine of machines) {
        const running = await administrator.get(
          `/ops/executions?machine=${machine}&status=RUNNING`,
        );
        const all = await administrator.get(`/ops/executions?machine=${machine}`);
        const [chosen] = [...(running['items'] as Items), ...(all['items'] as Items)];
        const path = `/ops/executions/${encodeURIComponent(String(chosen?.['executionId']))}`;
        await administrator.post(`${path}/stop`, { reason: 'walk' }).catch(onlyProblems);
        await administrator.post(`${path}/redrive`, {}).catch(onlyProblems);
      }
    });
    const loans = (await this.#loans()).slice(0, 1);
    const [loan = ''] = loans;
    const file = await this.step('loan of staff', () => supervisor.get(`/ops/loans/${loan}`));
    const owners = [
      `borrowerKey=${String(file?.['borrowerKey'])}`,
      `funderId=${String(file?.['funderId'] ?? 'example-bank')}`,
    ];
    for (const owner of owners)
      await this.step('loans', () => supervisor.get(`/ops/loans?${owner}`));
    for (const path of [
      `/ops/loans/${loan}/notices`,
      `/ops/loans/${loan}/file`,
      `/ops/audit/${loan}`,
      '/ops/parked-loans',
      '/ops/business-days',
      '/ops/models',
      '/ops/catalog',
      '/ops/catalog/drafts',
      '/ops/decisions?creditPolicyId=consumer-credit',
    ])
      await this.step(path, () => this.as('operator-demo').get(path));
    await this.step('resent notice', async () => {
      const { items } = (await supervisor.get(`/ops/loans/${loan}/notices`)) as { items: Items };
      const id = String(items[0]?.['noticeId']);
      await supervisor.post(`/ops/loans/${loan}/notices/${id}/resend`, {}).catch(onlyProblems);
    });
    await this.step('parked loan', () =>
      supervisor.post(`/ops/loans/${loan}/day-close-release`, {}).catch(onlyProblems),
    );
    await this.step('draft', () => this.#draft());
    // It ended months ago: erased at once.
    await this.step('erasure', () => this.askForErasure(this.#declined));
    await this.step('register', () => supervisor.get('/ops/erasures?year=2026'));
    await this.step('tasks', async () => {
      const { items } = (await supervisor.get('/ops/tasks?queue=FieldVisit')) as { items: Items };
      const { items: others } = (await supervisor.get('/ops/tasks?queue=Collection')) as {
        items: Items;
      };
      const [open] = [...items, ...others];
      if (open === undefined) return;
      const task = `/ops/tasks/${String(open['taskId'])}`;
      await supervisor.get(task);
      await supervisor.post(`${task}/claim`, {}).catch(onlyProblems);
      await supervisor.post(`${task}/release`, {}).catch(onlyProblems);
    });
  }

  async #draft(): Promise<void> {
    const text = readFileSync(
      join(import.meta.dirname, '../../catalog/watch-limits/default.json'),
      'utf8',
    );
    const administrator = this.as('administrator');
    const { body } = await administrator.post('/ops/catalog/drafts', {
      kind: 'watch-limits',
      content: JSON.parse(text) as unknown,
    });
    const path = `/ops/catalog/drafts/${String(body['draftId'])}`;
    await administrator.post(`${path}/submission`, {});
    const { contentHash } = await administrator.get(path);
    await this.as('operator-demo')
      .post(`${path}/approval`, { outcome: 'Approve', contentHash })
      .catch(onlyProblems);
  }

  /** Decides what waits for people, by whoever may. */
  async #work(): Promise<void> {
    for (const queue of ['Relief', 'Disposal', 'Supervisor', 'Approval'])
      for (const who of staff.slice(0, 4)) {
        const client = this.as(who);
        const page = await client.get(`/ops/tasks?queue=${queue}`).catch(onlyProblems);
        for (const { taskId } of (page?.['items'] ?? []) as Items) {
          const path = `/ops/tasks/${String(taskId)}`;
          const { contentHash } = (await client.get(path)) as Record<string, string>;
          await client.post(`${path}/claim`, {}).catch(onlyProblems);
          await client
            .post(`${path}/decision`, { outcome: 'Approve', note: 'walk', contentHash })
            .catch(onlyProblems);
        }
      }
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }

  async #loans(): Promise<readonly string[]> {
    const { items } = (await this.as('supervisor').get(
      '/ops/loans?partnerId=demo-partner&status=Active',
    )) as { items: Items };
    return items.map(({ loanId }) => String(loanId));
  }

  /** What was sealed before is opened in the months to come all the same. */
  async #rotateKey(): Promise<void> {
    const { text } = await sendRaw({
      method: 'POST',
      url: this.platform.awsEndpoint,
      headers: {
        'x-amz-target': 'TrentService.RotateKeyOnDemand',
        'content-type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify({ KeyId: await this.#keyId() }),
    });
    if (!text.includes('KeyId')) throw new Error(text);
  }

  async #keyId(): Promise<string> {
    const { text } = await sendRaw({
      method: 'POST',
      url: this.platform.awsEndpoint,
      headers: { 'x-amz-target': 'TrentService.ListKeys' },
      body: '{}',
    });
    const { Keys } = JSON.parse(text) as { Keys: { KeyArn: string }[] };
    return Keys[0]?.KeyArn ?? '';
  }
}

/** Bytes are looked at a moment after they arrived: what names them as evidence is asked again until they are. */
async function verified(ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      await ask();
      return;
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
}
