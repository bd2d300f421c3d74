/**
 * npm run test:mutation:each [-- lending/cost shared/money]
 *
 * Changes one operator after the other in a module of the arithmetic and runs the tests named for it, module by module:
 * a module may not hide behind the others, and a run over all of them takes minutes. Prints the share of changes that a
 * test notices, and ends with a status that is not zero when a module is below 90 %.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import * as z from 'zod';

const LEAST_PERCENT = 90;
const REPORT = '.stryker/mutation.json';

/** Servicing is played through whole loans: each module by the tests of all. */
const servicing = [
  'allocate-payment',
  'penalty',
  'prepay',
  'restructure',
  'payoff',
  'replay',
  'published-lifecycles',
].map((test) => `lending/servicing/${test}`);

/** Modules of `domain/` and the tests of `test/domain/` that must notice. */
const testsOf: Readonly<Record<string, readonly string[]>> = {
  'shared/money': ['shared/money', 'lending/share-amount'],
  'shared/calendar': ['shared/calendar', 'lending/quote'],
  'shared/present': ['shared/present'],
  'lending/annual-rate': [
    'lending/terms',
    'lending/quote',
    'lending/published-schedules',
    'lending/level-installment',
  ],
  'lending/cost': ['lending/cost'],
  'lending/due-days': ['lending/quote', 'lending/published-schedules'],
  'lending/interest': ['lending/interest'],
  'lending/judge-cost': ['lending/cost'],
  'lending/level-installment': [
    'lending/level-installment',
    'lending/quote',
    'lending/published-installments',
    'lending/published-schedules',
  ],
  'lending/loan-plan': ['lending/quote'],
  'lending/period-factors': ['lending/period-factors', 'lending/schedule'],
  'lending/portfolio': ['lending/portfolio'],
  'lending/quote': ['lending/quote'],
  'lending/rate-of-return': ['lending/rate-of-return'],
  'lending/schedule': ['lending/schedule', 'lending/quote', 'lending/published-schedules'],
  'lending/schedule-rows': ['lending/quote', 'lending/published-schedules'],
  'lending/share-amount': ['lending/share-amount'],
  'lending/terms': ['lending/terms'],
  'lending/year-fraction': ['lending/period-factors', 'lending/quote', 'lending/servicing/payoff'],
  'lending/servicing/accrual-calendar': servicing,
  'lending/servicing/allocate-payment': servicing,
  'lending/servicing/delinquency': ['lending/servicing/delinquency'],
  'lending/servicing/installment': servicing,
  'lending/servicing/loan-book': servicing,
  'lending/servicing/loan-event': ['lending/servicing/loan-event'],
  'lending/servicing/payoff': servicing,
  'lending/servicing/penalty-rate': ['lending/servicing/penalty'],
  'lending/servicing/prepay': servicing,
  'lending/servicing/replan': servicing,
  'lending/servicing/replay': servicing,
  'lending/servicing/restructure': servicing,
  'lending/servicing/service-policy': [
    'lending/servicing/service-policy',
    'lending/servicing/allocate-payment',
  ],
};

const Report = z.object({
  files: z.record(z.string(), z.object({ mutants: z.array(z.object({ status: z.string() })) })),
});

type Score = { readonly module: string; readonly noticed: number; readonly changes: number };

/** Changes that do not even load are no changes; one that hangs a test is noticed by it. */
function scoreOf(module: string): Score {
  const report = Report.parse(JSON.parse(readFileSync(REPORT, 'utf8')));
  const statuses = report.files[`domain/${module}.ts`]?.mutants.map(({ status }) => status) ?? [];
  const count = (...wanted: string[]): number =>
    statuses.filter((status) => wanted.includes(status)).length;
  const noticed = count('Killed', 'Timeout');
  return { module, noticed, changes: noticed + count('Survived', 'NoCoverage') };
}

function mutate(module: string, tests: readonly string[]): Score {
  const files = tests.map((test) => `test/domain/${test}.test.ts`);
  rmSync(REPORT, { force: true });
  const run = spawnSync(
    'npx',
    ['stryker', 'run', '--mutate', `domain/${module}.ts`, '--reporters', 'json'],
    { encoding: 'utf8', env: { ...process.env, MUTATION_TESTS: files.join(',') } },
  );
  // Stryker's own threshold breaks the run as well; without a report something else did.
  if (!existsSync(REPORT)) throw new Error(`no score of ${module}:\n${run.stdout}${run.stderr}`);
  return scoreOf(module);
}

const percentOf = ({ noticed, changes }: Score): number => (100 * noticed) / changes;

const asked = process.argv.slice(2);
const unknown = asked.filter((module) => !(module in testsOf));
if (unknown.length > 0) throw new Error(`no tests are named for ${unknown.join(', ')}`);

const scores: Score[] = [];
for (const [module, tests] of Object.entries(testsOf)) {
  if (asked.length > 0 && !asked.includes(module)) continue;
  const score = mutate(module, tests);
  scores.push(score);
  const share = `${percentOf(score).toFixed(1)} %`;
  console.log(`| ${module}.ts | ${share} (${score.noticed} of ${score.changes}) |`);
}
const below = scores.filter((score) => percentOf(score) < LEAST_PERCENT);
for (const { module } of below) console.error(`${module}.ts is below ${LEAST_PERCENT} %`);
process.exitCode = below.length > 0 ? 1 : 0;
