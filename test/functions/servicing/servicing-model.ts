import { pathToFileURL } from 'node:url';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { isWithBank } from '#domain/servicing/bank-order.ts';
import { chargeLoan } from '#domain/servicing/charge-loan.ts';
import { accountOf, type LoanFile } from '#domain/servicing/loan-file.ts';
import {
  confirmRestructuring,
  offerRestructuring,
  openOfferOf,
} from '#domain/servicing/offer-restructuring.ts';
import { RestructuringPlan } from '#domain/servicing/restructuring.ts';
import { writeOffLoan } from '#domain/servicing/write-off-loan.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { runDebitCallback } from '#functions/callbacks/debit-callback.ts';
import { closeLoan } from '#functions/day-close/close-loan.ts';
import { runSweepOrders } from '#functions/servicing/sweep-orders.ts';
import { collectDebit } from '#platform/collect-debit.ts';
import { confirmOrder } from '#platform/confirm-order.ts';
import { refundCredit } from '#platform/refund-credit.ts';
import { reversePosted } from '#platform/reverse-posted.ts';
import {
  assignSuspended,
  takeNotice,
  takePayment,
  type BankNotice,
} from '#platform/take-receipt.ts';
import { startTestDatabase } from '#test/support/dynamodb-local.ts';
import { policyPack } from '../../domain/catalog-files.ts';
import {
  installCrashPoints,
  installStoreFaults,
  invoke,
  MoneyRun,
  removeCrashPoints,
  undisturbed,
} from '../disbursement/money-run.ts';
import { faultsOfLoan } from './servicing-judge.ts';
import { createServicingWorld, type Abilities, type ServicingWorld } from './servicing-world.ts';

export interface ModelReport {
  readonly seed: number;
  readonly commands: number;
  readonly faults: readonly string[];
  readonly trace: readonly string[];
}

/** A bug planted to see whether the suite finds it. */
export interface ModelCanary {
  readonly name: string;
  readonly breakWorld: (world: ServicingWorld) => ServicingWorld;
}

const levels: readonly Abilities[] = ['Both', 'Both', 'DedupOnly', 'QueryOnly', 'None'];

/** What a command may end with besides success: refusals, lost races and the faults themselves. */
const expected = new Set([
  'Crash',
  'TimeoutError',
  'ConcurrentChange',
  'Unavailable',
  'InvalidInput',
  'InvalidTransition',
  'NotFound',
  'PayoutUnknown',
  'ApiProblem',
]);

/** What was accepted so far: the model the store is held against. */
interface Told {
  readonly notices: BankNotice[];
  number: number;
}

/** One life of one loan under commands and faults, then healing, then judgement. */
export async function runModel(
  seed: number,
  documents: DynamoDBDocumentClient,
  canary?: ModelCanary,
): Promise<ModelReport> {
  const run = new MoneyRun(seed, 10);
  const abilities = levels[seed % levels.length] ?? 'Both';
  const sound = await undisturbed(() => createServicingWorld(run, documents, abilities));
  const world = canary?.breakWorld(sound) ?? sound;
  const told: Told = { notices: [], number: 0 };
  const faults: string[] = [];
  const commands = 6 + Math.floor(run.random() * 18);
  try {
    for (let step = 0; step < commands && faults.length === 0; step += 1) {
      await command(world, told);
      faults.push(...(await undisturbed(() => faultsOfLoan(world, told.notices, false))));
    }
    await heal(world, told);
    faults.push(...(await undisturbed(() => faultsOfLoan(world, told.notices, true))));
  } catch (error) {
    run.isCalm = true;
    await run.wakeAll();
    faults.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  return { seed, commands, faults, trace: run.trace };
}

async function command(world: ServicingWorld, told: Told): Promise<void> {
  const { run } = world;
  run.advance(run.pick([30, 100, 86_400, 10 * 86_400, 30 * 86_400]));
  if (run.random() < 0.2) run.wakeOne();
  const [name, work] = run.pick(commandsOf(world, told));
  run.log(`command: ${name}`);
  const copies = run.strikes(0.1, `${name} three times at once`) ? 3 : 1;
  const beside = run.random() < 0.3 ? [() => sweep(world)] : [];
  const works = [...Array.from({ length: copies }, () => work), ...beside];
  const outcomes = await Promise.allSettled(works.map((each) => invoke(run, each)));
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') {
      const error: unknown = outcome.reason;
      const [kind, said] =
        error instanceof Error ? [error.name, error.message] : ['Thrown', String(error)];
      run.log(`${name}: ${kind} ${said}`);
      if (!expected.has(kind)) throw error;
    }
}

