/**
 * npm run bench:arithmetic [-- --rounds 60 --oracle 1000000 --json --assert]
 *
 * Installs the npm packages that compute a schedule or a rate of return into a temporary folder and measures them beside
 * ours on the same loans, round by round in turn, medians. Then checks every row of ours against big integers, and what
 * a file of 10,000 loans costs on the command line. Figures depend on the machine; the ratios are what counts. With
 * --assert a goal that is missed ends it with a status that is not zero.
 */
import { parseArgs } from 'node:util';
import { planLoan } from '../../domain/lending/loan-plan.ts';
import {
  allocateSchedules,
  portfolioDueDays,
  schedulePortfolio,
} from '../../domain/lending/portfolio.ts';
import { internalRate, internalRateByDate } from '../../domain/lending/rate-of-return.ts';
import { buildSchedule, schedulePlan } from '../../domain/lending/schedule.ts';
import { parseTerms, type Terms } from '../../domain/lending/terms.ts';
import { oracleRate, oracleRows, randomLoans } from './arithmetic-oracle.ts';
import { installPeers, type BenchLoan, type PeerSchedule, type Peers } from './arithmetic-peers.ts';
import { quoteFileCost, type QuoteFileCost } from './arithmetic-quote-file.ts';

const LOANS = 512;
const RATE_ROUNDS_PER_ROUND = 4;
const SEED = 20_261_124;
/** Everybody runs this long before anything is timed: what is compiled late would be timed half in the interpreter. */
const WARM_UP_MS = 150;

interface Speed {
  name: string;
  perSecond: number;
}
interface Accuracy {
  name: string;
  principalSumsPercent: number;
  rowsExactPercent: number;
  worstFen: number;
}
interface Comparison {
  installments: number;
  schedules: Speed[];
  rates: Speed[];
  accuracy: Accuracy[];
  rateErrors: { name: string; worst: number }[];
}
interface Goal {
  goal: string;
  measured: number;
  atLeast: number;
}

function termsOf(loan: BenchLoan): Terms {
  return parseTerms({
    principalFen: loan.principalFen,
    annualRate: (loan.ratePpm / 1_000_000).toFixed(6),
    disbursedOn: '2026-01-31',
    installments: loan.installments,
    method: 'EqualInstallment',
  });
}

function portfolioOf(loans: readonly BenchLoan[]) {
  return {
    principalFen: Float64Array.from(loans, (loan) => loan.principalFen),
    ratePpm: Int32Array.from(loans, (loan) => loan.ratePpm),
    installments: Int32Array.from(loans, (loan) => loan.installments),
  };
}

function warmUp(run: () => void): void {
  const until = performance.now() + WARM_UP_MS;
  while (performance.now() < until) run();
}

/** Runs all contenders in turn, so that a slow moment of the machine is shared; medians of loans a second. */
function race(contenders: Record<string, () => void>, rounds: number): Speed[] {
  for (const run of Object.values(contenders)) warmUp(run);
  const times = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const startedAt = process.hrtime.bigint();
      run();
      times.get(name)?.push(Number(process.hrtime.bigint() - startedAt));
    }
  }
  return [...times].map(([name, all]) => {
    const median = all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
    return { name, perSecond: Math.round((LOANS * 1e9) / median) };
  });
}

