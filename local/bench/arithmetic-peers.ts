import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The packages the figures are held against; none of them is a dependency of the product. */
const peers = {
  amortization: '1.1.1',
  loanjs: '1.1.2',
  financial: '0.2.4',
  'node-irr': '2.0.5',
  xirr: '1.1.0',
  'decimal.js': '10.6.0',
};

/** One loan as every package takes it: money in yuan, the rate in percent. */
export interface BenchLoan {
  readonly principalFen: number;
  readonly ratePpm: number;
  readonly installments: number;
}

/** Principal parts of a schedule in yuan, as the package gives them. */
export type PeerSchedule = (loan: BenchLoan) => { principal: number[]; interest: number[] };

export interface Peers {
  readonly schedules: Record<string, { run: (loan: BenchLoan) => unknown; read: PeerSchedule }>;
  readonly irr: (flows: number[]) => number;
  readonly xirr: (flows: { amount: number; when: Date }[]) => number;
  readonly remove: () => Promise<void>;
}

interface Amortization {
  amortizationSchedule: (
    principal: number,
    years: number,
    ratePct: number,
  ) => { principalPaymentRounded: number; interestPaymentRounded: number }[];
}
interface LoanJs {
  Loan: (...loan: [amount: number, installments: number, ratePct: number, type: string]) => {
    installments: { capital: number; interest: number }[];
  };
}
interface Financial {
  pmt: (rate: number, n: number, pv: number) => number;
  ipmt: (...of: [rate: number, k: number, n: number, pv: number]) => number;
  ppmt: (...of: [rate: number, k: number, n: number, pv: number]) => number;
}
interface Decimal {
  plus(other: Decimal | number): Decimal;
  minus(other: Decimal | number): Decimal;
  times(other: Decimal | number): Decimal;
  div(other: Decimal | number): Decimal;
  pow(exponent: number): Decimal;
  toDecimalPlaces(places: number): Decimal;
  toNumber(): number;
}
type DecimalClass = (new (value: number) => Decimal) & { set: (options: object) => void };

/** Installs the packages into a temporary folder, which `remove` deletes. */
export async function installPeers(): Promise<Peers> {
  const folder = await mkdtemp(join(tmpdir(), 'zhudai-bench-arithmetic-'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const specs = Object.entries(peers).map(([name, version]) => `${name}@${version}`);
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', ...flags, ...specs], { cwd: folder });
  const load = createRequire(join(folder, 'package.json'));
  return {
    schedules: {
      amortization: amortization(load('amortization') as Amortization),
      loanjs: loanjs(load('loanjs') as LoanJs),
      financial: financial(load('financial') as Financial),
      'decimal.js (exact)': exactDecimal(load('decimal.js') as DecimalClass),
    },
    irr: (load('node-irr') as { irr: Peers['irr'] }).irr,
    xirr: load('xirr') as Peers['xirr'],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function amortization({ amortizationSchedule }: Amortization) {
  const run = (loan: BenchLoan) =>
    amortizationSchedule(loan.principalFen / 100, loan.installments / 12, loan.ratePpm / 10_000);
  return {
    run,
    read: (loan: BenchLoan) => ({
      principal: run(loan).map((row) => row.principalPaymentRounded),
      interest: run(loan).map((row) => row.interestPaymentRounded),
    }),
  };
}

function loanjs({ Loan }: LoanJs) {
  const run = ({ principalFen, installments, ratePpm }: BenchLoan) =>
    Loan(principalFen / 100, installments, ratePpm / 10_000, 'annuity').installments;
  return {
    run,
    read: (loan: BenchLoan) => ({
      principal: run(loan).map((row) => row.capital),
      interest: run(loan).map((row) => row.interest),
    }),
  };
}

function financial({ pmt, ipmt, ppmt }: Financial) {
  const run = ({ principalFen, installments, ratePpm }: BenchLoan) => {
    const rate = ratePpm / 12_000_000;
    const pv = principalFen / 100;
    const payment = pmt(rate, installments, pv);
    const principal: number[] = [];
    const interest: number[] = [];
    for (let k = 1; k <= installments; k++) {
      principal.push(-ppmt(rate, k, installments, pv));
      interest.push(-ipmt(rate, k, installments, pv));
    }
    return { payment, principal, interest };
  };
  return { run, read: run };
}

/** The schedule a careful programmer writes with a decimal library: exact, and slow. */
function exactDecimal(Decimal: DecimalClass) {
  Decimal.set({ precision: 40, rounding: 4 });
  const run = ({ principalFen, installments, ratePpm }: BenchLoan) => {
    const rate = new Decimal(ratePpm).div(12_000_000);
    const growth = rate.plus(1).pow(installments);
    const level = new Decimal(principalFen)
      .times(rate)
      .times(growth)
      .div(growth.minus(1))
      .toDecimalPlaces(0);
    let balance = new Decimal(principalFen);
    const principal: number[] = [];
    const interest: number[] = [];
    for (let k = 1; k <= installments; k++) {
      const due = balance.times(rate).toDecimalPlaces(0);
      const part = k === installments ? balance : level.minus(due);
      balance = balance.minus(part);
      principal.push(part.toNumber() / 100);
      interest.push(due.toNumber() / 100);
    }
    return { principal, interest };
  };
  return { run, read: run };
}