type Command = readonly [name: string, work: () => Promise<unknown>];

function commandsOf(world: ServicingWorld, told: Told): readonly Command[] {
  const { dependencies, loanId, run } = world;
  const today = businessDateOf(run.nowMs);
  return [
    ['notice', () => hear(world, told, newNotice(world, told))],
    ['notice', () => hear(world, told, newNotice(world, told))],
    ['repeated notice', () => hear(world, told, run.pick(told.notices))],
    ['report of a partner', () => report(world, told)],
    ['assignment', () => assign(world)],
    ['debit', () => debit(world, today)],
    ['debit', () => debit(world, today)],
    ['reversal', () => reverse(world)],
    ['refund', () => refund(world)],
    ['charge', () => charge(world, told, today)],
    ['restructuring', () => restructure(world)],
    ['day close', () => closeDay(world, today)],
    ['day close', () => closeDay(world, today)],
    // The end of a loan, so that it has a life before.
    ...(run.random() < 0.15 ? [['write-off', () => writeOff(world)] as const] : []),
    ['sweep', () => sweep(world)],
    ['report of the bank', () => callBack(world)],
    ['matching', () => dependencies.receipts.listMatching(loanId)],
  ];
}

function newNotice({ run, loanId }: ServicingWorld, told: Told): BankNotice {
  told.number += 1;
  const daysAgo = Math.floor(run.random() * 20);
  const valueDate = businessDateOf(run.nowMs - daysAgo * 86_400_000);
  return {
    bankId: `B-${run.seed}-${loanId.slice(-6)}-${told.number}`,
    amountFen: run.pick([1, 100_00, 2_631_90, 2_631_90, 9_000_00, 40_000_00]),
    valueDate,
    remark: run.random() < 0.75 ? loanId : undefined,
  };
}

async function hear(
  { dependencies }: ServicingWorld,
  told: Told,
  notice: BankNotice | undefined,
): Promise<void> {
  if (notice === undefined) return;
  await takeNotice(notice, dependencies);
  if (!told.notices.some(({ bankId }) => bankId === notice.bankId)) told.notices.push(notice);
}

async function report(world: ServicingWorld, told: Told): Promise<void> {
  const { dependencies, loanId, run } = world;
  const known = run.random() < 0.5 ? run.pick(told.notices) : undefined;
  const { remark: _, ...money } = known ?? newNotice(world, told);
  await takePayment({ ...money, loanId, channel: 'Partner', actor: 'partner:demo' }, dependencies);
  if (known === undefined) told.notices.push(money);
}

async function assign({ dependencies, loanId, run }: ServicingWorld): Promise<void> {
  const { items } = await dependencies.receipts.listSuspense({ limit: 500 });
  const mine = items.filter(({ bankId }) =>
    bankId.startsWith(`B-${run.seed}-${loanId.slice(-6)}-`),
  );
  const receipt = run.pick(mine);
  if (mine.length === 0) return;
  await assignSuspended(
    receipt,
    { loanId, channel: 'Operator', actor: 'operator:a' },
    dependencies,
  );
}

async function debit({ dependencies, loanId }: ServicingWorld, today: string): Promise<void> {
  const file = await fileOf({ dependencies, loanId });
  const due = accountOf(file, today)
    .rows.map(({ dueOn }) => dueOn)
    .filter((dueOn) => dueOn <= today);
  const dueOn = due.at(-1);
  if (dueOn !== undefined) await collectDebit(loanId, dueOn, dependencies);
}

async function reverse({ dependencies, loanId, run }: ServicingWorld): Promise<void> {
  const file = await fileOf({ dependencies, loanId });
  const { payments } = file;
  if (payments.length === 0) return;
  const { loanEvent, channel } = run.pick(payments);
  const moneyTo = channel === 'Debit' || run.random() < 0.4 ? 'Payer' : 'Suspense';
  const order = { paymentId: loanEvent.id, reason: 'test', moneyTo, actor: 'operator:a' } as const;
  await reversePosted(loanId, order, dependencies);
}

