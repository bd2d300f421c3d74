import type { Contact } from '../../domain/collections/contact.ts';

export interface Ending {
  readonly borrowerKey: string;
  /** When collecting from the borrower ended, and when it began again. */
  readonly closedAt: string;
  readonly reopenedAt: string | undefined;
}

/**
 * Counts violations over the log of contacts, with the numbers of the rules written out once more: nothing here is taken
 * from the code that is judged. Names each kind with how often it happened.
 */
export function judgeContacts(
  contacts: readonly Contact[],
  endings: readonly Ending[],
): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  const report = (rule: string, times = 1): void => {
    if (times > 0) found[rule] = (found[rule] ?? 0) + times;
  };
  const made = contacts.filter(({ result }) => result !== 'NotMade');
  for (const contact of made) {
    const instant = contact.confirmedAt ?? contact.reservedAt;
    for (const at of [contact.reservedAt, instant])
      if (contact.channel !== 'Letter' && isNight(at)) report('quiet hours');
    if (contact.status !== 'Confirmed') report('contact without a recorded outcome');
    if (contact.channel === 'Visit' && new Set(contact.staff).size < 2) report('visit of one');
    if (contact.channel === 'Visit' && !contact.hasConsent) report('visit without consent');
    if (contact.audience === 'ThirdPerson' && contact.purpose === 'Collect')
      report('debt to a third person');
    if (contact.keepUntil < `${Number(contact.date.slice(0, 4)) + 2}${contact.date.slice(4)}`)
      report('record not kept for two years');
    if (contact.date !== shanghaiDate(contact.reservedAt)) report('counted on another day');
  }
  const byDay = Map.groupBy(
    made,
    ({ borrowerKey, reservedAt }) => `${borrowerKey} ${shanghaiDate(reservedAt)}`,
  );
  for (const day of byDay.values()) {
    const toDebtor = day.filter(({ audience }) => audience !== 'ThirdPerson');
    const isConnected = ({ result }: Contact) => result === 'Connected' || result === 'Effective';
    const of = (...channels: string[]) =>
      toDebtor.filter(({ channel }) => channels.includes(channel));
    report(
      'connected notification calls',
      of('VoiceNotify', 'AiVoice').filter(isConnected).length - 3,
    );
    report(
      'effective calls',
      of('Call', 'AiVoice').filter(({ result }) => result === 'Effective').length - 3,
    );
    report('messages', of('Sms', 'AppMessage').length - 2);
    report('visits', of('Visit').length - 1);
    const dials = day.filter(({ channel }) => ['Call', 'AiVoice', 'VoiceNotify'].includes(channel));
    for (const number of Map.groupBy(dials, ({ numberKey }) => numberKey).values())
      report('attempts on one number', number.length - 6);
  }
  for (const { borrowerKey, closedAt, reopenedAt } of endings)
    report(
      'contact after the end',
      made.filter(
        (contact) =>
          contact.borrowerKey === borrowerKey &&
          contact.reservedAt > closedAt &&
          (reopenedAt === undefined || contact.reservedAt < reopenedAt),
      ).length,
    );
  for (const [index, contact] of made.entries())
    if (contact.audience === 'ThirdPerson' && contact.outcomeCode === 'ThirdPersonStop')
      report(
        'third person contacted after asking to stop',
        made.filter(
          (other, at) =>
            at !== index &&
            other.borrowerKey === contact.borrowerKey &&
            other.numberKey === contact.numberKey &&
            other.reservedAt > contact.reservedAt,
        ).length,
      );
  return found;
}

function isNight(at: string): boolean {
  const hour = new Date(Date.parse(at) + 8 * 3_600_000).getUTCHours();
  return hour >= 22 || hour < 8;
}

function shanghaiDate(at: string): string {
  return new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10);
}
