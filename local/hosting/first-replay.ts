import { ConsoleOutput } from '../cli/console-output.ts';
import { replaySamples } from '../cli/replay.ts';
import { describeReplay } from '../cli/replay-summary.ts';
import type { Platform } from './platform.ts';

/** Sends the first sample applications, so that there are loans paid out and tasks waiting to look at. Answers what became of them. */
export async function replayFirst(
  platform: Platform,
  options: {
    count: number;
    isAutoOperated: boolean;
    isManualBorrower: boolean;
    signal: AbortSignal;
  },
): Promise<string> {
  const { baseUrl, partnerKey } = platform;
  const { count, isAutoOperated, isManualBorrower, signal } = options;
  const display = new ConsoleOutput(false).progress(
    `Replaying the first ${count} sample applications`,
  );
  const replay = replaySamples({
    baseUrl,
    partnerKey,
    count,
    isAutoOperated,
    isManualBorrower,
    onProgress: ({ settled, total }) => {
      display.update(settled, total, `${settled} of ${total} through or waiting for a person`);
    },
  });
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  const report = await Promise.race([replay, stopped]);
  // Stopped half-way: the next start sends them again, and those already accepted answer as before.
  replay.catch(() => undefined);
  if (!report) return '';
  display.end('The sample applications are through or waiting for a person');
  await platform.markReplayed();
  return `${describeReplay(report).join('\n')}\n`;
}
