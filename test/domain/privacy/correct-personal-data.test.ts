import { describe, expect, it } from 'vitest';
import type { PersonalData } from '#domain/applications/personal-data.ts';
import { correctPersonalData, CorrectionRequest } from '#domain/privacy/correct-personal-data.ts';
import { aCompany, aPerson } from '../builders.ts';

const date = '2026-11-26';
const person: PersonalData = { applicant: aPerson, address: '示例路1号' };
const company: PersonalData = { applicant: aCompany };
const wish = (given: unknown) => CorrectionRequest.parse(given);

describe('correctPersonalData', () => {
  it('puts right how a person is reached, and says which facts, not what they are', () => {
    const corrections = { mobile: ' 19900000001 ', address: '示例路2号', employer: '示例二厂' };
    const { data, fields } = correctPersonalData(person, wish({ corrections }), date);
    expect(data.applicant).toEqual({
      ...aPerson,
      mobile: '19900000001',
      employment: { ...aPerson.employment, employer: '示例二厂' },
    });
    expect(data.address).toBe('示例路2号');
    expect(fields).toEqual(['mobile', 'address', 'employer']);
  });

  it('reaches a firm through its legal representative', () => {
    const corrections = { mobile: '19900000009' };
    const { data } = correctPersonalData(company, wish({ corrections }), date);
    expect(data.applicant).toMatchObject({ legalRepresentative: { mobile: '19900000009' } });
  });

  it('leaves evidence as it was given, with what the person says of it', () => {
    const remarks = [{ field: 'monthlyIncomeFen', text: '收入有误' }];
    const { data, fields } = correctPersonalData(person, wish({ remarks }), date);
    expect(data.applicant).toEqual(aPerson);
    expect(data.remarks).toEqual([{ ...remarks[0], notedOn: date }]);
    expect(fields).toEqual(['remark:monthlyIncomeFen']);
    const again = correctPersonalData(data, wish({ remarks }), '2026-11-27');
    expect(again.data.remarks).toHaveLength(2);
  });

  it.each([
    { name: 'nothing', given: {} },
    { name: 'what is held already', given: { corrections: { address: '示例路1号' } } },
    { name: 'a number that does not check', given: { corrections: { mobile: '123' } } },
  ])('refuses $name', ({ given }) => {
    expect(() => correctPersonalData(person, wish(given), date)).toThrow(/./);
  });

  it('refuses a firm an employer, and more remarks than are kept', () => {
    const employer = wish({ corrections: { employer: '示例二厂' } });
    expect(() => correctPersonalData(company, employer, date)).toThrow(/no employer/);
    const remark = { field: 'name', text: 'x', notedOn: date };
    const full = { ...person, remarks: Array.from({ length: 20 }, () => remark) };
    const one = wish({ remarks: [{ field: 'name', text: 'y' }] });
    expect(() => correctPersonalData(full, one, date)).toThrow(/too many/);
  });

  it.each(['name', 'idNumber', 'bankAccount', 'monthlyIncomeFen'])(
    'has no way to change %s',
    (field) => {
      expect(CorrectionRequest.safeParse({ corrections: { [field]: 'x' } }).success).toBe(false);
    },
  );
});
