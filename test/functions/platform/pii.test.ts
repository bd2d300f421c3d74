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
  const indexOf = async (number: string, of = vault): Promise<string> =>
    (await of.blindIndexes(number)).map(({ value }) => value).join(' ');

  it.each([
    ['blanks around it', ` ${aPerson.idNumber}\n`],
    ['full-width digits', '９９００００１９９００１０１０００９'],
  ])('is the same for a number with %s', async (_, spelling) => {
    expect(await indexOf(spelling)).toBe(await indexOf(aPerson.idNumber));
  });

  it('takes a final x for a final X', async () => {
    expect(await indexOf('99000019900101001x')).toBe(await indexOf('99000019900101001X'));
  });

  it('differs by number and by key, and contains neither', async () => {
    const index = await indexOf(aPerson.idNumber);
    expect(index).toMatch(/^[0-9a-f]{64}$/);
    expect(index).not.toBe(await indexOf('990000199001010017'));
    expect(index).not.toBe(await indexOf(aPerson.idNumber, vaultOf(secretWith())));
  });
});

describe('the blind index while its key changes', () => {
  const [now = '', later = '', former = ''] = [1, 2, 3].map(() => randomBytes(32).toString('hex'));
  const vaultWith = (overrides: Partial<ProviderSecret>) => vaultOf(secretWith(overrides));
  const before = vaultWith({ blindIndexKey: now });
  const announced = vaultWith({ blindIndexKey: now, blindIndexKeyNext: later });
  const switched = vaultWith({ blindIndexKey: later, blindIndexKeyBefore: now });
  const after = vaultWith({ blindIndexKey: later, blindIndexKeysRetired: [now, former] });
  const number = aPerson.idNumber;

  it('is under both keys, the present one first, from the announcement until the retirement', async () => {
    const [old] = await before.blindIndexes(number);
    const [fresh] = await after.blindIndexes(number);
    expect(await announced.blindIndexes(number)).toEqual([old, fresh]);
    expect(await switched.blindIndexes(number)).toEqual([fresh, old]);
    expect(await after.blindIndexes(number)).toHaveLength(1);
    expect(old?.keyId).not.toBe(fresh?.keyId);
  });

  it('has every trait under both keys as well', async () => {
    const [old] = await before.traitKeys('phone', aPerson.mobile);
    const [fresh] = await after.traitKeys('phone', aPerson.mobile);
    expect(await announced.traitKeys('phone', aPerson.mobile)).toEqual([old, fresh]);
    expect(await switched.traitKeys('phone', aPerson.mobile)).toEqual([fresh, old]);
  });

  it('lets what was bound to a number be known under every key there ever was', async () => {
    const [bound] = await before.fingerprints(number);
    for (const vault of [before, announced, switched, after])
      expect(await vault.fingerprints(number)).toContain(bound);
    const [boundAfter] = await after.fingerprints(number);
    expect(await announced.fingerprints(number)).toContain(boundAfter);
    expect(bound).not.toBe(boundAfter);
  });
});
