import { CollectionAgency, recallCase } from '../../domain/collections/agency.ts';
import type { CollectionCase } from '../../domain/collections/case.ts';
import { sumResults } from '../../domain/collections/case-result.ts';
import type { Contact } from '../../domain/collections/contact.ts';
import type { OutcomeCode } from '../../domain/collections/outcome-code.ts';
import { openPromise } from '../../domain/collections/promise.ts';
import { addDays } from '../../domain/shared/calendar.ts';
import { sha256Hex } from '../../domain/shared/digest.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '../../domain/shared/errors.ts';
import type { Task } from '../../domain/tasks/task.ts';
import { runAssignCase } from '../../functions/operator-api/assign-case.ts';
import { runOpenCaseRequest } from '../../functions/operator-api/open-case-request.ts';
import { runReportOutcome } from '../../functions/operator-api/report-outcome.ts';
import { runReserveContact } from '../../functions/operator-api/reserve-contact.ts';
import {
  bookedLoan,
  CollectionsWorld,
  evidenceId,
  type CollectionStores,
} from './collections-world.ts';
import { judgeContacts, type Span } from './judge-contacts.ts';
import type { BookedLoan } from './loan-book.ts';

/** How a borrower behaves; each is a share of a hundred. */
const behaviours = {
  PaysAfterMessage: 34,
  PaysAfterCall: 16,
  KeepsPromises: 14,
  BreaksPromises: 12,
  Unreachable: 12,
  Hardship: 5,
  Disputes: 4,
  Dead: 3,
} as const;
type Behaviour = keyof typeof behaviours;

export interface SimulationOptions {
  readonly loans: number;
  readonly days: number;
  readonly seed: number;
  readonly onDay?: (day: number, days: number) => void;
}

export interface SimulationReport {
  readonly loans: number;
  readonly days: number;
  readonly seed: number;
  readonly contacts: number;
  readonly contactsByAgencies: number;
  readonly violations: number;
  readonly violationsByRule: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly buckets: readonly {
    bucket: string;
    entered: number;
    cured: number;
    rolled: number;
    rollRate: string;
  }[];
  readonly steps: readonly {
    stepId: string;
    tries: number;
    costFen: number;
    receivedFen: number;
  }[];
  readonly arms: readonly {
    arm: string;
    strategy: string;
    cases: number;
    cured: number;
    costFen: number;
    receivedFen: number;
  }[];
  readonly open: number;
  readonly transitions: number;
  readonly executionsFailed: number;
}

interface Person {
  readonly loan: BookedLoan;
  readonly behaviour: Behaviour;
  readonly random: () => number;
  isPayingOn: string | undefined;
  hasAsked: boolean;
  /** Complains about the calls, once. */
  complains: boolean;
  /** Once late by more than a month, is collected from by an agency. */
  readonly goesToAgency: boolean;
  /** Of new terms that are offered; who does not lets them lapse. */
  readonly confirmsOffers: boolean;
  bucket: number;
}

const START = '2026-11-26';

/** What who cannot pay asks for: what is past due spread over half a year more. */
const hardshipPlan = {
  moreInstallments: 6,
  isPastDuePrincipalSpread: true,
  isInstallmentKept: false,
} as const;
const LENDER = 'zhudai-lending';
const AGENCY = 'hengxin-services';
const SUSPENDED_ON_DAY = 150;

type Mutable<Shape> = { -readonly [Name in keyof Shape]: Shape[Name] };

/**
 * Lets a portfolio of overdue loans live through a number of days. People are the only invention: borrowers who pay, promise,
 * vanish or die, and the collectors who call and visit them over the routes of the operators.
 */
export async function simulateCollections(
  stores: CollectionStores,
  options: SimulationOptions,
): Promise<SimulationReport> {
  const world = await CollectionsWorld.start(stores, { startsAt: `${START}T09:00:00+08:00` });
  const simulation = new Simulation(world, options);
  try {
    return await simulation.run();
  } finally {
    world.stop();
  }
}

