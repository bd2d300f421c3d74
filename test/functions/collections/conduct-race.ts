import type { CollectionAgency } from '#domain/collections/agency.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import type { OutcomeCode } from '#domain/collections/outcome-code.ts';
import type { ContactRequest } from '#domain/collections/reserve-contact.ts';
import type { Cases } from '#domain/collections/ports.ts';
import type { ContactChannel } from '#domain/collections/script.ts';
import { caseIdOf, contactIdOf } from '#domain/shared/ids.ts';
import { reserve, settleContact } from '#platform/contact-conduct.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { aCase, shippedLimits } from '#test/domain/collections-builders.ts';
import { startTestDatabase } from '#test/support/dynamodb-local.ts';

export interface RaceReport {
  readonly race: RaceName;
  readonly rounds: number;
  readonly callers: number;
  /** Rounds in which other than exactly one caller got through, or anybody after that one. */
  readonly violations: number;
  readonly refused: number;
}

interface Race {
  readonly channel: ContactChannel;
  /** How many of the day are over before the last one is asked for. */
  readonly before: number;
  readonly code: OutcomeCode;
  /** Of dials of one number: all of them are on the same. */
  readonly numberKey?: string;
}

/** One for each number that a day has. */
export const races = {
  conversations: { channel: 'Call', before: 2, code: 'RefusesToPay' },
  machines: { channel: 'AiVoice', before: 2, code: 'Conversed' },
  notifications: { channel: 'VoiceNotify', before: 2, code: 'Listened' },
  dials: { channel: 'Call', before: 5, code: 'NoAnswer', numberKey: 'registered' },
  messages: { channel: 'Sms', before: 1, code: 'Delivered' },
  visits: { channel: 'Visit', before: 0, code: 'VisitMet' },
} as const satisfies Readonly<Record<string, Race>>;
export type RaceName = keyof typeof races;

const now = (): Date => new Date('2026-11-26T04:00:00.000Z');
const limits = shippedLimits();
const agencies = ['agency-a', 'agency-b', 'agency-c', 'agency-d'];

/**
 * All but one of a debtor's contacts of the day have been made. At the same instant several agencies, each with its own loan
 * of the debtor, ask for the last one: one may, the others hear why not; and when that one was made, nobody may.
 */
export async function raceForTheLast(
  cases: Cases,
  race: RaceName,
  rounds: number,
): Promise<RaceReport> {
  const { before, code } = races[race];
  let violations = 0;
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    const borrowerKey = `racer-${race}-${round}`;
    const rivals = await Promise.all(agencies.map((agency) => givenTo(cases, borrowerKey, agency)));
    const [first] = rivals;
    if (first === undefined) throw new Error('nobody races');
    const ask = (rival: CollectionCase, mark: string) =>
      reserve(rival, requestOf(rival, { race, mark }), {
        ...{ cases, now, limits },
        agency: onRegister(rival),
      });
    for (let made = 0; made < before; made += 1) {
      const reserved = await ask(first, `before ${made}`);
      if (reserved.outcome === 'Refused') throw new Error(reserved.because);
      await settleContact(reserved.contact, { code }, { cases, now });
    }
    const asked = await Promise.all(rivals.map((rival) => ask(rival, 'last')));
    const through = asked.filter(({ outcome }) => outcome === 'Reserved');
    refused += asked.length - through.length;
    const [winner] = through;
    if (winner?.outcome === 'Reserved')
      await settleContact(winner.contact, { code }, { cases, now });
    const late = await ask(first, 'late');
    if (through.length !== 1 || late.outcome !== 'Refused') violations += 1;
  }
  return { race, rounds, callers: agencies.length, violations, refused };
}

/** The debtor's case with one lender, in the hands of one agency that the debtor was told of. */
async function givenTo(
  cases: Cases,
  borrowerKey: string,
  agencyId: string,
): Promise<CollectionCase> {
  const lenderId = `lender-of-${agencyId}`;
  const given = aCase({
    borrowerKey,
    lenderId,
    record: `case#${lenderId}`,
    caseId: caseIdOf(borrowerKey, lenderId),
    introducedBy: [agencyId],
    assignment: {
      agencyId,
      agencyVersion: 1,
      assignedOn: '2026-11-20',
      assignedBy: 'operator:s',
      noticedAt: '2026-11-20T02:00:00.000Z',
    },
  });
  await cases.replace(given);
  return given;
}

function onRegister({ lenderId, assignment }: CollectionCase): CollectionAgency {
  return {
    ...{ agencyId: assignment?.agencyId ?? '', version: 1, name: 'x', creditCode: 'x' },
    ...{ status: 'Active', publishedUrl: 'https://example.com', mayAssignOn: false },
    mandates: [{ lenderId, period: { from: '2026-01-01' } }],
    reviewedOn: '2026-06-01',
  };
}

function requestOf(
  { caseId, assignment }: CollectionCase,
  { race, mark }: { readonly race: RaceName; readonly mark: string },
): ContactRequest {
  const { channel, numberKey = `number-of-${mark}` }: Race = races[race];
  return {
    contactId: contactIdOf(caseId, mark),
    channel,
    audience: 'Debtor',
    numberKey,
    purpose: 'Collect',
    speaker: assignment?.agencyId ?? 'lender',
    actor: 'operator:a',
    ...(channel === 'Visit' ? { staff: ['a', 'b'], hasConsent: true } : {}),
  };
}

/** `npm run test:conduct [-- rounds]`: every race, on DynamoDB Local. */
async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 1_000);
  const database = await startTestDatabase();
  const cases = new DynamoCases(database.documents, 'Cases');
  for (const race of Object.keys(races) as RaceName[]) {
    const report = await raceForTheLast(cases, race, rounds);
    console.log(JSON.stringify(report));
    if (report.violations > 0) process.exitCode = 1;
  }
  await database.stop();
}

if (import.meta.main) await main();
