import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyPack } from '../catalog-files.ts';

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

/** A number of the pack, however it is grouped: 20000000, 200_000_00. */
function literal(value: number): string {
  return Array.from(String(value)).join('_?');
}

/** Numbers so particular that they mean the rule wherever they stand. */
const particular = [
  String.raw`0\.24(?:00)?`,
  String.raw`'0\.(?:24|25|30|50)(?:00)?'`,
  ...[200_000_00, 300_000_00, 500_000_00, 10_000_000_00].map(literal),
  "'(?:22|08):00'",
];
/** Common numbers mean the rule where they stand beside what the rule is about, compared, assigned or by default. */
const subjects: readonly (readonly [subject: string, numbers: string])[] = [
  ['(?:dayspastdue|overduedays|dpd)\\w*', '(?:1|7|90|91|270|271|360|361)'],
  ['(?:attention|technicaldelay|substandard|doubtful|loss)days\\w*', '(?:1|7|90|270|360)'],
  ['\\w*age(?:years|min)?', '18'],
  ['\\w*minage\\w*', '18'],
  ['(?:term|max|consumer|bullet)\\w*months\\w*', '(?:12|60|84)'],
  ['\\w*readseconds\\w*', '10'],
  ['\\w*(?:contacts|attempts|dials|sms|visits?|connected|effective)(?:perday|today)\\w*', '[1236]'],
  ['lost(?:dials|days)\\w*', '3'],
  ['\\w*(?:dispute|complaint|complex|special)\\w*days\\w*', '(?:15|20|30|60)'],
  ['\\w*noticedays\\w*', '7'],
  ['\\w*(?:retention|record|kyc|transaction|contract|impact|sharing)\\w*years\\w*', '(?:3|5|10)'],
  ['log\\w*days\\w*', '400'],
  ['\\w*staleafterdays\\w*', '40'],
  ['\\w*multiple\\w*', '4'],
  ['\\w*(?:minpartner|joint)\\w*share\\w*', '0\\.(?:30?|50?)'],
  ['\\w*(?:singlepartner|oftier1|ofloans)\\w*', '0\\.(?:25|50?)'],
  ['\\w*uplift\\w*', '(?:0\\.30?|0\\.50?|1(?:\\.0+)?)'],
];
const beside = String.raw`\s*(?:<=?|>=?|===|!==|=|:|\?\?)\s*(?:[\w.()]+\.default\()?`;
const patterns = particular.map((number) => new RegExp(String.raw`(?<![\w.])${number}(?![\w.])`));
const named = subjects.map(
  ([subject, number]) => new RegExp(String.raw`(?<![\w.])${subject}${beside}${number}(?![\w.])`),
);

/** A line in one way of writing names and numbers: LOSS_DAYS and lossDays, 20_000 and 20000. */
function plain(line: string): string {
  return line.replaceAll('_', '').toLowerCase();
}

function isOffence(line: string): boolean {
  return (
    patterns.some((pattern) => pattern.test(line)) ||
    named.some((pattern) => pattern.test(plain(line)))
  );
}

/** Where such a number is something else, and what. */
const exceptions: readonly (readonly [file: string, text: string, because: string])[] = [
  [
    'domain/applications/application.ts',
    '.max(1_000_000_000_00)',
    'the largest revenue the schema takes, no rule',
  ],
  [
    'domain/catalog/product.ts',
    'z.int().min(18)',
    'a product for minors cannot even be written; the age itself is judged by the pack',
  ],
];

function sourceFiles(folder: string): string[] {
  return readdirSync(new URL(`../../../${folder}/`, import.meta.url), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith('.ts'));
}

function offences(file: string, text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line))
    .filter(isOffence)
    .filter((line) => !exceptions.some(([place, known]) => place === file && line.includes(known)))
    .map((line) => `${file}: ${line.trim()}`);
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

  it.each([
    'if (allInCost > 0.24) return true;',
    "const cap = '0.24';",
    'const LIMIT_FEN = 200_000_00;',
    'const LIMIT_FEN = 20000000;',
    'if (daysPastDue > 90) return true;',
    'if (ageYears < 18) decline();',
    'if (termMonths > 60) decline();',
    'if (readSeconds < 10) refuse();',
    'if (contactsToday >= 3) refuse();',
    "const quiet = ['22:00', '08:00'];",
    "capAnnual: Share.default('0.24'),",
    'const LOSS_DAYS = 360;',
    'z.object({ consumerMonths: z.int().default(60) })',
    'const minPartnerShare = 0.3;',
    'const overdueUplift = 0.5;',
    'const retentionYears = 10;',
    'const complaintDays = 15;',
    'const staleAfterDays = 40;',
    'const lprMultiple = 4;',
    'const consumerMonthsMax = 60;',
    'const minReadSeconds = 10;',
    'const smsPerDay = 2;',
    'const lossDays = 360;',
    'const logDays = 400;',
    'const minAge = 18;',
  ])('would be caught writing: %s', (line) => {
    expect(offences('domain/example.ts', line)).toHaveLength(1);
  });

  it.each(['const DAYS = 90;', '// above 0.24 the rule cuts', 'rows.length > 12'])(
    'is not caught for: %s',
    (line) => {
      expect(offences('domain/example.ts', line)).toEqual([]);
    },
  );
});