class Simulation {
  readonly #world: CollectionsWorld;
  readonly #options: SimulationOptions;
  readonly #people = new Map<string, Person>();
  readonly #byReference = new Map<string, string>();
  readonly #endings: { borrowerKey: string; closedAt: string; reopenedAt: string | undefined }[] =
    [];
  readonly #rests = new Map<string, Mutable<Span>[]>();
  readonly #mandates = new Map<string, Mutable<Span & { readonly agencyId: string }>[]>();
  /** Loans whose guarantor was asked, with the day on which it pays. */
  readonly #claims = new Map<string, string>();
  readonly #buckets = Array.from({ length: 8 }, () => ({ entered: 0, cured: 0, rolled: 0 }));
  readonly #outcomes: Record<string, Record<string, number>> = {};
  readonly #tries = new Map<string, { tries: number; costFen: number }>();

  constructor(world: CollectionsWorld, options: SimulationOptions) {
    this.#world = world;
    this.#options = options;
    world.outside.call = ({ reference }) => {
      const person = this.#people.get(this.#byReference.get(reference) ?? '');
      const isHeard = person !== undefined && !isGone(person) && person.random() < 0.6;
      return Promise.resolve({ callId: reference, outcome: isHeard ? 'Answered' : 'NoAnswer' });
    };
    world.observe((method, next) => {
      if (method === 'replace' && next !== undefined) this.#hear(next);
    });
    world.onReserved = ({ contactId, borrowerKey }) =>
      this.#byReference.set(contactId, borrowerKey);
  }

  async run(): Promise<SimulationReport> {
    const { loans, days, seed, onDay } = this.#options;
    for (let index = 0; index < loans; index += 1) this.#add(index, seed);
    for (let day = 0; day < days; day += 1) {
      const date = addDays(START, day);
      await this.#world.advanceTo(`${date}T01:00:00+08:00`);
      if (day === SUSPENDED_ON_DAY) await this.#suspendAgency();
      await this.#morning(date);
      await this.#world.advanceTo(`${date}T10:00:00+08:00`);
      await this.#collectors(date);
      await this.#world.advanceTo(`${date}T14:00:00+08:00`);
      await this.#offices();
      await this.#agencies();
      await this.#guarantors(date);
      await this.#world.advanceTo(`${date}T16:00:00+08:00`);
      await this.#borrowers(date);
      onDay?.(day + 1, days);
    }
    return this.#report();
  }

