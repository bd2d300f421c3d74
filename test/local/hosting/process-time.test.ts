import { describe, expect, it } from 'vitest';
import { cpuMsOf, millisecondsIn, ticksIn } from '#local/hosting/process-time.ts';

describe('process time', () => {
  it('grows while this process works, and is unknown of a process that is none', () => {
    const before = cpuMsOf(process.pid) ?? Number.NaN;
    for (const until = process.cpuUsage().user + 60_000; process.cpuUsage().user < until;);
    expect((cpuMsOf(process.pid) ?? Number.NaN) - before).toBeGreaterThanOrEqual(40);
    expect(cpuMsOf(4_194_305)).toBeUndefined();
  });

  it('reads a stat line whose name looks like its fields', () => {
    const stat = '12 (a ) S 9 (b) S 1 12 12 0 -1 4194560 1 2 3 4 150 25 6 7 20 0';
    expect(ticksIn(stat)).toBe(175);
  });

  it.each([
    ['0:00.07', 70],
    ['3:04.56\n', 184_560],
    ['02:03:04', 7_384_000],
    ['1-02:03:04', 93_784_000],
  ])('reads %j of ps', (time, ms) => {
    expect(millisecondsIn(time)).toBe(ms);
  });
});