async function refund({ dependencies, loanId, run }: ServicingWorld): Promise<void> {
  const { loan } = await fileOf({ dependencies, loanId });
  if (loan.creditFen === 0) return;
  const request = `refund-${String(loan.version)}`;
  const amountFen = run.pick([loan.creditFen, 1]);
  const wish = { loanId, amountFen, reason: 'overpaid', requestedBy: 'operator:a', request };
  await refundCredit(wish, dependencies);
}

async function charge(
  { dependencies, loanId }: ServicingWorld,
  told: Told,
  valueDate: string,
): Promise<void> {
  const file = await fileOf({ dependencies, loanId });
  told.number += 1;
  const order = { component: 'Cost', amountFen: 50_00, reason: 'court', actor: 'op:a' } as const;
  const at = dependencies.now().toISOString();
  await dependencies.files.store(
    chargeLoan(file, { ...order, valueDate, request: String(told.number) }, at),
  );
}

async function writeOff({ dependencies, loanId }: ServicingWorld): Promise<void> {
  const order = { reason: 'lost', requestedBy: 'a', approvedBy: 'b' };
  const file = await fileOf({ dependencies, loanId });
  await dependencies.files.store(writeOffLoan(file, order, dependencies.now().toISOString()));
}

/** Offered as a second person agreed, and confirmed as the borrower does who takes a minute to read. */
async function restructure({ dependencies, loanId, run }: ServicingWorld): Promise<void> {
  const { files, now } = dependencies;
  const plan = run.pick(plans);
  const who = { reason: 'ill', requestedBy: 'operator:a', approvedBy: 'b' };
  const at = now().toISOString();
  const loan = offerRestructuring(
    await fileOf({ dependencies, loanId }),
    { plan: RestructuringPlan.parse(plan), ...who },
    { policyPack, at },
  );
  await files.store({ loan });
  const offered = await fileOf({ dependencies, loanId });
  const { sheetHash } = openOfferOf(offered, { policyPack, today: businessDateOf(run.nowMs) });
  const confirmation = { sheetHash, shownAt: at, readSeconds: 60 };
  const read = new Date(Date.parse(at) + 60_000).toISOString();
  const context = { policyPack, minReadSeconds: 10, at: read };
  await files.store(confirmRestructuring(offered, confirmation, context));
}

const plans = [
  { moreInstallments: 3 },
  { holidayPeriods: 2 },
  { annualRate: '0.0500', moreInstallments: 1 },
  { isPastDuePrincipalSpread: true, isInstallmentKept: true },
];

async function closeDay({ dependencies, loanId }: ServicingWorld, today: string): Promise<void> {
  const { files, now } = dependencies;
  const debit = (id: string, dueOn: string) => collectDebit(id, dueOn, dependencies);
  const closing = { loanId, businessDate: today, pack: policyPack };
  await closeLoan(closing, { files, now, collectDebit: debit });
}

function sweep({ dependencies }: ServicingWorld): Promise<unknown> {
  return runSweepOrders({}, dependencies);
}

async function callBack({ bank, dependencies, loanId, run }: ServicingWorld): Promise<void> {
  const file = await fileOf({ dependencies, loanId });
  const debits = file.orders.filter(({ kind }) => kind === 'Debit');
  if (debits.length === 0) return;
  const said = bank.reportOn(run.pick(debits).reference);
  if (said === undefined) return;
  // What the bank signs of a debit is what it fetched: less than asked for is not to be told from a slip of the pen.
  const moved = bank.payments.find(({ reference }) => reference === said.reference);
  const { amountFen } = moved ?? { amountFen: 0 };
  await runDebitCallback(said.status === 'Paid' ? { ...said, amountFen } : said, dependencies);
}

async function fileOf(world: Pick<ServicingWorld, 'dependencies' | 'loanId'>): Promise<LoanFile> {
  const file = await world.dependencies.files.find(world.loanId);
  if (file === undefined) throw new Error('the loan is gone');
  return file;
}

