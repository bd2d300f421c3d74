import { Webhook } from 'standardwebhooks';
import type { ApiEvent } from '#platform/api-route.ts';
import { problemAnswer, type ProblemAnswer } from '#platform/problem.ts';

/** Nothing a provider reports is longer than this. */
const BODY_BYTES_MAX = 64 * 1024;

export type Verified =
  | { readonly isGenuine: true; readonly body: unknown }
  | { readonly isGenuine: false; readonly answer: ProblemAnswer };

/**
 * Checks a callback before anything of it is read: Standard Webhooks signature over the raw bytes, and a timestamp within
 * five minutes of our clock. Whoever cannot sign learns nothing but that. While a secret changes, two are valid.
 */
export function verifyCallback(event: ApiEvent, secrets: readonly string[]): Verified {
  const raw = rawBodyOf(event);
  if (Buffer.byteLength(raw) > BODY_BYTES_MAX)
    return { isGenuine: false, answer: problemAnswer({ code: 'PayloadTooLarge' }) };
  const headers = lowerCased(event.headers ?? {});
  if (!secrets.some((secret) => isSignedWith(secret, raw, headers)))
    return { isGenuine: false, answer: problemAnswer({ code: 'Unauthorized' }) };
  return { isGenuine: true, body: parsed(raw) };
}

function isSignedWith(secret: string, raw: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(raw, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

function rawBodyOf({ body, isBase64Encoded }: ApiEvent): string {
  return isBase64Encoded === true
    ? Buffer.from(body ?? '', 'base64').toString('utf8')
    : (body ?? '');
}

function lowerCased(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return Object.fromEntries(entries);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