function compare(peers: Peers, installments: number, rounds: number): Comparison {
  const loans = randomLoans(LOANS, SEED, () => installments);
  const terms = loans.map(termsOf);
  const plans = terms.map(planLoan);
  const portfolio = portfolioOf(loans);
  const columns = allocateSchedules(portfolio);
  const days = Int32Array.from(plans, (plan) => plan.disbursedDay);
  const dueDays = portfolioDueDays(columns, days);
  const flows = plans.map((plan) => [
    -plan.terms.principalFen,
    ...schedulePlan(plan).rows.map((row) => row.totalFen),
  ]);
  const dated = plans.map((plan) => [
    { days: 0, amount: -plan.terms.principalFen, when: new Date(plan.disbursedDay * 86_400_000) },
    ...schedulePlan(plan).rows.map(({ dueDay, totalFen }) => ({
      days: dueDay - plan.disbursedDay,
      amount: totalFen,
      when: new Date(dueDay * 86_400_000),
    })),
  ]);
  const peerRuns = Object.entries(peers.schedules).map(
    ([name, { run }]) =>
      [
        name,
        () => {
          loans.forEach((loan) => void run(loan));
        },
      ] as const,
  );
  const schedules = race(
    {
      'ours, columns': () => void schedulePortfolio(portfolio, columns),
      'ours, columns with due days': () => {
        schedulePortfolio(portfolio, columns);
        portfolioDueDays(columns, days, dueDays);
      },
      'ours, rows with due days': () => {
        plans.forEach((plan) => void schedulePlan(plan));
      },
      'ours, rows from text terms': () => {
        terms.forEach((one) => void buildSchedule(one));
      },
      ...Object.fromEntries(peerRuns),
    },
    rounds,
  );
  const rates = race(
    {
      'ours, IRR': () => {
        flows.forEach((flow) => void internalRate(flow));
      },
      'node-irr': () => {
        flows.forEach((flow) => void peers.irr(flow));
      },
      'ours, XIRR': () => {
        dated.forEach((flow) => void internalRateByDate(flow));
      },
      xirr: () => {
        dated.forEach((flow) => void peers.xirr(flow));
      },
    },
    // A round of these takes microseconds: rounds enough for all of them to be compiled.
    RATE_ROUNDS_PER_ROUND * rounds,
  );
  return {
    installments,
    schedules,
    rates,
    accuracy: [
      accuracyOf('ours, rows', ourRows, loans),
      ...Object.entries(peers.schedules).map(([name, { read }]) => accuracyOf(name, read, loans)),
    ],
    rateErrors: [
      { name: 'ours, IRR', worst: worstRate(flows, (flow) => internalRate(flow) ?? Number.NaN) },
      { name: 'node-irr', worst: worstRate(flows, peers.irr) },
    ],
  };
}

const ourRows: PeerSchedule = (loan) => {
  const { rows } = schedulePlan(planLoan(termsOf(loan)));
  return {
    principal: rows.map((row) => row.principalFen / 100),
    interest: rows.map((row) => row.interestFen / 100),
  };
};

/** Figures of a package to the nearest fen against the exact ones. */
function accuracyOf(name: string, read: PeerSchedule, loans: readonly BenchLoan[]): Accuracy {
  let sums = 0;
  let exact = 0;
  let worstFen = 0;
  for (const loan of loans) {
    const { principal, interest } = read(loan);
    const fen = principal.map((yuan) => Math.round(yuan * 100));
    if (fen.reduce((sum, part) => sum + part, 0) === loan.principalFen) sums++;
    let worst = 0;
    oracleRows(loan, (row, part, due) => {
      const off = Math.abs((fen[row] ?? 0) - part);
      worst = Math.max(worst, off, Math.abs(Math.round((interest[row] ?? 0) * 100) - due));
    });
    if (worst === 0) exact++;
    worstFen = Math.max(worstFen, worst);
  }
  const percent = (count: number): number => Math.round((count * 1000) / loans.length) / 10;
  return { name, principalSumsPercent: percent(sums), rowsExactPercent: percent(exact), worstFen };
}

function worstRate(flows: readonly number[][], solve: (flow: number[]) => number): number {
  return Math.max(...flows.map((flow) => Math.abs(solve(flow) - oracleRate(flow))));
}

