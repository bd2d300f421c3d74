import { describe, expect, it } from 'vitest';
import { ageOn, birthDateOf, provinceOf } from '../../../domain/identity/resident-id.ts';

describe('ageOn', () => {
  it.each([
    { born: '1990-01-01', date: '2007-12-31', age: 17 },
    { born: '1990-01-01', date: '2008-01-01', age: 18 },
    { born: '2008-11-24', date: '2026-11-23', age: 17 },
    { born: '2008-11-23', date: '2026-11-23', age: 18 },
    { born: '2000-02-29', date: '2018-02-28', age: 17 },
    { born: '2000-02-29', date: '2018-03-01', age: 18 },
    { born: '2000-02-29', date: '2020-02-29', age: 20 },
    // Summer time in Asia/Shanghai: a date that passes through a clock may lose a day here.
    { born: '1988-07-01', date: '2006-06-30', age: 17 },
    { born: '1988-07-01', date: '2006-07-01', age: 18 },
  ])('is $age on $date for somebody born on $born', ({ born, date, age }) => {
    expect(ageOn(born, date)).toBe(age);
  });

  it('reads the birth date and the province from the number as text', () => {
    expect(birthDateOf('99000019880701002X')).toBe('1988-07-01');
    expect(provinceOf('11010519491231002X')).toBe('11');
  });
});
