import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyPack } from '../catalog-files.ts';
import { forbiddenBy, isBeside, literalsOf, type Forbidden } from './regulatory-literals.ts';

/** Every leaf a default pack must have: by subject, with the value in force on 23 November 2026. */
const expected: readonly (readonly [path: string, value: unknown, lenderType?: string])[] = [
  ...['Bank', 'ConsumerFinance', 'Microloan', 'OnlineMicroloan'].map(
    (lender) => ['cost.allInCapAnnual', '0.24', lender] as const,
  ),
  ['cost.microTargetLprMultiple', 4, 'Microloan'],
  ['cost.microTargetBy', '2027-12-31', 'Microloan'],
  ['cost.microTargetMode', 'Warn', 'Microloan'],
  ['cost.portfolioAverageCap', null, 'ConsumerFinance'],
  ['cost.capBasis', 'MaxOfCombinedAndItemised'],
  ['cost.platformMayChargeBorrower', false],
  ['disclosure.required', true],
  ['disclosure.minReadSeconds', 10],
  ['disclosure.itemised', true],
  ['lpr.1Y', '0.0300'],
  ['lpr.publishedOn', '2026-01-20'],
  ['lpr.staleAfterDays', 40],
  ['joint.minPartnerShare', '0.30'],
  ['joint.maxSinglePartnerOfTier1', '0.25'],
  ['joint.maxTotalOfLoans', '0.50'],
  ['limits.onlineConsumerFen', 200_000_00, 'Bank'],
  ['limits.onlineConsumerStagedFen', 300_000_00, 'Bank'],
  ['limits.onlineConsumerFen', 200_000_00, 'ConsumerFinance'],
  ['limits.onlineConsumerFen', 200_000_00, 'OnlineMicroloan'],
  ['limits.onlineMicroBusinessFen', 10_000_000_00, 'OnlineMicroloan'],
  ['limits.bulletConsumerMonths', 12],
  ['limits.consumerMonths', 60],
  ['limits.consumerMonthsStaged', 84, 'Bank'],
  ['limits.selfPayFen', 300_000_00],
  ['limits.selfPayStagedFen', 500_000_00, 'Bank'],
  ['penalty.overdueUplift', ['0.30', '0.50']],
  ['penalty.misuseUplift', ['0.50', '1.00']],
  ['penalty.totalCapAnnual', '0.24'],
  ['penalty.compound', false],
  ['allocation.order', ['EnforcementCost', 'Penalty', 'Fee', 'Interest', 'Principal']],
  ['classification.attentionDays', 1],
  ['classification.technicalDelayDays', 7],
  ['classification.substandardDays', 90],
  ['classification.doubtfulDays', 270],
  ['classification.lossDays', 360],
  ['collect.timeZone', 'Asia/Shanghai'],
  ['collect.quietHours', ['22:00', '08:00']],
  ['collect.notifyConnectedPerDay', 3],
  ['collect.effectivePerDay', 3],
  ['collect.attemptsPerNumberPerDay', 6],
  ['collect.smsPerDay', 2],
  ['collect.visitPerDay', 1],
  ['collect.visitMinStaff', 2],
  ['collect.lostDials', 3],
  ['collect.lostDays', 3],
  ['collect.recordYears', 5],
  ['complaint.days', 15],
  ['complaint.complexDays', 30],
  ['complaint.specialDays', 60],
  ['credit.disputeDays', 20],
  ['credit.badInfoNoticeDays', 7],
  ['retention.kycYears', 10],
  ['retention.transactionYears', 10],
  ['retention.contractYears', 10],
  ['retention.impactAssessmentYears', 3],
  ['retention.sharingLogYears', 3],
  ['retention.logDays', 400],
  ['age.min', 18],
];

const date = '2026-11-23';

describe('the policy pack', () => {
  it.each(expected)('has %s = %o for %s, with source, certainty and date', (...row) => {
    const [path, value, lenderType] = row;
    const leaf = policyPack.leaves.find(
      (candidate) =>
        candidate.path === path &&
        candidate.lenderType === lenderType &&
        candidate.effectiveFrom <= date &&
        date <= (candidate.effectiveTo ?? date),
    );
    expect(leaf).toMatchObject({
      value,
      source: expect.stringMatching(/.{4}/) as string,
      certainty: expect.stringMatching(/^[ABCU]$/) as string,
      effectiveFrom: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string,
    });
  });
});

/** Numbers so particular that they mean the rule wherever they stand: caps of today and of before, limits, quiet hours. */
const particular: ReadonlySet<string> = new Set([
  ...['0.24', '0.36', '0.154'],
  ...[200_000_00, 300_000_00, 500_000_00, 10_000_000_00].map(String),
  ...['22:00', '08:00'],
]);
/** Rates are decimal strings in this project: as a string these are a cap or an uplift of the pack. */
const particularTexts: ReadonlySet<string> = new Set(['0.25', '0.3', '0.5']);

/** Beside the words of a leaf's own name its number is the rule; beside these words too. */
const alsoForbidden: readonly Forbidden[] = [
  ...forbiddenBeside(['past due', 'overdue', 'dpd'], [7, 90, 91, 270, 271, 360, 361]),
  ...forbiddenBeside(['term month', 'month max'], [60, 84]),
  ...forbiddenBeside(
    ['contact today', 'attempt today', 'dial today', 'sms today', 'visit today', 'connected'],
    [2, 3, 6],
  ),
  ...forbiddenBeside(['complaint', 'dispute'], [15, 20, 30, 60]),
  ...forbiddenBeside(['retention year', 'record year', 'keep year', 'kept year'], [3, 5, 10]),
  ...forbiddenBeside(['lpr', 'multiple'], [4]),
  ...forbiddenBeside(['uplift'], [0.3, 0.5, 1, 3000, 5000]),
  ...forbiddenBeside(['cap', 'cost', 'rate'], [24, 36, 15.4, 2400, 3600, 1540]),
  ...forbiddenBeside(['basis point'], [2400, 3600, 1540]),
];

