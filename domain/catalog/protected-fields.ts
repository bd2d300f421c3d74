import { InvalidInput } from '../shared/errors.ts';

/**
 * What no score may read, by the names that data sets give it. PIPL 24 forbids unreasonable differences of treatment by
 * automated decisions, and the Law on the Protection of Women's Rights and Interests 50 forbids to treat women worse when
 * loans are given; sex, marital status and nationality are therefore kept out of fitting altogether, not weighed.
 */
const protectedFields: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /^(sex|gender|(is)?(fe)?male)$/, what: 'sex' },
  { pattern: /(personalstatus|statusandsex|sexandstatus)/, what: 'sex and marital status' },
  {
    pattern: /^(marriage|marital(status)?|(is)?married|civilstatus|spouse.*)$/,
    what: 'marital status',
  },
  {
    pattern:
      /^(nationality|citizenship|(is)?foreign(er|worker)?|ethnicity|ethnicgroup|race|religion)$/,
    what: 'nationality or descent',
  },
  {
    pattern: /^(性别|婚姻(状况)?|国籍|民族|宗教(信仰)?)$/,
    what: 'sex, marital status, nationality or descent',
  },
];

/** Why a field must not be scored; undefined for a field that may be. */
export function protectionOf(field: string): string | undefined {
  const name = field.toLowerCase().replace(/[\s_.-]/g, '');
  return protectedFields.find(({ pattern }) => pattern.test(name))?.what;
}

/**
 * Lets a field into a score.
 * @throws InvalidInput for one that says sex, marital status, nationality or descent
 */
export function refuseProtected(field: string): void {
  const what = protectionOf(field);
  if (what !== undefined)
    throw new InvalidInput(
      `field ${field} may not be scored: it says ${what} (PIPL 24: no unreasonable difference of treatment)`,
    );
}
