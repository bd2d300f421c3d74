import type { BenchLoan } from './arithmetic-peers.ts';

/** What a level schedule is, in whole fen, by big integers alone: annuity rounded once, half up, residue in the last row. */
export function oracleRows(
  { principalFen, ratePpm, installments }: BenchLoan,
  visit: (row: number, principal: number, interest: number) => void,
): void {
  const q = 12_000_000n;
  const p = BigInt(ratePpm);
  const principal = BigInt(principalFen);
  const n = BigInt(installments);
  const growth = (q + p) ** n;
  const level =
    p === 0n ? halfUp(principal, n) : halfUp(principal * p * growth, q * (growth - q ** n));
  let balance = principal;
  for (let row = 0; row < installments; row++) {
    const interest = halfUp(balance * p, q);
    const wanted = level > interest ? level - interest : 0n;
    const part = row === installments - 1 || wanted > balance ? balance : wanted;
    visit(row, Number(part), Number(interest));
    balance -= part;
  }
}

function halfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

/** The rate at which flows, one a period, are worth nothing: by bisection, as far as a double goes. */
export function oracleRate(flows: readonly number[]): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    const x = 1 / (1 + middle);
    if (flows.reduceRight((worth, flow) => worth * x + flow, 0) > 0) low = middle;
    else high = middle;
  }
}

/** A small generator, so that every run sees the same loans and prints the seed that made them. */
export function randomLoans(
  count: number,
  seed: number,
  installmentsOf: (draw: () => number) => number,
): BenchLoan[] {
  let state = seed;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, () => ({
    principalFen: 100_000 + Math.floor(draw() * 30_000_000),
    ratePpm: 10_000 + Math.floor(draw() * 230_000),
    installments: installmentsOf(draw),
  }));
}
