import { isContactHour, nextContactInstant } from '#domain/collections/contact-hours.ts';
import { contactIdOf } from '#domain/shared/ids.ts';
import { mayStillContact, reserve } from '#platform/contact-conduct.ts';
import { aCase, shippedLimits } from '#test/domain/collections-builders.ts';
import { InMemoryCases } from '#test/support/in-memory-cases.ts';

/** Run under several TZ: prints what the rule, the reservation and the last look before sending say at the edges of the day. */
const limits = shippedLimits();
const edges = [
  '2026-11-26T21:59:59+08:00',
  '2026-11-26T22:00:00+08:00',
  '2026-11-27T07:59:59+08:00',
  '2026-11-27T08:00:00+08:00',
];

async function reservedAt(at: string): Promise<string> {
  const cases = new InMemoryCases();
  const found = aCase();
  await cases.replace(found);
  const ports = { cases, limits, now: () => new Date(at) };
  const reserved = await reserve(
    found,
    {
      ...({ channel: 'Call', audience: 'Debtor', purpose: 'Collect' } as const),
      ...{ contactId: contactIdOf(found.caseId, at), numberKey: 'registered' },
      ...{ speaker: 'lender', actor: 'operator:a' },
    },
    ports,
  );
  if (reserved.outcome === 'Refused') return reserved.because;
  const { contact } = reserved;
  return `${contact.date} ${String(await mayStillContact(contact, ports))}`;
}

console.log(
  JSON.stringify({
    verdicts: edges.map((at) => isContactHour(at, limits.quiet)),
    reservations: await Promise.all(edges.map(reservedAt)),
    next: nextContactInstant('2026-11-26T22:00:00+08:00', limits.quiet),
    zone: new Date(0).getTimezoneOffset(),
  }),
);
