import { sendRaw } from '../sandbox/http-json.ts';

/** Everything due in between happens before the clock answers: a month can take a while. */
const PATIENCE_MS = 600_000;

/** Moves the platform's clock and says what time it is then. */
export async function advanceClock(baseUrl: string, advanceSeconds: number): Promise<string> {
  const { status, text } = await sendRaw({
    method: 'POST',
    url: `${baseUrl}/local/clock`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds }),
    timeoutMs: PATIENCE_MS,
  });
  if (status !== 200) throw new Error(`the clock answered ${status}: ${text.slice(0, 200)}`);
  return (JSON.parse(text) as { now: string }).now;
}
