import { roundRational } from '../shared/money.ts';
import { parseRate } from '../lending/annual-rate.ts';

const digits = '零壹贰叁肆伍陆柒捌玖';
const units = [
  [100_000_000, '亿'],
  [10_000, '万'],
  [1000, '仟'],
  [100, '佰'],
  [10, '拾'],
] as const;

/** 3000000 → "30,000.00". */
export function yuanText(amountFen: number): string {
  const yuan = String(Math.trunc(amountFen / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${yuan}.${String(amountFen % 100).padStart(2, '0')}`;
}

/** "0.0960" → "9.60%": two decimals, rounded half up from the exact decimal. */
export function percentText(rate: string): string {
  const { numerator, denominator } = parseRate(rate);
  const hundredths = roundRational(BigInt(numerator) * 10_000n, BigInt(denominator), 'HalfUp');
  return `${String(hundredths / 100n)}.${String(hundredths % 100n).padStart(2, '0')}%`;
}

/** 3000000 → 叁万元整: the form in which a Chinese contract repeats an amount, hard to alter. */
export function amountInWords(amountFen: number): string {
  const yuan = Math.trunc(amountFen / 100);
  const jiao = Math.trunc((amountFen % 100) / 10);
  const fen = amountFen % 10;
  const whole = yuan === 0 ? '' : `${integerInWords(yuan)}元`;
  if (jiao === 0 && fen === 0) return `${whole === '' ? '零元' : whole}整`;
  const zero = jiao === 0 && whole !== '' ? '零' : '';
  const jiaoText = jiao === 0 ? '' : `${digits.charAt(jiao)}角`;
  return `${whole}${zero}${jiaoText}${fen === 0 ? '整' : `${digits.charAt(fen)}分`}`;
}

/** So many of the greatest unit, then the rest; a place that is skipped in between is read as one zero. */
function integerInWords(value: number): string {
  const unit = units.find(([size]) => value >= size);
  if (unit === undefined) return digits.charAt(value);
  const [size, name] = unit;
  const head = `${integerInWords(Math.trunc(value / size))}${name}`;
  const rest = value % size;
  if (rest === 0) return head;
  return `${head}${rest * 10 < size ? '零' : ''}${integerInWords(rest)}`;
}
