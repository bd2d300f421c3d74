import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpCreditBureau } from '#platform/providers/credit-bureau.ts';
import { HttpDocumentRecognition } from '#platform/providers/document-recognition.ts';
import { HttpGuarantor } from '#platform/providers/guarantor.ts';
import { HttpIdentityCheck } from '#platform/providers/identity-check.ts';
import { HttpIncomeCheck } from '#platform/providers/income-check.ts';
import { HttpMessageSender } from '#platform/providers/message-sender.ts';
import { HttpPayoutBank } from '#platform/providers/payout-bank.ts';
import { HttpSignatureProvider } from '#platform/providers/signature-provider.ts';
import { HttpVoiceCaller } from '#platform/providers/voice-caller.ts';
import type { FaultKind } from '#local/sandbox/faults.ts';
import { apiKey, startSandbox } from './sandbox-server.ts';
import type { SandboxServer } from './sandbox-server.ts';

let server: SandboxServer;
beforeEach(async () => {
  server = await startSandbox();
});
afterEach(async () => {
  await server.close();
});

const at = (provider: string) => () =>
  Promise.resolve({ url: `${server.url}/sandbox/${provider}`, apiKey });
const clean = '990000199001010009';
const instruction = {
  reference: 'REF1',
  amountFen: 1_000_00,
  payee: { name: '测试甲', accountNumber: '6200000000000005', bankCode: '999000000014' },
  remark: 'loan',
};
const abilities = { supportsReferenceDedup: true, queryByReference: true };

/** Every adapter of the platform, asking the sandbox something. */
const calls: Record<string, (timeoutMs: number) => Promise<unknown>> = {
  identity: (timeoutMs) =>
    new HttpIdentityCheck(at('identity'), timeoutMs).verify({
      name: '测试甲',
      idNumber: clean,
      mobile: '19900000000',
    }),
  income: (timeoutMs) =>
    new HttpIncomeCheck(at('income'), timeoutMs).verify({
      idNumber: clean,
      declaredMonthlyIncomeFen: 1_000_000,
    }),
  recognition: (timeoutMs) =>
    new HttpDocumentRecognition(at('recognition'), timeoutMs).recognise({
      objectKey: 'k',
      kind: 'IncomeProof',
      sha256: 'ab'.repeat(32),
    }),
  bureau: (timeoutMs) =>
    new HttpCreditBureau(at('bureau'), timeoutMs).query({
      idNumber: clean,
      name: '测试甲',
      consentId: 'c1',
      purpose: 'PreLoan',
    }),
  signature: (timeoutMs) =>
    new HttpSignatureProvider(at('signature'), timeoutMs).requestSignature({
      reference: 'app_1',
      applicationId: 'app_1',
      documentSha256: 'ab'.repeat(32),
      documentKey: 'k',
      signer: { name: '测试甲', idNumber: clean, mobile: '19900000000' },
    }),
  sms: (timeoutMs) =>
    new HttpMessageSender(at('sms'), timeoutMs).send({
      to: '19900000000',
      template: 'Disbursed',
      parameters: {},
      reference: 'r1',
    }),
  voice: (timeoutMs) =>
    new HttpVoiceCaller(at('sms'), timeoutMs).call({
      to: '19900000000',
      script: 'robot-reminder',
      parameters: {},
      reference: 'c1',
      mode: 'Notify',
    }),
  guarantor: (timeoutMs) =>
    new HttpGuarantor(at('guarantor'), timeoutMs).claim({
      reference: 'claim_1',
      guarantorId: 'zhubao-guarantee',
      contractNumber: 'ZD-1',
      amountFen: 1_000_00,
      asOf: '2026-11-26',
      remark: 'ZD-1 claim_1',
    }),
  bank: (timeoutMs) => new HttpPayoutBank(at('bank'), abilities, timeoutMs).pay(instruction),
};

/** Calls are made by the gateway that sends messages. */
const simulatorOf = (name: string): string => (name === 'voice' ? 'sms' : name);

describe('the adapters of the platform', () => {
  it.each(Object.keys(calls))('understand the sandbox: %s', async (provider) => {
    await expect(calls[provider]?.(2_000)).resolves.toBeDefined();
  });

  const faults: FaultKind[] = ['Fail', 'Stall', 'LoseAnswer', 'Garbage'];
  const cells = Object.keys(calls).flatMap((provider) =>
    faults.map((fault) => ({ provider, fault })),
  );
  it.each(cells)('take $fault of $provider for an outage', async ({ provider, fault }) => {
    // Every kind of garbage: the draw differs by seed.
    for (let seed = 1; seed <= (fault === 'Garbage' ? 20 : 1); seed += 1) {
      server.sandbox.control.heal();
      const order = { provider: simulatorOf(provider), fault, seed, delayMs: 300 };
      server.sandbox.control.inject(order);
      await expect(calls[provider]?.(150)).rejects.toMatchObject({
        name: provider === 'bank' ? 'PayoutUnknown' : 'Unavailable',
      });
    }
  });

  it('ask the bank what became of a payout', async () => {
    const bank = new HttpPayoutBank(at('bank'), abilities);
    expect(await bank.query('REF1')).toEqual({ status: 'NotFound', isFinal: false });
    await bank.pay(instruction);
    expect(await bank.query('REF1')).toMatchObject({ status: 'Paid', isFinal: true });
  });
});