  #add(index: number, seed: number): void {
    const random = randomOf(`${seed} ${index}`);
    const behaviour = behaviourOf(random() * 100);
    const loan = bookedLoan(`sim-${index}`, {
      dueOn: addDays(START, Math.floor(random() * 20) - 1),
      installmentFen: 20_000 + Math.floor(random() * 40) * 10_000,
      principalFen: 12 * 300_000,
      installments: 12,
      segment: random() < 0.8 ? 'PersonalConsumer' : 'SmallBusiness',
      grade: random() < 0.5 ? 'A' : 'C',
      hasGuarantor: random() < 0.2,
    });
    this.#people.set(loan.borrowerKey, {
      loan,
      behaviour,
      random,
      isPayingOn: undefined,
      hasAsked: false,
      confirmsOffers: random() < 0.7,
      complains: random() < 0.06,
      goesToAgency: random() < 0.4,
      bucket: 0,
    });
    this.#world.book.add(loan);
  }

  /** What the day close says: who falls overdue, who rolls into the next bucket. */
  async #morning(date: string): Promise<void> {
    const fresh: string[] = [];
    const rolled: string[] = [];
    for (const person of this.#people.values()) {
      const { loanId } = person.loan;
      const debt = await this.#world.book.find(loanId, date);
      const bucket = debt?.standing === 'Overdue' ? Number(debt.loan.bucket.slice(1)) : 0;
      if (bucket > person.bucket) {
        this.#entered(bucket, person.bucket === 0);
        (person.bucket === 0 ? fresh : rolled).push(loanId);
      }
      person.bucket = bucket === 0 ? 0 : Math.max(bucket, person.bucket);
    }
    await this.#world.announce(...fresh);
    await Promise.all(rolled.map((loanId) => this.#world.follow(loanId, 'LoanBucketChanged')));
    await this.#world.idle();
  }

  #entered(bucket: number, isNew: boolean): void {
    const own = this.#buckets[bucket];
    const before = this.#buckets[bucket - 1];
    if (own !== undefined) own.entered += 1;
    if (!isNew && before !== undefined) before.rolled += 1;
  }

  /** Collectors work their queues, each account as far as it goes today. */
  async #collectors(date: string): Promise<void> {
    for (const queue of ['Collection', 'FieldVisit'] as const) {
      const { items } = await this.#world.stores.tasks.listInbox({ queue }, { limit: 1_000 });
      await Promise.all(items.map((task) => this.#work(task, date)));
      await this.#world.idle();
    }
  }

  async #work(task: Task, date: string): Promise<void> {
    const caseId = task.about?.['caseId'] ?? '';
    const found = await this.#world.stores.cases.findById(caseId);
    const person = found && this.#people.get(found.borrowerKey);
    if (found === undefined || person === undefined || found.status === 'Closed') return;
    const scriptId = String(task.content['scriptId']);
    const isVisit = task.kind === 'VisitBorrower';
    const mark = `${task.taskId} ${date}`;
    try {
      const contact = await runReserveContact(
        {
          caseId,
          mark,
          operatorId: 'collector',
          body: {
            channel: isVisit ? 'Visit' : 'Call',
            scriptId,
            purpose: scriptId === 'find-debtor' ? 'FindDebtor' : 'Collect',
            ...(scriptId === 'find-debtor' ? { mobile: '19900000001' } : {}),
            ...(isVisit ? { staff: ['visitor-a', 'visitor-b'], hasConsent: true } : {}),
          },
        },
        this.#dependencies(),
      );
      await this.#outcome(found, contact, { person, date, mark });
    } catch (error) {
      // A limit of conduct stands in the way: the account waits for another day.
      if (!(error instanceof Forbidden)) throw error;
    }
  }

  async #outcome(
    found: CollectionCase,
    contact: Contact,
    at: { readonly person: Person; readonly date: string; readonly mark: string },
  ): Promise<void> {
    const { person, date, mark } = at;
    const code = outcomeOf(person, contact);
    const amountFen = this.#world.book.overdueFen(person.loan.loanId, date);
    const isPromise = code === 'PromiseToPay' && openPromise(found) === undefined && amountFen > 0;
    const said: OutcomeCode = code === 'PromiseToPay' && !isPromise ? 'CallBackLater' : code;
    const dueOn = addDays(date, 5);
    await runReportOutcome(
      {
        caseId: found.caseId,
        idempotency: { mark: sha256Hex(`mark ${mark}`), bodyHash: sha256Hex(mark) },
        operatorId: 'collector',
        body: {
          contactId: contact.contactId,
          code: said,
          ...(isPromise ? { promise: { amountFen, dueOn } } : {}),
        },
      },
      this.#dependencies(),
    );
    if (isPromise && person.behaviour !== 'BreaksPromises') person.isPayingOn = dueOn;
    if (
      person.behaviour === 'PaysAfterCall' &&
      contact.audience === 'Debtor' &&
      code === 'SaysPaid'
    )
      person.isPayingOn = date;
    const kind = requestOf(said);
    if (kind === undefined) return;
    if (kind === 'Complaint') person.complains = false;
    else if (person.hasAsked) return;
    else person.hasAsked = true;
    await this.#ask(found.caseId, kind, mark);
  }

  async #ask(caseId: string, kind: RequestKind, mark: string): Promise<void> {
    const isHardship = kind === 'Hardship';
    try {
      await runOpenCaseRequest(
        {
          caseId,
          idempotency: { mark: sha256Hex(`ask ${mark}`), bodyHash: sha256Hex(`ask ${mark}`) },
          operatorId: 'collector',
          body: {
            kind,
            reason: reasons[kind],
            evidence: [evidenceId],
            complexity: 'Plain',
            ...(isHardship ? { plan: hardshipPlan } : {}),
          },
        },
        this.#dependencies(),
      );
    } catch (error) {
      if (!(error instanceof InvalidTransition || error instanceof InvalidInput)) throw error;
    }
  }

  /** Supervisors answer requests after three days, and decide what to do with claims that are lost. */
  async #offices(): Promise<void> {
    for (const queue of ['Relief', 'Disposal'] as const) {
      const { items } = await this.#world.stores.tasks.listInbox({ queue }, { limit: 1_000 });
      for (const task of items) await this.#answer(task);
    }
  }

  /** Supervisors give late cases to an agency while it may work, and take them back once it may not. */
  async #agencies(): Promise<void> {
    for (const { loan, goesToAgency, bucket } of this.#people.values()) {
      if (!goesToAgency || bucket < 2) continue;
      const found = await this.#world.stores.cases.find(loan.borrowerKey, LENDER);
      if (found?.status !== 'Open') continue;
      const { caseId, assignment, version } = found;
      const idempotency = {
        mark: sha256Hex(`agency ${caseId} ${version}`),
        bodyHash: sha256Hex(AGENCY),
      };
      const request = { caseId, idempotency, operatorId: 'supervisor-a', agencyId: AGENCY };
      try {
        if (assignment !== undefined && this.#isSuspended)
          await this.#world.stores.cases.replace(
            recallCase(found, {
              ...{ because: 'Conduct', actor: 'operator:supervisor-a' },
              at: this.#world.now().toISOString(),
            }),
          );
        if (assignment === undefined && !this.#isSuspended)
          await runAssignCase(request, this.#dependencies());
      } catch (error) {
        // The case rests, or the debtor cannot be told today.
        if (!(error instanceof InvalidTransition || error instanceof Forbidden)) throw error;
      }
    }
    await this.#world.idle();
  }

  #isSuspended = false;

  /** The register loses an agency over night: from this moment on it may contact nobody. */
  async #suspendAgency(): Promise<void> {
    const { catalog } = this.#world;
    const agency = await catalog.find({ kind: 'collection-agency', id: AGENCY }, CollectionAgency);
    if (agency === undefined) throw new Error(`no agency ${AGENCY}`);
    catalog.publish('collection-agency', {
      ...agency,
      version: agency.version + 1,
      status: 'Suspended',
    });
    this.#isSuspended = true;
    const at = this.#world.now().toISOString();
    for (const spans of this.#mandates.values()) endSpans(spans, at);
  }

  /** A guarantor pays ten days after it was asked. */
  async #guarantors(date: string): Promise<void> {
    for (const loanId of this.#world.claimed)
      if (!this.#claims.has(loanId)) this.#claims.set(loanId, addDays(date, 10));
    for (const [loanId, paysOn] of this.#claims) {
      if (paysOn !== date) continue;
      const debt = await this.#world.book.find(loanId, date);
      if (debt?.standing !== 'Overdue') continue;
      this.#world.book.end(loanId, 'Compensated');
      await this.#world.tell(loanId, 'LoanCompensated');
    }
  }

  async #answer(task: Task): Promise<void> {
    if (this.#world.clock.now() - Date.parse(task.openedAt) < 3 * 86_400_000) return;
    const isAnswer = task.kind === 'AnswerDispute' || task.kind === 'AnswerComplaint';
    const outcome = isAnswer ? 'Uphold' : 'Approve';
    const [first = '', second = ''] = ['supervisor-a', 'supervisor-b'].filter(
      (operatorId) => !task.excludedOperators.includes(operatorId),
    );
    const decided = await this.#world.decide(task, outcome, first);
    if (decided.status === 'Open') await this.#world.decide(decided, outcome, second);
  }

  /** Who pays today pays, before the office closes. */
  async #borrowers(date: string): Promise<void> {
    const payments: Promise<void>[] = [];
    for (const person of this.#people.values()) {
      const { loan } = person;
      const debt = await this.#world.book.find(loan.loanId, date);
      if (debt?.standing !== 'Overdue') continue;
      if (debt.offerUntil !== undefined && person.confirmsOffers) {
        payments.push(this.#world.confirmOffer(loan.loanId));
        continue;
      }
      if (
        person.behaviour === 'PaysAfterMessage' &&
        this.#wasReminded(person) &&
        person.random() < 0.3
      )
        person.isPayingOn = date;
      if (person.isPayingOn === undefined || date < person.isPayingOn) continue;
      person.isPayingOn = undefined;
      const bucket = this.#buckets[person.bucket];
      if (bucket !== undefined) bucket.cured += 1;
      payments.push(this.#pay(loan.loanId, debt.loan.overdueFen, date));
    }
    await Promise.all(payments);
    await this.#world.idle();
  }

  #pay(loanId: string, amountFen: number, date: string): Promise<void> {
    this.#world.book.pay(loanId, amountFen);
    const paymentId = `pay-${loanId}-${date}`;
    return this.#world.follow(loanId, 'PaymentPosted', { paymentId, amountFen, valueDate: date });
  }

  #wasReminded({ loan }: Person): boolean {
    return this.#reminded.has(loan.borrowerKey);
  }

  readonly #reminded = new Set<string>();

  #hear(next: CollectionCase): void {
    const { type, at, facts } = next.event;
    this.#hearRest(next);
    this.#hearMandate(next);
    if (type === 'CaseClosed' && typeof facts['endedByStep'] === 'string')
      this.#count(facts['endedByStep'], Number(facts['stepCostFen']));
    if (type === 'CaseStepDone') {
      this.#count(String(facts['stepId']), Number(facts['costFen']));
      if (facts['result'] === 'Delivered') this.#reminded.add(next.borrowerKey);
    }
    if (type === 'CaseReopened') {
      const ending = this.#endings.findLast(({ borrowerKey }) => borrowerKey === next.borrowerKey);
      if (ending !== undefined) ending.reopenedAt = at;
      this.#reminded.delete(next.borrowerKey);
    }
    if (type !== 'CaseClosed') return;
    this.#endings.push({ borrowerKey: next.borrowerKey, closedAt: at, reopenedAt: undefined });
    const bucket = String(facts['bucket']);
    const row = (this.#outcomes[bucket] ??= {});
    const because = String(facts['because']);
    row[because] = (row[because] ?? 0) + 1;
  }

  #count(stepId: string, costFen: number): void {
    const sum = this.#tries.get(stepId) ?? { tries: 0, costFen: 0 };
    this.#tries.set(stepId, { tries: sum.tries + 1, costFen: sum.costFen + costFen });
  }

  /** A request about everything is open, or is no more. */
  #hearRest({ borrowerKey, pauses, event }: CollectionCase): void {
    const isOpen = pauses.some(({ loanIds }) => loanIds === undefined);
    const spans = this.#rests.get(borrowerKey) ?? [];
    this.#rests.set(borrowerKey, spans);
    if (!isOpen) endSpans(spans, event.at);
    else if (spans.every(({ until }) => until !== undefined))
      spans.push({ borrowerKey, from: event.at, until: undefined });
  }

  #hearMandate({ borrowerKey, assignment, event }: CollectionCase): void {
    const spans = this.#mandates.get(borrowerKey) ?? [];
    this.#mandates.set(borrowerKey, spans);
    if (assignment === undefined) endSpans(spans, event.at);
    if (event.type === 'AssignmentNoticed' && assignment !== undefined)
      spans.push({ borrowerKey, agencyId: assignment.agencyId, from: event.at, until: undefined });
  }

  #dependencies() {
    return {
      ...this.#world.dependencies(),
      vault: {
        ...this.#world.dependencies().vault,
        fingerprints: (number: string): Promise<[string]> =>
          Promise.resolve([sha256Hex(`key ${number}`)]),
      },
    };
  }

  async #report(): Promise<SimulationReport> {
    const { loans, days, seed } = this.#options;
    const { stores, entered } = this.#world;
    const contacts: Contact[] = [];
    let open = 0;
    let executionsFailed = 0;
    for (const { loan } of this.#people.values()) {
      const page = await stores.cases.listContacts(loan.borrowerKey, { limit: 2_000 });
      contacts.push(...page.items);
      const found = await stores.cases.find(loan.borrowerKey, LENDER);
      if (found === undefined) continue;
      if (found.status === 'Open') open += 1;
      const { status } = await this.#world.execution(found);
      if (status !== (found.status === 'Open' ? 'RUNNING' : 'SUCCEEDED')) executionsFailed += 1;
    }
    const violationsByRule = judgeContacts(contacts, {
      endings: this.#endings,
      rests: [...this.#rests.values()].flat(),
      mandates: [...this.#mandates.values()].flat(),
    });
    const results = await stores.results.list({ from: START, to: addDays(START, days) });
    const received = new Map<string, number>();
    for (const { receivedByStep } of results)
      for (const [stepId, amountFen] of Object.entries(receivedByStep))
        received.set(stepId, (received.get(stepId) ?? 0) + amountFen);
    return {
      loans,
      days,
      seed,
      contacts: contacts.length,
      contactsByAgencies: contacts.filter(({ speaker }) => speaker !== 'lender').length,
      violations:
        Object.values(violationsByRule).reduce((sum, times) => sum + times, 0) + executionsFailed,
      violationsByRule,
      outcomes: this.#outcomes,
      buckets: this.#buckets.slice(1).map((row, index) => ({
        bucket: `M${index + 1}`,
        ...row,
        rollRate: row.entered === 0 ? '0.000' : (row.rolled / row.entered).toFixed(3),
      })),
      steps: [...new Set([...this.#tries.keys(), ...received.keys()])].sort().map((stepId) => ({
        stepId,
        tries: this.#tries.get(stepId)?.tries ?? 0,
        costFen: this.#tries.get(stepId)?.costFen ?? 0,
        receivedFen: received.get(stepId) ?? 0,
      })),
      arms: sumResults(results).map(({ arm, strategy, cases, cured, costFen, receivedFen }) => ({
        arm,
        strategy,
        cases,
        cured,
        costFen,
        receivedFen,
      })),
      open,
      transitions: entered.length,
      executionsFailed,
    };
  }
}

