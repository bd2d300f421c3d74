import { sendRaw } from '../sandbox/http-json.ts';

/**
 * What time the platform has, in milliseconds. That of one machine has a clock of its own; a deployed one goes by
 * everybody's: there is no such route, which its API Gateway answers with 404, or 403 where no authoriser lets it pass.
 */
export async function readPlatformClock(baseUrl: string): Promise<number> {
  const { status, text } = await sendRaw({ method: 'GET', url: `${baseUrl}/local/clock` });
  if (status === 404 || status === 403) return Date.now();
  if (status !== 200) throw new Error(`${baseUrl}/local/clock answered ${status}`);
  return Date.parse((JSON.parse(text) as { now: string }).now);
}
