import { advanceClock } from '#local/cli/advance.ts';
import type { PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { withIdCheckDigit } from '#local/sandbox/magic.ts';
import { SandboxOperator } from '#local/sandbox/operator.ts';
import { asRelease010 } from './earlier-release.ts';
import { setAttribute, Walker, type Fields, type Items } from './walker.ts';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Asks for documents, as the walk's large loans do. */
const large = { amountFen: 12_000_000, incomeFen: 6_000_000 };

/**
 * Off the main road: what is refused, what fails, what is late and what only few loans come to. On a platform without
 * staff: whoever decides here decides otherwise than they would, until they come to work.
 */
export async function walkDetours(platform: PlatformProcess): Promise<readonly string[]> {
  const detours = new Detours(platform);
  return detours.walk(() => detours.everywhere());
}

class Detours extends Walker {
  async everywhere(): Promise<void> {
    await this.#refuse();
    await this.#stopAndRedrive();
    await this.#beginAsBefore();
    await this.#askTheBank();
    const operators = this.#operators();
    operators.start();
    try {
      await this.#fail();
    } finally {
      await operators.stop();
    }
    await this.#lowerLimits();
  }

  /** Decisions that the staff would not make. */
  async #refuse(): Promise<void> {
    await this.step('a pledge that the register refuses', async () => {
      const id = await this.#toBeRegistered(91_001);
      await this.decide(id, 'RegisterCollateral', 'operator-a', { outcome: 'Reject' });
      await this.until(id, 'Declined');
    });
    await this.step('withdrawn while a pledge is registered', async () => {
      const id = await this.#toBeRegistered(91_002);
      await this.task(id, 'RegisterCollateral');
      await this.partner.post(`/v1/applications/${id}/withdrawal`, { reason: 'walk' });
      await this.until(id, 'Withdrawn');
    });
    await this.step('a decline that is overturned', async () => {
      const id = await this.apply(91_003, { amountFen: 5_000_000, incomeFen: 60_000 });
      await this.until(id, 'Declined');
      await this.partner.post(`/v1/applications/${id}/review-requests`, { reason: 'walk' });
      await this.decide(id, 'ReviewDecision', 'operator-a', { outcome: 'Overturn', note: 'walk' });
    });
    await this.step('a borrower with a guarantor', async () => {
      const { applicant } = syntheticApplication('detour', 91_006) as {
        applicant: { idNumber: string; mobile: string };
      };
      const { idNumber, mobile } = applicant;
      const givenAt = new Date(await this.now()).toISOString();
      const consents = [{ purpose: 'CreditQuery', textHash: 'sha256:of-a-guarantor', givenAt }];
      const guarantors = [{ name: '测试乙', idNumber, mobile, consents }];
      const id = await this.send({ ...syntheticApplication('detour', 91_005), guarantors });
      await this.when(
        async () => {
          const { decision } = await this.partner.get(`/v1/applications/${id}`);
          return decision === undefined ? undefined : true;
        },
        () => `nothing is decided of ${id}`,
      );
    });
    await this.step('an approver who declines', async () => {
      const id = await this.#pledged(91_004);
      const answer = { outcome: 'Reject', note: 'walk', reasonCodes: ['CurrentOverdue'] };
      await this.decide(id, 'ApproveApplication', 'operator-b', answer);
      await this.until(id, 'Declined');
    });
  }

  /** What comes while an execution is stopped is heard when it is taken up again. */
  async #stopAndRedrive(): Promise<void> {
    await this.step('approved while the execution is stopped', async () => {
      const id = await this.#pledged(91_010);
      await this.task(id, 'ApproveApplication');
      await this.whileStopped(`originate-loan:${id}`, () =>
        this.decide(id, 'ApproveApplication', 'operator-b', { outcome: 'Approve' }),
      );
      await this.task(id, 'RegisterCollateral');
    });
    await this.step('uploaded while the execution is stopped', async () => {
      const id = await this.apply(91_011, large);
      const { documentsRequested } = await this.until(id, 'AwaitingDocuments');
      await this.whileStopped(`originate-loan:${id}`, async () => {
        for (const kind of documentsRequested as string[]) await this.upload(id, kind);
        await this.#verified(id, documentsRequested as string[]);
      });
    });
    await this.step('signed while the execution is stopped', async () => {
      const id = await this.send(this.#likeNumber(91_012, '406'));
      await this.until(id, 'AwaitingSignature');
      await this.waitsIn(`originate-loan:${id}`, 'AwaitSignature');
      await this.whileStopped(`originate-loan:${id}`, async () => {
        await advanceClock(this.platform.baseUrl, HOUR + MINUTE);
        await this.until(id, 'Signed');
      });
      await this.until(id, 'Disbursed');
    });
  }

  /** Payouts that only a person at the bank can tell about. */
  async #askTheBank(): Promise<void> {
    await this.step('registered while the payout is stopped', async () => {
      const id = await this.#toBeRegistered(91_013);
      await this.task(id, 'RegisterCollateral');
      await this.whileStopped(`disburse-loan:${id}-1`, () => this.#register(id));
      await this.decide(id, 'ResolvePayout', 'supervisor', { outcome: 'Retry', note: 'walk' });
      await this.until(id, 'Disbursed');
    });
    await this.step('a payout whose outcome a person finds out', async () => {
      await this.#conduct({ queryByReference: false });
      const id = await this.send(this.#paidTo(91_014, '6299990004000302'));
      await this.until(id, 'Disbursing');
      for (let look = 0; look < 20; look += 1) await this.quiet();
      await this.task(id, 'ConfirmPayout');
      const bank = { outcome: 'ConfirmNotPaid', note: 'walk' };
      await this.whileStopped(`disburse-loan:${id}-1`, async () => {
        await this.#dieAtTheBank(id);
        await this.decide(id, 'ConfirmPayout', 'supervisor', bank);
      });
      await this.#conduct({ queryByReference: true });
    });
  }

  /** What an attempt leaves behind that died with its process: a claim that the sweep finds too old. */
  async #dieAtTheBank(id: string): Promise<void> {
    const { content } = await this.task(id, 'ConfirmPayout');
    const payoutRef = String((content as Fields)['payoutRef']);
    const place = { table: 'Payouts', where: { payoutRef } };
    const set = (name: string, value: string) =>
      setAttribute(this.platform.awsEndpoint, place, [name, { S: value }]);
    await set('claimedAt', new Date((await this.now()) - HOUR * 1000).toISOString());
    await set('state', 'Sending');
    await this.quiet();
  }

  async #register(id: string): Promise<void> {
    const { content } = await this.task(id, 'RegisterCollateral');
    const shown = (content as { collateral: Items }).collateral;
    const proof = `sha256:${'a'.repeat(64)}`;
    const answers = Object.fromEntries(
      shown.map(({ collateralId }) => [String(collateralId), proof]),
    );
    await this.decide(id, 'RegisterCollateral', 'operator-a', { outcome: 'Complete', answers });
  }

  /** Executions keep the definition they began with. */
  async #beginAsBefore(): Promise<void> {
    await this.step('an execution that release 0.1.0 began', async () => {
      await asRelease010(this.platform.awsEndpoint, async () => {
        const id = await this.send(syntheticApplication('detour', 91_015));
        await this.until(id, 'Disbursed');
      });
    });
  }

  /** What was approved is above the limits when the contract is written: those of the lender's licence, those of cost. */
  async #lowerLimits(): Promise<void> {
    await this.step('limits that were lowered overnight', async () => {
      const today = await this.#pledged(91_016);
      await this.task(today, 'ApproveApplication');
      const before = await asRelease010(this.platform.awsEndpoint, async () => {
        const ids = [await this.#pledged(91_018), await this.#pledged(91_019, 3_000_000)];
        for (const id of ids) await this.task(id, 'ApproveApplication');
        return ids;
      });
      const { items } = await this.as('administrator').get('/ops/catalog?kind=policy-pack');
      const [pack] = items as readonly { packId: string; leaves: { path: string }[] }[];
      const lowered: Fields = {
        'cost.allInCapAnnual': '0.001',
        'limits.onlineConsumerFen': 2_900_000,
      };
      const leaves = (pack?.leaves ?? []).map((leaf) =>
        leaf.path in lowered ? { ...leaf, value: lowered[leaf.path] } : leaf,
      );
      await this.publish('policy-pack', pack?.packId ?? '', { leaves });
      await this.published();
      for (const id of [today, ...before]) {
        await this.decide(id, 'ApproveApplication', 'operator-b', { outcome: 'Approve' });
        await this.until(id, 'Declined');
      }
    });
  }

  /** Borrowers, providers and banks that do otherwise than most. */
  async #fail(): Promise<void> {
    await this.step('a borrower who declines to sign', async () => {
      await this.until(await this.send(this.#likeNumber(91_020, '401')), 'Withdrawn');
    });
    for (const [n, scenario] of ['103', '203', '307'].entries())
      await this.step(`a provider that is down (${scenario})`, () =>
        this.send(this.#likeNumber(91_021 + n, scenario)),
      );
    await this.step('a borrower whom texts do not reach', async () => {
      const body = syntheticApplication('detour', 91_030);
      Object.assign(body['applicant'] as object, { mobile: '19999990404' });
      await this.until(await this.send(body), 'Disbursed');
    });
    await this.step('money before its loan', () => this.#payEarly());
    await this.step('a partner who hears nothing', async () => {
      await this.partner.post('/sandbox/control', { provider: 'partner', fault: 'Fail' });
      await this.until(await this.send(this.#likeNumber(91_032, '302')), 'Declined');
      await advanceClock(this.platform.baseUrl, DAY);
      await this.sandbox('DELETE', '/control');
    });
  }

  /** The first money for a loan comes while its payout is under way; some names no loan at all. */
  async #payEarly(): Promise<void> {
    await this.#conduct({ processingSeconds: 150 });
    const id = await this.send(this.#paidTo(91_031, '6299990006000201'));
    const { contract } = await this.until(id, 'Disbursing');
    const { contractNumber } = contract as Fields;
    for (const remark of [id.replace(/^app_/, 'loan_'), String(contractNumber), 'no loan at all'])
      await this.sandbox('POST', '/bank/receipts', { amountFen: 10_000, remark });
    await advanceClock(this.platform.baseUrl, 4 * MINUTE);
    await this.#conduct({ processingSeconds: 2 });
    await this.until(id, 'Disbursed');
  }

  async #toBeRegistered(n: number): Promise<string> {
    const id = await this.#pledged(n);
    await this.decide(id, 'ApproveApplication', 'operator-b', { outcome: 'Approve' });
    return id;
  }

  #pledged(n: number, amountFen = 1_000_000): Promise<string> {
    const pledges = [
      { kind: 'Vehicle', valueFen: 8_000_000, description: '沪A·00000 小型轿车' },
      { kind: 'Deposit', valueFen: 1_000_000, description: '存单 0001' },
    ];
    const body: Record<string, unknown> = { ...syntheticApplication('detour', n), pledges };
    Object.assign(body['requested'] as object, { amountFen });
    return this.send(body);
  }

  /** A borrower whose identity number names a scenario of the sandbox. */
  #likeNumber(n: number, scenario: string): Record<string, unknown> {
    const body = syntheticApplication('detour', n);
    const idNumber = withIdCheckDigit(`990000${1960 + (n % 40)}0101${scenario}`);
    Object.assign(body['applicant'] as object, { idNumber });
    return body;
  }

  #paidTo(n: number, number: string): Record<string, unknown> {
    const body = syntheticApplication('detour', n);
    Object.assign((body['applicant'] as { bankAccount: object }).bankAccount, { number });
    return body;
  }

  async #verified(id: string, kinds: readonly string[]): Promise<void> {
    await this.when(
      async () => {
        const { documents } = await this.partner.get(`/v1/applications/${id}`);
        const seen = (documents as Items).filter(({ status }) => status !== 'Announced');
        return seen.length >= kinds.length ? true : undefined;
      },
      () => `nobody looked at the documents of ${id}`,
    );
  }

  async #conduct(conduct: Fields): Promise<void> {
    await this.sandbox('PUT', '/bank/conduct', conduct);
  }

  /** The demo company's staff. */
  #operators(): SandboxOperator {
    return new SandboxOperator({
      baseUrl: this.platform.baseUrl,
      mintToken: (operatorId) => this.mint(operatorId),
      askBank: async (reference) => {
        const { said } = await this.sandbox('POST', '/bank/enquiries', { reference });
        return said as 'Paid' | 'NotPaid' | 'Processing';
      },
      rescanMs: 200,
    });
  }
}