type RequestKind = 'Hardship' | 'Dispute' | 'Complaint';

const reasons = {
  Hardship: 'Unemployment',
  Dispute: 'AmountWrong',
  Complaint: 'Conduct',
} as const satisfies Readonly<Record<RequestKind, string>>;

function requestOf(code: OutcomeCode): RequestKind | undefined {
  if (code === 'ClaimsHardship') return 'Hardship';
  if (code === 'Disputes') return 'Dispute';
  return code === 'Complains' ? 'Complaint' : undefined;
}

function endSpans(spans: readonly Mutable<Span>[], at: string): void {
  for (const span of spans) span.until ??= at;
}

function isGone({ behaviour }: Person): boolean {
  return behaviour === 'Unreachable' || behaviour === 'Dead';
}

/** What comes of a call or a visit. */
function outcomeOf(person: Person, { audience, channel, numberKey }: Contact): OutcomeCode {
  const { behaviour, random } = person;
  if (audience === 'ThirdPerson')
    return numberKey.length > 0 && random() < 0.3 ? 'ThirdPersonStop' : 'MessageTaken';
  if (behaviour === 'Dead')
    return channel === 'Visit' || random() < 0.3 ? 'ReportedDead' : 'NoAnswer';
  if (behaviour === 'Unreachable') return channel === 'Visit' ? 'VisitNobodyHome' : 'NoAnswer';
  if (random() < 0.3) return channel === 'Visit' ? 'VisitNobodyHome' : 'NoAnswer';
  if (person.complains) return 'Complains';
  switch (behaviour) {
    case 'PaysAfterCall':
      return 'SaysPaid';
    case 'KeepsPromises':
    case 'BreaksPromises':
      return 'PromiseToPay';
    case 'Hardship':
      return 'ClaimsHardship';
    case 'Disputes':
      return person.hasAsked ? 'RefusesToPay' : 'Disputes';
    default:
      return channel === 'Visit' ? 'VisitMet' : 'RefusesToPay';
  }
}

function behaviourOf(place: number): Behaviour {
  let left = place;
  for (const [behaviour, share] of Object.entries(behaviours) as [Behaviour, number][]) {
    if (left < share) return behaviour;
    left -= share;
  }
  return 'PaysAfterMessage';
}

/** Numbers between 0 and 1 that follow from a seed. */
function randomOf(seed: string): () => number {
  let count = 0;
  return () => parseInt(sha256Hex(`${seed} ${(count += 1)}`).slice(0, 8), 16) / 0x1_0000_0000;
}
