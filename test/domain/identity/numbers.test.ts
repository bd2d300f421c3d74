import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBankCard, normaliseBankCard } from '../../../domain/identity/bank-card.ts';
import { checkCnapsCode, normaliseCnapsCode } from '../../../domain/identity/cnaps-code.ts';
import { checkMobile, normaliseMobile } from '../../../domain/identity/mobile.ts';
import { checkResidentId, normaliseResidentId } from '../../../domain/identity/resident-id.ts';
import {
  checkSocialCreditCode,
  normaliseSocialCreditCode,
} from '../../../domain/identity/social-credit-code.ts';

const inSandbox = { allowTestArea: true, today: '2026-11-23' };
const inProduction = { allowTestArea: false, today: '2026-11-23' };

describe('checkResidentId (GB 11643-1999)', () => {
  it.each([
    '11010519491231002X',
    '440524188001010014',
    '990000199001010009',
    '99000020000229001X',
    '990000198512310025',
    '990000197006150044',
    '99000019880808002X',
  ])('accepts %s', (text) => {
    expect(checkResidentId(text, inSandbox)).toEqual({ isValid: true, value: text });
  });

  it('reads a lower-case x and blanks around as the same number', () => {
    const value = '11010519491231002X';
    expect(checkResidentId(' 11010519491231002x ', inProduction)).toEqual({ isValid: true, value });
  });

  it.each([
    ['a wrong check digit', '110105194912310021', 'wrong check'],
    ['a check digit one too low', '990000197006150043', 'wrong check'],
    ['a date of birth that never was', '990000190002290018', 'birth date'],
    ['29 February of a common year', '990000202302290013', 'birth date'],
    ['month 13', '990000199013010001', 'birth date'],
    ['month 0', '990000199000010001', 'birth date'],
    ['day 0', '990000199001000001', 'birth date'],
    ['31 April', '990000199004310001', 'birth date'],
    ['X in the middle', '11010519491231X02X', '17 digits'],
    ['the retired form of 15 digits', '110105491231002', '17 digits'],
    ['19 characters', '11010519491231002X1', '17 digits'],
    ['full-width digits', '１１０１０５１９４９１２３１００２Ｘ', '17 digits'],
    ['nothing', '', '17 digits'],
    ['a province that does not exist', '160105194912310021', 'province'],
  ])('refuses %s', (_name, text, because) => {
    const check = checkResidentId(text, inSandbox);
    expect(check).toMatchObject({ isValid: false });
    expect(check).toHaveProperty('because', expect.stringContaining(because));
  });

  it('refuses the test area where it is not allowed', () => {
    expect(checkResidentId('990000199001010009', inProduction)).toMatchObject({
      because: 'has an unknown province',
    });
  });

  it.each([
    { today: '1989-12-31', isValid: false },
    { today: '1990-01-01', isValid: true },
  ])('answers $isValid for somebody born on 1990-01-01 on $today', ({ today, isValid }) => {
    const check = checkResidentId('990000199001010009', { allowTestArea: true, today });
    expect(check.isValid).toBe(isValid);
  });

  it('leaves the future alone when no date is given', () => {
    expect(checkResidentId('990000199001010009', { allowTestArea: true }).isValid).toBe(true);
  });

  it('finds every single wrong digit', () => {
    const position = fc.integer({ min: 0, max: 16 });
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 9 }), (at, shift) => {
        const good = '11010519491231002X';
        const digit = String((Number(good.charAt(at)) + shift) % 10);
        const bad = good.slice(0, at) + digit + good.slice(at + 1);
        expect(checkResidentId(bad, inSandbox).isValid).toBe(false);
      }),
    );
  });
});

describe('checkMobile', () => {
  it.each([
    ['13812345678', '13812345678'],
    ['+86 138-1234-5678', '13812345678'],
    ['008619900000000', '19900000000'],
    ['+8619900000000', '19900000000'],
  ])('reads %s as %s', (text, value) => {
    expect(checkMobile(text)).toEqual({ isValid: true, value });
  });

  it.each(['12812345678', '1381234567', '138123456789', '', '8613812345678', '+1 2025550123'])(
    'refuses "%s"',
    (text) => {
      expect(checkMobile(text).isValid).toBe(false);
    },
  );
});

describe('checkBankCard (Luhn)', () => {
  it.each([
    '6200000000000005',
    '6220000000000000008',
    '6234567890123456780',
    '6200 0000 0000 0005',
  ])('accepts %s', (text) => {
    expect(checkBankCard(text)).toEqual({ isValid: true, value: text.replaceAll(' ', '') });
  });

  it.each([
    ['6200000000000006', 'check digit'],
    ['620000000005', '13 to 19'],
    ['62000000000000000005', '13 to 19'],
    ['62000000000000O5', '13 to 19'],
  ])('refuses %s: %s', (text, because) => {
    expect(checkBankCard(text)).toHaveProperty('because', expect.stringContaining(because));
  });
});

describe('checkCnapsCode (ISO 7064 MOD 11,10)', () => {
  it.each([
    '999000000014',
    '999123456782',
    '102100099996',
    '104100000004',
    '308584000013',
    '323584000888',
  ])('accepts %s', (text) => {
    expect(checkCnapsCode(text)).toEqual({ isValid: true, value: text });
  });

  it.each([
    ['999000000015', 'check digit'],
    ['99900000001', '12 digits'],
    ['9990000000144', '12 digits'],
    ['ABCDEFGHIJKL', '12 digits'],
  ])('refuses %s: %s', (text, because) => {
    expect(checkCnapsCode(text)).toHaveProperty('because', expect.stringContaining(because));
  });
});

describe('checkSocialCreditCode (GB 32100-2015)', () => {
  it.each(['91350100M000100Y43', '91990000MATE5T017N', '91990000MA0000023K', '91350100m000100y43'])(
    'accepts %s',
    (text) => {
      expect(checkSocialCreditCode(text)).toEqual({ isValid: true, value: text.toUpperCase() });
    },
  );

  it.each([
    ['91350100M000100Z43', 'GB 32100'],
    ['91350100M000100Y44', 'check character'],
    ['91350100M000100Y4', 'GB 32100'],
    ['I1350100M000100Y43', 'GB 32100'],
  ])('refuses %s: %s', (text, because) => {
    expect(checkSocialCreditCode(text)).toHaveProperty('because', expect.stringContaining(because));
  });
});

describe('normalised forms', () => {
  const noisy = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('+', '8', '6', '0', ' ', '-', 'x', 'X', '1', '３', 'ß') }),
  );

  it.each([
    ['resident id', normaliseResidentId],
    ['mobile', normaliseMobile],
    ['bank card', normaliseBankCard],
    ['CNAPS code', normaliseCnapsCode],
    ['social credit code', normaliseSocialCreditCode],
  ])('stay the same when a %s is normalised again', (_name, normalise) => {
    fc.assert(
      fc.property(noisy, (text) => {
        expect(normalise(normalise(text))).toBe(normalise(text));
      }),
      { numRuns: 1000 },
    );
  });
});
