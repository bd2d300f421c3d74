import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { digestEveryStartDate } from './schedule-digest.ts';

/** Property Z1. */
describe('quotes of every start date from 2020 to 2050', () => {
  const here = digestEveryStartDate();

  it('are 11,323', () => {
    expect(here.dates).toBe(11_323);
  });

  it.each(['UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Apia'])(
    'Z1: are the same bytes where the process runs in %s',
    async (zone) => {
      const program = fileURLToPath(new URL('schedule-digest.ts', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [program], {
        env: { ...process.env, TZ: zone },
      });
      expect(JSON.parse(stdout)).toEqual(here);
    },
  );
});