function forbiddenBeside(names: readonly string[], values: readonly number[]): Forbidden[] {
  return names.flatMap((name) =>
    values.map((value) => ({ value: String(value), words: name.split(' ') })),
  );
}

/** What is counted up by one or begins at one is a count, not the rule that there may be one a day. */
const counts: ReadonlySet<string> = new Set([
  'collect.visitPerDay',
  'collect.promiseGraceDays',
  'reminder.daysBefore',
]);
const forbidden = [
  ...policyPack.leaves.filter(({ path }) => !counts.has(path)).flatMap(forbiddenBy),
  ...alsoForbidden,
];

/** Where such a number is something else, and what. */
const exceptions: readonly (readonly [file: string, text: string, because: string])[] = [];

function sourceFiles(folder: string): string[] {
  return readdirSync(new URL(`../../../${folder}/`, import.meta.url), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith('.ts'));
}

function offences(file: string, text: string): string[] {
  return literalsOf(text)
    .filter(
      (literal) =>
        particular.has(literal.value) ||
        (literal.isText && particularTexts.has(literal.value)) ||
        forbidden.some((each) => isBeside(literal, each)),
    )
    .filter(
      ({ line }) => !exceptions.some(([place, known]) => place === file && line.includes(known)),
    )
    .map(({ line }) => `${file}: ${line}`);
}

describe('the code', () => {
  const files = ['domain', 'functions', 'lib'].flatMap(sourceFiles);

  it('writes no number of the pack itself', () => {
    const found = files.flatMap((file) =>
      offences(file, readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')),
    );
    expect(found).toEqual([]);
    expect(files.length).toBeGreaterThan(200);
  });

  const numbered = policyPack.leaves
    .filter(({ path }) => !counts.has(path))
    .filter((leaf) => forbiddenBy(leaf).length > 0);
  it.each(numbered)('would be caught writing $path itself', ({ path, value }) => {
    const last = path.split('.').at(-1) ?? path;
    const isTelling =
      /^[a-z]/i.test(last) &&
      forbiddenBy({ path: last, value }).every(({ words }) => words.length > 0);
    const name = isTelling ? last : path.replace('.', '_');
    const [first] = Array.isArray(value) ? value : [value];

    for (const line of [
      `const ${name} = ${String(first)};`,
      `const settings = { ${name}: ${String(first)} };`,
      `if (${String(first)} <\n  facts.${name}) return true;`,
      `export const X = z.object({ ${name}: z.number().default(${String(first)}) });`,
      `function f(${name} = ${String(first)}) {}`,
    ])
      expect(offences('domain/example.ts', line), line).toHaveLength(1);
  });

  it.each([
    'if (allInCost > 0.24) return true;',
    'if (allInCost > 0.36) return true;',
    'return rate > .154;',
    "const cap = '0.24';",
    "const cap = '24%';",
    "const old = '36 %';",
    "const old = '15.4%';",
    'const cap = 24 / 100;',
    'const cap = { numerator: 24, denominator: 100 };',
    'const cap = { numerator: 3600, denominator: 10_000 };',
    'const capPercent = 24;',
    'const capBasisPoints = 2400;',
    'const target = lpr1y * 4;',
    'const target = 4 * policy.lpr;',
    'const LIMIT_FEN = 200_000_00;',
    'const LIMIT_FEN = 20000000;',
    'if (daysPastDue > 90) return true;',
    'if (90 < daysPastDue) return true;',
    'if (daysPastDue >\n 90) return true;',
    'if (ageYears < 18) decline();',
    'if (termMonths > 60) decline();',
    'if (readSeconds < 10) refuse();',
    'if (contactsToday >= 3) refuse();',
    "const quiet = ['22:00', '08:00'];",
    'const quiet = `22:00`;',
    "capAnnual: Share.default('0.24'),",
    "uplift: Share.default('0.5'),",
    'const LOSS_DAYS = 360;',
    'z.object({ consumerMonths: z.int().default(60) })',
    'const minPartnerShare = 0.3;',
    'const overdueUplift = 0.5;',
    'const retentionYears = 10;',
    'const complaintDays = 15;',
    'const COMPLAINT_DUE_MS = 30 * 86_400_000;',
    'const due = addDays(complaint.receivedOn, 30);',
    'const staleAfterDays = 40;',
    'const lprMultiple = 4;',
    'const consumerMonthsMax = 60;',
    'const minReadSeconds = 10;',
    'const smsPerDay = 2;',
    'const lossDays = 360;',
    'const logDays = 400;',
    'const minAge = 18;',
  ])('would be caught writing: %s', (line) => {
    expect(offences('domain/example.ts', line).length).toBeGreaterThan(0);
  });

  it.each(['const DAYS = 90;', '// above 0.24 the rule cuts', 'rows.length > 12;'])(
    'is not caught for: %s',
    (line) => {
      expect(offences('domain/example.ts', line)).toEqual([]);
    },
  );
});
