import { businessDateOf } from '../../domain/shared/calendar.ts';
import { everyItem } from '../sandbox/page-items.ts';
import { PlatformProblem, type PlatformClient } from '../sandbox/platform-client.ts';
import { readPlatformClock } from './platform-clock.ts';

type Facts = Readonly<Record<string, unknown>>;

/** Enters a request; without a date it came in today, as the platform's clock has it. */
export async function enterRequest(
  operator: PlatformClient,
  asked: Facts,
  received: string | undefined,
): Promise<Facts> {
  const receivedOn = received ?? (await today(operator));
  return (await operator.post('/ops/personal-data-requests', { ...asked, receivedOn })).body;
}

export async function today({ baseUrl }: PlatformClient): Promise<string> {
  return businessDateOf(await readPlatformClock(baseUrl));
}

const outcomes: Readonly<Record<string, string>> = {
  NoLoanCameOfIt: 'no loan came of it',
  RetentionOver: 'nothing has it kept any longer',
  LoanRunning: 'its loan runs',
  RetainedByLaw: 'a law has it kept',
  InProgress: 'it is in progress: withdraw it first, then ask again',
};

/** A request as lines for a person. */
export function describeRequest(request: Facts): string[] {
  const decisions = (request['decisions'] ?? []) as Facts[];
  return [
    `${String(request['requestId'])}: ${String(request['kind'])}, received ${String(request['receivedOn'])}, to be answered by ${String(request['answerBy'])}, ${String(request['status'])}`,
    ...decisions.map(
      ({ applicationId, outcome, because, on }) =>
        `  ${String(applicationId)}  ${String(outcome)}${dateOf(outcome, on)}: ${outcomes[String(because)] ?? String(because)}`,
    ),
  ];
}

function dateOf(outcome: unknown, on: unknown): string {
  if (typeof on !== 'string') return '';
  return outcome === 'Erase' ? ` on ${on}` : ` until ${on}`;
}

/** Nothing was erased before there was a register. */
const FIRST_YEAR = 2026;

/** Every line of the register, in the order of erasure. */
export async function readRegister(
  operator: PlatformClient,
  year?: string,
): Promise<readonly Facts[]> {
  const last = Number((await today(operator)).slice(0, 4));
  const years =
    year === undefined
      ? Array.from({ length: last - FIRST_YEAR + 1 }, (_, index) => String(FIRST_YEAR + index))
      : [year];
  const erasures: Facts[] = [];
  for (const each of years)
    for await (const erasure of everyItem(operator, `/ops/erasures?year=${each}`))
      erasures.push(erasure);
  return erasures;
}

/** A register as it was printed: one JSON array, or a line each. */
export function registerIn(text: string): readonly Facts[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return JSON.parse(trimmed) as Facts[];
  return trimmed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Facts);
}

export interface Reapplied {
  readonly applicationId: string;
  readonly outcome: 'Erased' | 'Asked' | 'Unknown' | 'InProgress';
}

/**
 * Has everything in a register erased again: what a restore brought back is asked for by the number it has in the register.
 * What was submitted after the backup is unknown and needs nothing; what is in progress has to be withdrawn first.
 */
export async function reapplyRegister(
  operator: PlatformClient,
  register: readonly Facts[],
): Promise<readonly Reapplied[]> {
  const receivedOn = await today(operator);
  const done: Reapplied[] = [];
  for (const { applicationId: id } of register) {
    const applicationId = String(id);
    const asked = { kind: 'RepeatedErasure', verification: 'ErasureRegister', receivedOn };
    done.push({
      applicationId,
      outcome: await operator
        .post('/ops/personal-data-requests', { ...asked, applicationId })
        .then(({ body }) => outcomeOf(body), outcomeOfProblem),
    });
  }
  return done;
}

function outcomeOf(request: Facts): Reapplied['outcome'] {
  const [decision] = request['decisions'] as Facts[];
  return decision?.['outcome'] === 'Erase' ? 'Asked' : 'InProgress';
}

function outcomeOfProblem(error: unknown): Reapplied['outcome'] {
  if (!(error instanceof PlatformProblem)) throw error;
  if (error.code === 'ApplicationErased') return 'Erased';
  if (error.code === 'NotFound') return 'Unknown';
  throw error;
}

/** What became of each line of a register, for a person. */
export function describeReapplied(done: readonly Reapplied[]): string[] {
  const count = (wanted: string): number => done.filter(({ outcome }) => outcome === wanted).length;
  return [
    ...done
      .filter(({ outcome }) => outcome === 'InProgress')
      .map(
        ({ applicationId }) =>
          `${applicationId} is not to be erased as it stands: withdraw it, or look at its loan`,
      ),
    `${count('Asked')} are erased again, ${count('Erased')} were, ${count('Unknown')} never came back, ${count('InProgress')} cannot be`,
  ];
}
