/** The fitted line: logarithm of the odds of good = intercept + sum of weight × column. */
export interface Regression {
  readonly intercept: number;
  readonly weights: readonly number[];
  readonly iterations: number;
}

export interface RegressionLimits {
  /** Ridge on the weights, not on the intercept. */
  readonly ridge: number;
  readonly iterationsMax: number;
  /** Done when no coefficient moves by more than this. */
  readonly tolerance: number;
}

/**
 * Logistic regression by Newton's method (iteratively reweighted least squares) with a ridge. Starts from nothing, halves
 * a step that makes the fit worse, and so gives the same answer for the same numbers on every machine.
 */
export function fitLogistic(
  columns: readonly Float64Array[],
  isGood: readonly boolean[],
  limits: RegressionLimits,
): Regression {
  const size = columns.length + 1;
  let beta = new Float64Array(size);
  let loss = lossOf(columns, isGood, { beta, ridge: limits.ridge });
  for (let iteration = 1; iteration <= limits.iterationsMax; iteration += 1) {
    const step = newtonStep(columns, isGood, { beta, ridge: limits.ridge });
    let scale = 1;
    let next = moved(beta, step, scale);
    let nextLoss = lossOf(columns, isGood, { beta: next, ridge: limits.ridge });
    while (nextLoss > loss && scale > 1e-6) {
      scale /= 2;
      next = moved(beta, step, scale);
      nextLoss = lossOf(columns, isGood, { beta: next, ridge: limits.ridge });
    }
    const moves = Math.max(...step.map((value) => Math.abs(value * scale)));
    beta = next;
    loss = nextLoss;
    if (moves <= limits.tolerance) return regressionOf(beta, iteration);
  }
  throw new Error(`the regression does not settle within ${limits.iterationsMax} iterations`);
}

interface Coefficients {
  readonly beta: Float64Array;
  readonly ridge: number;
}

function regressionOf(beta: Float64Array, iterations: number): Regression {
  return { intercept: beta[0] ?? 0, weights: [...beta.subarray(1)], iterations };
}

function moved(beta: Float64Array, step: Float64Array, scale: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(beta, (value, at) => value + scale * (step[at] ?? 0));
}

function linear(columns: readonly Float64Array[], beta: Float64Array, rows: number): Float64Array {
  const sums = new Float64Array(rows).fill(beta[0] ?? 0);
  for (const [at, column] of columns.entries()) {
    const weight = beta[at + 1] ?? 0;
    for (let row = 0; row < rows; row += 1)
      sums[row] = (sums[row] ?? 0) + weight * (column[row] ?? 0);
  }
  return sums;
}

/** Minus the logarithm of the likelihood, and the ridge. */
function lossOf(
  columns: readonly Float64Array[],
  isGood: readonly boolean[],
  { beta, ridge }: Coefficients,
): number {
  const sums = linear(columns, beta, isGood.length);
  let loss = 0;
  for (const [row, sum] of sums.entries()) {
    // ln(1 + e^x) without overflow.
    const signed = isGood[row] === true ? -sum : sum;
    loss += Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed)));
  }
  for (const weight of beta.subarray(1)) loss += (ridge / 2) * weight * weight;
  return loss;
}

function newtonStep(
  columns: readonly Float64Array[],
  isGood: readonly boolean[],
  { beta, ridge }: Coefficients,
): Float64Array {
  const rows = isGood.length;
  const size = columns.length + 1;
  const sums = linear(columns, beta, rows);
  const residual = new Float64Array(rows);
  const curvature = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const chance = 1 / (1 + Math.exp(-(sums[row] ?? 0)));
    residual[row] = (isGood[row] === true ? 1 : 0) - chance;
    curvature[row] = chance * (1 - chance);
  }
  const ones = new Float64Array(rows).fill(1);
  const all = [ones, ...columns];
  const gradient = Float64Array.from(
    all,
    (column, at) => dot(column, residual) - (at === 0 ? 0 : ridge * (beta[at] ?? 0)),
  );
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  for (const [at, column] of all.entries()) {
    const weighted = column.map((value, row) => value * (curvature[row] ?? 0));
    for (let other = 0; other <= at; other += 1) {
      const value = dot(weighted, all[other] ?? ones) + (at === other && at > 0 ? ridge : 0);
      set(hessian, [at, other], value);
      set(hessian, [other, at], value);
    }
  }
  return solve(hessian, gradient);
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < left.length; row += 1) sum += (left[row] ?? 0) * (right[row] ?? 0);
  return sum;
}

function set(
  matrix: readonly Float64Array[],
  [row, column]: readonly [number, number],
  value: number,
): void {
  const line = matrix[row];
  if (line !== undefined) line[column] = value;
}

/** Solves a symmetric positive definite system (Cholesky). */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const at = (row: number, column: number): number => lower[row]?.[column] ?? 0;
  const lower = matrix.map(() => new Float64Array(size));
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row]?.[column] ?? 0;
      for (let k = 0; k < column; k += 1) sum -= at(row, k) * at(column, k);
      if (row === column && sum <= 0)
        throw new Error('the regression has no single answer: its columns depend on each other');
      set(lower, [row, column], row === column ? Math.sqrt(sum) : sum / at(column, column));
    }
  const forward = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    let sum = right[row] ?? 0;
    for (let k = 0; k < row; k += 1) sum -= at(row, k) * (forward[k] ?? 0);
    forward[row] = sum / at(row, row);
  }
  const answer = new Float64Array(size);
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = forward[row] ?? 0;
    for (let k = row + 1; k < size; k += 1) sum -= at(k, row) * (answer[k] ?? 0);
    answer[row] = sum / at(row, row);
  }
  return answer;
}
