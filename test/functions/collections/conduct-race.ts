import type { CollectionCase } from '#domain/collections/case.ts';
import type { ContactRequest } from '#domain/collections/reserve-contact.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { caseIdOf, contactIdOf } from '#domain/shared/ids.ts';
import { reserve, settleContact } from '#platform/contact-conduct.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { aCase, shippedLimits } from '#test/domain/collections-builders.ts';
import { startTestDatabase } from '#test/support/dynamodb-local.ts';

export interface RaceReport {
  readonly rounds: number;
  readonly callers: number;
  /** Rounds in which other than exactly one caller got through. */
  readonly violations: number;
  readonly refused: number;
}

const now = (): Date => new Date('2026-11-26T04:00:00.000Z');
const limits = shippedLimits();
const agencies = ['agency-a', 'agency-b', 'agency-c', 'agency-d'];

/**
 * Two of a debtor's three conversations have been held. At the same instant several agencies, each with its own loan of the
 * debtor, ask for the next one: one may, the others hear why not; and when that one has connected, nobody may.
 */
export async function raceForTheThirdCall(cases: Cases, rounds: number): Promise<RaceReport> {
  let violations = 0;
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    const borrowerKey = `racer-${round}`;
    const rivals = await Promise.all(agencies.map((agency) => givenTo(cases, borrowerKey, agency)));
    const [first] = rivals;
    if (first === undefined) throw new Error('nobody races');
    for (const call of ['1', '2']) await talk(cases, first, call);
    const asked = await Promise.all(
      rivals.map((rival) => reserve(rival, requestOf(rival, 'third'), { cases, now, limits })),
    );
    const through = asked.filter(({ outcome }) => outcome === 'Reserved');
    refused += asked.length - through.length;
    const [winner] = through;
    if (winner?.outcome === 'Reserved')
      await settleContact(winner.contact, { code: 'RefusesToPay' }, { cases, now });
    const late = await reserve(first, requestOf(first, 'fourth'), { cases, now, limits });
    if (through.length !== 1 || late.outcome !== 'Refused') violations += 1;
  }
  return { rounds, callers: agencies.length, violations, refused };
}

async function talk(cases: Cases, rival: CollectionCase, mark: string): Promise<void> {
  const reserved = await reserve(rival, requestOf(rival, mark), { cases, now, limits });
  if (reserved.outcome === 'Refused') throw new Error(reserved.because);
  await settleContact(reserved.contact, { code: 'RefusesToPay' }, { cases, now });
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

function requestOf({ caseId, assignment }: CollectionCase, mark: string): ContactRequest {
  return {
    contactId: contactIdOf(caseId, mark),
    channel: 'Call',
    audience: 'Debtor',
    numberKey: `number-of-${mark}`,
    purpose: 'Collect',
    speaker: assignment?.agencyId ?? 'lender',
    actor: 'operator:a',
  };
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 1_000);
  const database = await startTestDatabase();
  const report = await raceForTheThirdCall(new DynamoCases(database.documents, 'Cases'), rounds);
  await database.stop();
  console.log(JSON.stringify(report));
  if (report.violations > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
