/**
 * npm run bench:decision [-- --seconds 5 --json]
 *
 * Decides the 1,000 German applications again and again on one core, from their kept inputs to the decision with its
 * whole trace, under the shipped policy. Only deciding is timed: the policy is compiled and the inputs are gathered
 * before. Figures depend on the machine.
 */
import { parseArgs } from 'node:util';
import { decideByPolicy } from '../../domain/underwriting/decide-by-policy.ts';
import { shippedSetting } from '../samples/shipped-setting.ts';
import { sampleCase } from '../samples/sample-decision.ts';

const GOAL_PER_SECOND = 10_000;
const SAMPLES = 1000;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
});

const setting = shippedSetting();
const cases = Array.from({ length: SAMPLES }, (_, at) => sampleCase(at, setting).inputs);

/** Rounds over all cases for so many seconds; the seconds each round took. */
function measure(seconds: number): { rounds: number[]; traceLines: number } {
  const rounds: number[] = [];
  let traceLines = 0;
  const endsAt = performance.now() + seconds * 1000;
  while (performance.now() < endsAt) {
    const startedAt = performance.now();
    for (const inputs of cases) traceLines += decideByPolicy(inputs, setting).trace.length;
    rounds.push((performance.now() - startedAt) / 1000);
  }
  return { rounds, traceLines };
}

measure(1);
const { rounds, traceLines } = measure(Number(values.seconds));
const sorted = rounds.toSorted((a, b) => a - b);
const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
const result = {
  decisions: rounds.length * SAMPLES,
  decisionsPerSecond: Math.round(SAMPLES / median),
  slowestRoundPerSecond: Math.round(SAMPLES / (sorted.at(-1) ?? 1)),
  traceLinesPerDecision: traceLines / (rounds.length * SAMPLES),
  goalPerSecond: GOAL_PER_SECOND,
};
console.log(
  values.json
    ? JSON.stringify(result)
    : [
        `${String(result.decisionsPerSecond)} decisions a second on one core, with the trace`,
        `  (median of ${String(rounds.length)} rounds of ${String(SAMPLES)}; the slowest ${String(result.slowestRoundPerSecond)})`,
        `  ${String(result.traceLinesPerDecision)} lines of trace a decision; the goal is ${String(GOAL_PER_SECOND)} a second`,
      ].join('\n'),
);
if (result.decisionsPerSecond < GOAL_PER_SECOND) process.exitCode = 1;