/** Rows that differ from the big integers, of the objects and of the columns; none is the only good answer. */
function countDifferences(count: number): { loans: number; rows: number; different: number } {
  let rows = 0;
  let different = 0;
  const block = 4000;
  for (let done = 0; done < count; done += block) {
    const loans = randomLoans(
      Math.min(block, count - done),
      SEED + done,
      (draw) => 1 + Math.floor(draw() * 60),
    );
    const portfolio = portfolioOf(loans);
    const columns = schedulePortfolio(portfolio);
    for (const [index, loan] of loans.entries()) {
      const objects = schedulePlan(planLoan(termsOf(loan))).rows;
      const start = columns.starts[index] ?? 0;
      rows += loan.installments;
      oracleRows(loan, (row, part, due) => {
        const object = objects[row];
        const isSame =
          object?.principalFen === part &&
          object.interestFen === due &&
          columns.principalFen[start + row] === part &&
          columns.interestFen[start + row] === due;
        if (!isSame) different++;
      });
    }
  }
  return { loans: count, rows, different };
}

function goalsOf(
  comparisons: readonly Comparison[],
  file: QuoteFileCost,
  different: number,
): Goal[] {
  const goals = comparisons.flatMap(({ installments, schedules, rates, rateErrors }): Goal[] => {
    const speedOf = (name: string): number =>
      [...schedules, ...rates].find((speed) => speed.name === name)?.perSecond ?? Number.NaN;
    const fastest = Math.max(...['amortization', 'loanjs', 'financial'].map(speedOf));
    const own = rateErrors.find(({ name }) => name === 'ours, IRR');
    const isExact = own !== undefined && own.worst <= 1e-12;
    const goal = (name: string, measured: number, atLeast: number): Goal => ({
      goal: `${installments} months: ${name}`,
      measured: Math.round(measured * 100) / 100,
      atLeast,
    });
    return [
      goal('rows / fastest peer', speedOf('ours, rows with due days') / fastest, 0.8),
      goal('columns / fastest peer', speedOf('ours, columns') / fastest, 4),
      goal(
        'rows / decimal.js',
        speedOf('ours, rows with due days') / speedOf('decimal.js (exact)'),
        40,
      ),
      goal('IRR / node-irr', speedOf('ours, IRR') / speedOf('node-irr'), 3),
      goal('XIRR / xirr', speedOf('ours, XIRR') / speedOf('xirr'), 3),
      goal('IRR right to 1e-12', isExact ? 1 : 0, 1),
    ];
  });
  return [
    ...goals,
    { goal: 'rows equal to the oracle', measured: different === 0 ? 1 : 0, atLeast: 1 },
    {
      goal: 'CPU seconds under one for a file of 10,000',
      measured: file.cpuSeconds < 1 ? 1 : 0,
      atLeast: 1,
    },
  ];
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    oracle: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
  },
});
const peers = await installPeers();
try {
  const rounds = Number(values.rounds);
  const comparisons = [12, 36].map((installments) => compare(peers, installments, rounds));
  const oracle = countDifferences(Number(values.oracle));
  const file = await quoteFileCost(10_000);
  const goals = goalsOf(comparisons, file, oracle.different);
  if (values.json) console.log(JSON.stringify({ comparisons, oracle, file, goals }, undefined, 2));
  else {
    for (const { installments, schedules, rates, accuracy, rateErrors } of comparisons) {
      console.log(`\n${String(installments)} months, loans a second`);
      console.table([...schedules, ...rates]);
      console.table(accuracy);
      console.table(rateErrors);
    }
    console.log('\nagainst big integers');
    console.table([oracle]);
    console.log('\nzhudai quote, a file of 10,000 loans');
    console.table([file]);
    console.log('\ngoals');
    console.table(goals.map((goal) => ({ ...goal, met: goal.measured >= goal.atLeast })));
  }
  const missed = goals.filter((goal) => !(goal.measured >= goal.atLeast));
  for (const { goal, measured, atLeast } of missed) {
    console.error(`missed: ${goal} is ${String(measured)}, not ${String(atLeast)}`);
  }
  if (values.assert && missed.length > 0) process.exitCode = 1;
} finally {
  await peers.remove();
}
