import { businessDateOf, daysBetween } from '../../domain/shared/calendar.ts';
import { sendRaw } from '../sandbox/http-json.ts';

/** Everything due in between happens before the clock answers: a year of a large portfolio takes its time. */
const PATIENCE_MS = 4 * 3_600_000;
const LOOK_EVERY_MS = 500;

export interface Advance {
  readonly from: string;
  readonly now: string;
  /** Business dates that began on the way, each closed before the next. */
  readonly days: number;
}

/**
 * Moves the platform's clock and says from when to when. The platform stops at every instant anything waits for and lets
 * it come to rest; meanwhile the clock is looked at, to show how far it is.
 */
export async function advanceClock(
  baseUrl: string,
  advanceSeconds: number,
  onProgress: (done: number, total: number, message: string) => void = () => undefined,
): Promise<Advance> {
  const from = await readClock(baseUrl);
  const days = daysFrom(from, new Date(Date.parse(from) + advanceSeconds * 1000).toISOString());
  const look = setInterval(() => {
    readClock(baseUrl).then(
      (now) => {
        onProgress(daysFrom(from, now), days, businessDateOf(Date.parse(now)));
      },
      () => undefined,
    );
  }, LOOK_EVERY_MS);
  try {
    const now = await moveClock(baseUrl, advanceSeconds);
    onProgress(days, days, businessDateOf(Date.parse(now)));
    return { from, now, days: daysFrom(from, now) };
  } finally {
    clearInterval(look);
  }
}

function daysFrom(from: string, to: string): number {
  return daysBetween(businessDateOf(Date.parse(from)), businessDateOf(Date.parse(to)));
}

async function readClock(baseUrl: string): Promise<string> {
  const { status, text } = await sendRaw({ method: 'GET', url: `${baseUrl}/local/clock` });
  return nowIn(status, text);
}

async function moveClock(baseUrl: string, advanceSeconds: number): Promise<string> {
  const { status, text } = await sendRaw({
    method: 'POST',
    url: `${baseUrl}/local/clock`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds }),
    timeoutMs: PATIENCE_MS,
  });
  return nowIn(status, text);
}

function nowIn(status: number, text: string): string {
  if (status !== 200) throw new Error(`the clock answered ${status}: ${text.slice(0, 200)}`);
  return (JSON.parse(text) as { now: string }).now;
}
