import type { Contact } from '../../domain/collections/contact.ts';

export interface Ending {
  readonly borrowerKey: string;
  /** When collecting from the borrower ended, and when it began again. */
  readonly closedAt: string;
  readonly reopenedAt: string | undefined;
}

/** A time in which the debtor was left alone, or an agency might speak: from, and until, if it has ended. */
export interface Span {
  readonly borrowerKey: string;
  readonly from: string;
  readonly until: string | undefined;
}

/** What the contacts are judged by, as it was heard from outside. */
export interface Circumstances {
  readonly endings: readonly Ending[];
  /** Hardship, a dispute about everything or a complaint was open. */
  readonly rests?: readonly Span[];
  /** The debtor had been told of an agency, and the case was not taken back; `until` also when the register struck it off. */
  readonly mandates?: readonly (Span & { readonly agencyId: string })[];
}

const dialled = ['Call', 'AiVoice', 'VoiceNotify'];

/**
 * Counts violations over the log of contacts, with the numbers of the rules written out once more: nothing here is taken
 * from the code that is judged. Names each kind with how often it happened.
 */
export function judgeContacts(
  contacts: readonly Contact[],
  { endings, rests = [], mandates = [] }: Circumstances,
): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  const report = (rule: string, times = 1): void => {
    if (times > 0) found[rule] = (found[rule] ?? 0) + times;
  };
  const made = contacts
    .filter(({ result }) => result !== 'NotMade')
    .toSorted((a, b) => (a.reservedAt < b.reservedAt ? -1 : 1));
  const byBorrower = Map.groupBy(made, ({ borrowerKey }) => borrowerKey);
  const restsOf = Map.groupBy(rests, ({ borrowerKey }) => borrowerKey);
  const mandatesOf = Map.groupBy(mandates, ({ borrowerKey }) => borrowerKey);
  const endingsOf = Map.groupBy(endings, ({ borrowerKey }) => borrowerKey);
  for (const contact of made) judgeAlone(contact, report);
  const byDay = Map.groupBy(
    made,
    ({ borrowerKey, reservedAt }) => `${borrowerKey} ${shanghaiDate(reservedAt)}`,
  );
  for (const day of byDay.values()) judgeDay(day, report);
  for (const [borrowerKey, own] of byBorrower) {
    judgeEnds(own, endingsOf.get(borrowerKey) ?? [], report);
    judgeThirdPersons(own, report);
    judgeIntroductions(own, endingsOf.get(borrowerKey) ?? [], report);
    for (const contact of own) {
      const isWithin = ({ from, until }: Span) =>
        contact.reservedAt > from && (until === undefined || contact.reservedAt < until);
      if (contact.purpose !== 'Notice' && (restsOf.get(borrowerKey) ?? []).some(isWithin))
        report('contact while a request was open');
      const { speaker } = contact;
      const own = (mandatesOf.get(borrowerKey) ?? []).filter(
        ({ agencyId }) => agencyId === speaker,
      );
      if (speaker !== 'lender' && !own.some(isWithin)) report('agency without a mandate');
    }
  }
  return found;
}

type Report = (rule: string, times?: number) => void;

/** What a contact shows by itself. */
function judgeAlone(contact: Contact, report: Report): void {
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

/** Everything of one debtor on one day, over all loans, channels and agencies. */
function judgeDay(day: readonly Contact[], report: Report): void {
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
  const dials = day.filter(({ channel }) => dialled.includes(channel));
  for (const number of Map.groupBy(dials, ({ numberKey }) => numberKey).values())
    report('attempts on one number', number.length - 6);
}

function judgeEnds(own: readonly Contact[], endings: readonly Ending[], report: Report): void {
  for (const { closedAt, reopenedAt } of endings)
    report(
      'contact after the end',
      own.filter(
        ({ reservedAt }) =>
          reservedAt > closedAt && (reopenedAt === undefined || reservedAt < reopenedAt),
      ).length,
    );
}

/** A third person is called when the debtor is lost, and never again after asking to be left alone. */
function judgeThirdPersons(own: readonly Contact[], report: Report): void {
  const stopped = new Map<string, string>();
  let row: string[] = [];
  let isInvalid = false;
  let isDead = false;
  for (const contact of own) {
    const { audience, channel, numberKey, outcomeCode, result, reservedAt } = contact;
    const date = shanghaiDate(reservedAt);
    if (audience === 'ThirdPerson') {
      if (stopped.has(numberKey)) report('third person contacted after asking to stop');
      if (!isInvalid && !isDead && !isRowOfLoss(row, date))
        report('third person though the debtor was not lost');
      if (outcomeCode === 'ThirdPersonStop') stopped.set(numberKey, reservedAt);
      continue;
    }
    if (isDead && audience === 'Debtor' && channel !== 'Letter') report('contact with the dead');
    if (outcomeCode === 'InvalidNumber') isInvalid = true;
    if (outcomeCode === 'ReportedDead') isDead = true;
    const isAnswered =
      result === 'Effective' || ['Listened', 'HungUp', 'CallBackLater'].includes(outcomeCode ?? '');
    if (isAnswered) [row, isInvalid] = [[], false];
    else if (dialled.includes(channel) && result === 'Unanswered') row = [...row, date];
  }
}

/** Three dials in a row that failed, from the day after; or failures on three days in a row. */
function isRowOfLoss(row: readonly string[], date: string): boolean {
  const last = row.at(-1);
  if (last === undefined) return false;
  if (row.length >= 3 && last < date) return true;
  const days = [...new Set(row)].map((day) => Date.parse(day) / 86_400_000);
  return days.some((day) => days.includes(day + 1) && days.includes(day + 2));
}

/** Whoever speaks to the debtor has said who they are, in this contact or before it in the same default. */
function judgeIntroductions(
  own: readonly Contact[],
  endings: readonly Ending[],
  report: Report,
): void {
  const beginnings = endings.flatMap(({ reopenedAt }) => reopenedAt ?? []).toSorted();
  const heard = new Set(['Connected', 'Effective', 'Delivered']);
  const known = new Set<string>();
  for (const { audience, isIntroduced, reservedAt, result, speaker } of own) {
    if (audience !== 'Debtor') continue;
    const opening = beginnings.filter((at) => at <= reservedAt).length;
    const name = `${speaker} ${opening}`;
    if (!isIntroduced && !known.has(name)) report('words of somebody who did not say who they are');
    if (isIntroduced && heard.has(result ?? '')) known.add(name);
  }
}

function isNight(at: string): boolean {
  const hour = new Date(Date.parse(at) + 8 * 3_600_000).getUTCHours();
  return hour >= 22 || hour < 8;
}

function shanghaiDate(at: string): string {
  return new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10);
}
