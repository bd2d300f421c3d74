import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Linux counts the time of processes in hundredths of a second, whatever the kernel's own clock. */
const TICK_MS = 10;

/** Milliseconds of CPU that a process has used; undefined when there is none, or nobody to ask. */
export function cpuMsOf(pid: number): number | undefined {
  try {
    return ticksIn(readFileSync(`/proc/${pid}/stat`, 'utf8')) * TICK_MS;
  } catch {
    const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'time='], { encoding: 'utf8' });
    return stdout ? millisecondsIn(stdout) : undefined;
  }
}

/** Fields 14 and 15 of a stat line, user and system; the name in field 2 may hold blanks and brackets. */
export function ticksIn(stat: string): number {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(afterName[11]) + Number(afterName[12]);
}

/** `1-02:03:04`, `02:03:04` or `3:04.56`, as `ps` prints them. */
export function millisecondsIn(time: string): number {
  const [clock = '', days = '0'] = time.trim().split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}