/** No more faults: everything that hangs ends, every order gets its answer, and the bank tells again what it told before. */
async function heal(world: ServicingWorld, told: Told): Promise<void> {
  const { dependencies, loanId, run } = world;
  run.isCalm = true;
  await run.wakeAll();
  for (const notice of told.notices) await takeNotice(notice, dependencies);
  for (let round = 0; round < 40; round += 1) {
    run.advance(3_600);
    await sweep(world);
    const open = (await fileOf({ dependencies, loanId })).orders.filter(isWithBank);
    if (open.length === 0) return;
    for (const order of open) await askPerson(world, order.record);
  }
  throw new Error('I12: an order never gets its answer');
}

/** A bank that cannot be asked by a machine is asked by a person. */
async function askPerson(world: ServicingWorld, record: string): Promise<void> {
  const { bank, dependencies, loanId } = world;
  if (bank.queryByReference && bank.supportsReferenceDedup) return;
  const file = await fileOf({ dependencies, loanId });
  const order = file.orders.find((other) => other.record === record);
  if (order?.state !== 'Unknown') return;
  const heard = bank.askByPhone(order.reference);
  if (heard === 'StillProcessing') return;
  const amountFen = bank.payments.find(({ reference }) => reference === order.reference)?.amountFen;
  const actor = 'operator:supervisor';
  const verdict =
    heard === 'Paid'
      ? ({
          outcome: 'Paid',
          amountFen: amountFen ?? order.amountFen,
          bankReference: 'by phone',
          valueDate: businessDateOf(dependencies.now().getTime()),
          actor,
        } as const)
      : ({ outcome: 'Refused', because: 'NotPaid', actor } as const);
  await confirmOrder({ loanId, record, attempt: order.attempt, verdict }, dependencies);
}

/** Runs many seeds, several at a time: they share nothing but the database. */
export async function runModels(
  seeds: readonly number[],
  documents: DynamoDBDocumentClient,
  options: {
    readonly canary?: ModelCanary;
    readonly onReport?: (report: ModelReport) => boolean;
  } = {},
): Promise<readonly ModelReport[]> {
  installCrashPoints();
  const reports: ModelReport[] = [];
  let next = 0;
  let isEnough = false;
  const worker = async (): Promise<void> => {
    for (let seed = seeds[next++]; seed !== undefined && !isEnough; seed = seeds[next++]) {
      const report = await runModel(seed, documents, options.canary);
      reports.push(report);
      isEnough ||= options.onReport?.(report) ?? false;
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  removeCrashPoints();
  return reports;
}

/** DynamoDB Local with the faults of the money step in the SDK itself. */
export async function startModelDatabase() {
  const database = await startTestDatabase();
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    retryStrategy: new ConfiguredRetryStrategy(3, () => 1),
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  installStoreFaults(documents);
  return {
    documents,
    stop: async () => {
      client.destroy();
      await database.stop();
    },
  };
}

/** The program: `npm run test:servicing-model -- [runs]`; SEED=n replays one run with its trace. */
async function main(): Promise<void> {
  const single = process.env['SEED'];
  const count = Number(process.argv[2] ?? 2_000);
  const first = Number(process.env['FIRST_SEED'] ?? 1);
  const seeds =
    single === undefined
      ? Array.from({ length: count }, (_, index) => first + index)
      : [Number(single)];
  const database = await startModelDatabase();
  const startedMs = performance.now();
  const reports = await runModels(seeds, database.documents);
  await database.stop();
  const bad = reports.filter(({ faults }) => faults.length > 0);
  for (const { seed, faults, trace } of bad.slice(0, 5))
    console.log(`seed ${seed}: ${faults.join('; ')}\n  ${trace.join('\n  ')}`);
  if (single !== undefined) for (const { trace } of reports) console.log(trace.join('\n'));
  const struck = reports.flatMap(({ trace }) => trace.filter((line) => line.includes('fault:')));
  const commands = reports.reduce((sum, report) => sum + report.commands, 0);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${reports.length} runs (seeds ${seeds[0]} to ${seeds.at(-1)}), ${commands} commands, ${struck.length} faults, ${bad.length} bad, ${seconds.toFixed(1)} s`,
  );
  process.exitCode = bad.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
