import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import { sendRaw } from '../sandbox/http-json.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { today } from './privacy.ts';

type Facts = Readonly<Record<string, unknown>>;

const Copied = z.object({
  requestId: z.string(),
  answerBy: z.string(),
  applications: z.int(),
  sha256: z.string(),
  copyUrl: z.string(),
});

/** Has a copy made and writes it to a file that nobody else may read. What it says is shown nowhere. */
export async function copyToFile(
  operator: PlatformClient,
  asked: Facts,
  { out, received }: { readonly out: string; readonly received?: string },
): Promise<{ requestId: string; answerBy: string; applications: number; sha256: string }> {
  const receivedOn = received ?? (await today(operator));
  const { body } = await operator.post('/ops/personal-data-copies', { ...asked, receivedOn });
  const { copyUrl, ...made } = Copied.parse(body);
  const { status, text } = await sendRaw({ method: 'GET', url: copyUrl });
  if (status !== 200) throw new Error(`the copy cannot be fetched: ${String(status)}`);
  if (createHash('sha256').update(text).digest('hex') !== made.sha256)
    throw new Error('the copy is not the one that was made');
  writeFileSync(out, text, { mode: 0o600, flag: 'wx' });
  return made;
}

/** Enters a correction; without a date it came in today, as the platform's clock has it. */
export async function proposeCorrection(
  operator: PlatformClient,
  asked: Facts,
  received: string | undefined,
): Promise<Facts> {
  const receivedOn = received ?? (await today(operator));
  return (await operator.post('/ops/personal-data-corrections', { ...asked, receivedOn })).body;
}

/** A correction as a line for a person: which facts, never what they are. */
export function describeCorrection(request: Facts): string[] {
  const { fields, outcome = 'waits for somebody else' } = (request['correction'] ?? {}) as Facts;
  return [
    `${String(request['requestId'])}: ${(fields as string[]).join(', ')}, to be answered by ${String(request['answerBy'])}: ${String(outcome)}`,
  ];
}
