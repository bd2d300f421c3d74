import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { withIdCheckDigit } from '#local/sandbox/magic.ts';
import { magicDocument, sampleDocument } from '#local/samples/sample-documents.ts';
import { sampleAt } from '#local/samples/samples.ts';
import { callbackSecret, startSandbox, until } from './sandbox-server.ts';
import type { SandboxServer } from './sandbox-server.ts';

const servers: SandboxServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function sandbox(): Promise<SandboxServer> {
  const server = await startSandbox();
  servers.push(server);
  return server;
}

/** The test number of a scenario: born on the first of January, the scenario as sequence. */
function personOf(scenario: string): string {
  return withIdCheckDigit(`99000019900101${scenario}`);
}

const stranger = withIdCheckDigit('99000019850715123');

describe('the provider key', () => {
  it.each([
    'identity',
    'income',
    'recognition',
    'bureau/reports',
    'signature/requests',
    'bank/payouts',
    'sms/messages',
  ])('is needed for %s', async (path) => {
    const { url } = await sandbox();
    const answer = await fetch(`${url}/sandbox/${path}`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(401);
  });
});

describe('IdentityProvider', () => {
  it.each([
    { idNumber: stranger, result: 'Match' },
    { idNumber: personOf('000'), result: 'Match' },
    { idNumber: personOf('101'), result: 'Mismatch' },
    { idNumber: personOf('102'), result: 'NotFound' },
  ])('answers $result for $idNumber', async ({ idNumber, result }) => {
    const { call } = await sandbox();
    const body = { name: '测试甲', idNumber, mobile: '19900000000' };
    expect((await call('POST', '/identity', body)).body).toMatchObject({ result });
  });

  it('is down for …103 and back at the third try for …104', async () => {
    const { call } = await sandbox();
    const statusesOf = async (idNumber: string) => {
      const statuses = [];
      for (let i = 0; i < 3; i += 1)
        statuses.push(
          (await call('POST', '/identity', { name: '甲', idNumber, mobile: '1' })).status,
        );
      return statuses;
    };
    expect(await statusesOf(personOf('103'))).toEqual([503, 503, 503]);
    expect(await statusesOf(personOf('104'))).toEqual([503, 503, 200]);
  });
});

describe('IncomeProvider', () => {
  it.each([
    { idNumber: stranger, result: 'Confirmed', verifiedMonthlyIncomeFen: 1_000_001 },
    { idNumber: personOf('201'), result: 'Lower', verifiedMonthlyIncomeFen: 600_000 },
    { idNumber: personOf('202'), result: 'NoRecord', verifiedMonthlyIncomeFen: undefined },
  ])('answers $result for $idNumber', async ({ idNumber, result, verifiedMonthlyIncomeFen }) => {
    const { call } = await sandbox();
    const { body } = await call('POST', '/income', {
      idNumber,
      declaredMonthlyIncomeFen: 1_000_001,
    });
    expect(body).toMatchObject({ result });
    expect((body as Record<string, unknown>)['verifiedMonthlyIncomeFen']).toBe(
      verifiedMonthlyIncomeFen,
    );
  });
});

describe('RecognitionProvider', () => {
  it.each([
    { document: sampleDocument('IncomeProof', 'anything'), result: 'Genuine' },
    { document: magicDocument('IncomeProof', 'Doubtful'), result: 'Doubtful' },
    { document: magicDocument('IdentityCardFront', 'Unreadable'), result: 'Unreadable' },
  ])('answers $result', async ({ document, result }) => {
    const { call } = await sandbox();
    const body = { objectKey: 'k', kind: 'IncomeProof', sha256: document.sha256 };
    expect((await call('POST', '/recognition', body)).body).toMatchObject({ result });
  });
});

describe('BureauProvider', () => {
  const ask = async (idNumber: string, consentId = 'consent_1') => {
    const { call } = await sandbox();
    return call('POST', '/bureau/reports', { idNumber, name: '甲', consentId, purpose: 'PreLoan' });
  };

  it.each([
    { scenario: '301', findings: { score: 420 } },
    { scenario: '302', findings: { currentOverdueFen: 350_000 } },
    { scenario: '303', findings: { overdueCount24Months: 7 } },
    { scenario: '304', findings: { queries3Months: 15 } },
    { scenario: '306', findings: { openLoans: 9 } },
    { scenario: '000', findings: { score: 720, overdueCount24Months: 0 } },
  ])('reports $findings for …$scenario', async ({ scenario, findings }) => {
    expect((await ask(personOf(scenario))).body).toMatchObject(findings);
  });

  it('reports no score at all for a person without a file', async () => {
    expect((await ask(personOf('305'))).body).not.toHaveProperty('score');
  });

  it('says the same of the same person every time and gives one report per consent', async () => {
    const [first, second, other] = [
      await ask(stranger),
      await ask(stranger),
      await ask(stranger, 'c2'),
    ];
    const facts = { ...(first.body as Record<string, unknown>) };
    delete facts['obtainedAt'];
    expect(second.body).toMatchObject(facts);
    expect((other.body as { reportId: string }).reportId).not.toBe(facts['reportId']);
  });

  it('refuses a query without a consent', async () => {
    const { call } = await sandbox();
    const body = { idNumber: stranger, name: '甲', purpose: 'PreLoan' };
    expect((await call('POST', '/bureau/reports', body)).status).toBe(400);
  });

  it('knows the German applicants by their credit history and never by their outcome', async () => {
    const { call } = await sandbox();
    const meanScore = { good: [0, 0], bad: [0, 0] };
    for (let position = 0; position < 1000; position += 1) {
      const { row, request } = sampleAt(position);
      if (request.applicant.kind !== 'Person') throw new Error('a sample is a person');
      const { idNumber, name } = request.applicant;
      const { body } = await call('POST', '/bureau/reports', {
        idNumber,
        name,
        consentId: 'c',
        purpose: 'PreLoan',
      });
      const { score } = body as { score: number };
      if (row.creditHistory === 'A34') expect(score).toBeGreaterThanOrEqual(660);
      if (row.creditHistory === 'A30') expect(score).toBeLessThan(640);
      const sum = meanScore[row.wasGood ? 'good' : 'bad'];
      sum[0] = (sum[0] ?? 0) + score;
      sum[1] = (sum[1] ?? 0) + 1;
    }
    const means = Object.values(meanScore).map(([sum = 0, count = 1]) => sum / count);
    expect(Math.abs((means[0] ?? 0) - (means[1] ?? 0))).toBeLessThan(40);
  });
});

describe('SmsProvider', () => {
  it('keeps one message per reference and no full number', async () => {
    const { call, sandbox: running } = await sandbox();
    const message = { to: '19900001234', template: 'Disbursed', parameters: {}, reference: 'r1' };
    const first = await call('POST', '/sms/messages', message);
    expect(await call('POST', '/sms/messages', message)).toEqual(first);
    expect(running.books()['sms']).toMatchObject({
      messages: [{ to: '199****1234', reference: 'r1' }],
      totals: { count: 1 },
    });
  });

  it.each([
    { to: '19900001234', channel: 'Sms', status: 'Delivered' },
    { to: '19999990404', channel: 'Sms', status: 'Undelivered' },
    { to: '19999990404', channel: 'Voice', status: 'Delivered' },
    { to: '19999990405', channel: 'Voice', status: 'Undelivered' },
  ])('reports a $channel to $to as $status, signed', async ({ to, channel, status }) => {
    const { call, callbacks } = await sandbox();
    const reference = `loan/${channel}/1`;
    await call('POST', '/sms/messages', { to, channel, template: 'T', parameters: {}, reference });
    await until(() => callbacks.length > 0);
    const [report] = callbacks;
    expect(report?.path).toBe('/callbacks/messages');
    expect(JSON.parse(report?.rawBody ?? '')).toMatchObject({ reference, status });
    expect(() =>
      new Webhook(callbackSecret).verify(report?.rawBody ?? '', report?.headers ?? {}),
    ).not.toThrow();
  });
});

describe('books', () => {
  it('are there for every provider', async () => {
    const { call } = await sandbox();
    const { body } = await call('GET', '/books');
    expect(Object.keys(body as object).sort()).toEqual([
      'bank',
      'bureau',
      'guarantor',
      'identity',
      'income',
      'oidc',
      'partner',
      'recognition',
      'signature',
      'sms',
    ]);
  });

  it.each(['/nobody', '/__proto__', '/constructor/books', '/bank/nothing', '/control/x/y'])(
    'are not there for %s',
    async (path) => {
      const { call } = await sandbox();
      const { status } = await call('POST', path, {});
      expect([400, 404]).toContain(status);
    },
  );
});
