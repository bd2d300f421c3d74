import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import type { SealedSubject } from '#domain/applications/ports.ts';
import { EnvelopeVault } from '#platform/pii.ts';
import type { ProviderSecret } from '#platform/secrets.ts';
import { aCompany, aPerson } from '../../domain/builders.ts';

const provider = { url: 'http://127.0.0.1:1', apiKey: 'key' };

function secretWith(overrides: Partial<ProviderSecret> = {}): ProviderSecret {
  return {
    bank: provider,
    bureau: provider,
    identity: provider,
    income: provider,
    recognition: provider,
    signature: provider,
    sms: provider,
    callbackSecret: 'callback',
    webhookSecretKey: 'webhook',
    piiWrappingKey: randomBytes(32).toString('base64'),
    blindIndexKey: randomBytes(32).toString('hex'),
    ...overrides,
  };
}

const vaultOf = (secret: ProviderSecret) => new EnvelopeVault(() => Promise.resolve(secret));
const vault = vaultOf(secretWith());
const data: PersonalData = {
  applicant: aPerson,
  supplier: { name: '测试家电行', bankAccount: aCompany.bankAccount },
};
const subject: SealedSubject = { partnerId: 'demo-partner', entity: 'application', id: 'app_1' };

describe('EnvelopeVault', () => {
  it.each([
    ['a person with a supplier', data],
    ['a company', { applicant: aCompany }],
  ] as [string, PersonalData][])('gives back %s exactly as sealed', async (_, each) => {
    expect(await vault.open(await vault.seal(each, subject), subject)).toEqual(each);
  });

  it('shows none of it, in no encoding a search would find', async () => {
    const sealed = Buffer.from(await vault.seal(data, subject));
    const secrets = [aPerson.name, aPerson.idNumber, aPerson.mobile, aPerson.bankAccount.number];
    for (const secret of [...secrets, 'Example Ltd', '测试家电行']) {
      expect(sealed.includes(secret)).toBe(false);
      expect(sealed.includes(Buffer.from(secret, 'utf16le'))).toBe(false);
      expect(sealed.includes(Buffer.from(secret).toString('base64').slice(0, 8))).toBe(false);
    }
  });

  it('seals the same person differently every time', async () => {
    const [first, second] = await Promise.all([
      vault.seal(data, subject),
      vault.seal(data, subject),
    ]);
    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(false);
  });

  it.each<[string, Partial<SealedSubject>]>([
    ['another item', { id: 'app_2' }],
    ['another partner', { partnerId: 'other-partner' }],
    ['another kind of item', { entity: 'case' as SealedSubject['entity'] }],
  ])('does not open for %s', async (_, change) => {
    const sealed = await vault.seal(data, subject);
    await expect(vault.open(sealed, { ...subject, ...change })).rejects.toThrow('another item');
  });

  it('does not open when one byte anywhere has changed', async () => {
    const sealed = await vault.seal(data, subject);
    for (const at of [0, 30, 100, Math.floor(sealed.length / 2), sealed.length - 1]) {
      const altered = new Uint8Array(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      await expect(vault.open(altered, subject), `byte ${at}`).rejects.toThrow();
    }
    await expect(vault.open(sealed.subarray(0, -20), subject)).rejects.toThrow();
  });

  it('does not open under another wrapping key', async () => {
    const sealed = await vault.seal(data, subject);
    await expect(vaultOf(secretWith()).open(sealed, subject)).rejects.toThrow();
  });

  it('says what is missing when there is no key at all', async () => {
    const keyless = secretWith();
    delete keyless.piiWrappingKey;
    await expect(vaultOf(keyless).seal(data, subject)).rejects.toThrow(
      'neither PII_KEY_ARN nor piiWrappingKey',
    );
  });

  it('costs a few milliseconds of CPU, not a burst', async () => {
    await vault.open(await vault.seal(data, subject), subject);
    const rounds = 20;
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1)
      await vault.open(await vault.seal(data, subject), subject);
    const { user, system } = process.cpuUsage(before);
    // A signing suite would cost several times this; the bound leaves room for a busy machine.
    expect((user + system) / 1000 / rounds).toBeLessThan(40);
  });
});

describe('the blind index', () => {
  it.each([
    ['blanks around it', ` ${aPerson.idNumber}\n`],
    ['full-width digits', '９９００００１９９００１０１０００９'],
  ])('is the same for a number with %s', async (_, spelling) => {
    expect(await vault.borrowerKey(spelling)).toBe(await vault.borrowerKey(aPerson.idNumber));
  });

  it('takes a final x for a final X', async () => {
    expect(await vault.borrowerKey('99000019900101001x')).toBe(
      await vault.borrowerKey('99000019900101001X'),
    );
  });

  it('differs by number and by key, and contains neither', async () => {
    const key = await vault.borrowerKey(aPerson.idNumber);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(key).not.toBe(await vault.borrowerKey('990000199001010017'));
    expect(key).not.toBe(await vaultOf(secretWith()).borrowerKey(aPerson.idNumber));
  });
});
