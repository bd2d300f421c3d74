import { createHash } from 'node:crypto';
import { quote } from '../../../domain/lending/quote.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { fromDayNumber, toDayNumber } from '../../../domain/shared/calendar.ts';

/** One digest over the quotes of every start date from 2020 to 2050, each by another method, day count and rounding. */
export function digestEveryStartDate(): { dates: number; digest: string } {
  const methods = ['EqualInstallment', 'EqualPrincipal', 'InterestOnly', 'FlatRate', 'Bullet'];
  const accruals = ['Thirty360', 'Actual360', 'Actual365', 'ActualActual'];
  const roundings = ['HalfUp', 'HalfEven', 'Up'];
  const hash = createHash('sha256');
  const first = toDayNumber('2020-01-01');
  const last = toDayNumber('2050-12-31');
  for (let day = first; day <= last; day++) {
    const terms = parseTerms({
      principalFen: 1_234_567 + day,
      annualRate: '0.094822',
      disbursedOn: fromDayNumber(day),
      installments: 1 + (day % 13),
      method: methods[day % methods.length],
      accrual: accruals[day % accruals.length],
      rounding: roundings[day % roundings.length],
      monthEnd: day % 2 === 0 ? 'Clamp' : 'Roll',
      holidayRoll: day % 7 === 0 ? 'NextBusinessDay' : 'None',
    });
    hash.update(JSON.stringify(quote(terms)));
  }
  return { dates: last - first + 1, digest: hash.digest('hex') };
}

if (import.meta.main) console.log(JSON.stringify(digestEveryStartDate()));
