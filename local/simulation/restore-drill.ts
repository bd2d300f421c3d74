import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatformProcess, type PlatformProcess } from '../bench/platform-process.ts';
import { syntheticApplication } from '../bench/synthetic-applications.ts';
import { advanceClock } from '../cli/advance.ts';
import { auditPlatform, type AuditReport } from '../cli/audit.ts';
import { takeBackup } from '../cli/backup.ts';
import { payLoan } from '../cli/loan.ts';
import { enterRequest, readRegister, reapplyRegister, type Reapplied } from '../cli/privacy.ts';
import { findStrays, type Stray } from '../cli/reconcile.ts';
import { restoreDataFolder } from '../hosting/backup.ts';
import { sendRaw } from '../sandbox/http-json.ts';
import { PlatformClient, PlatformProblem } from '../sandbox/platform-client.ts';

export interface DrillReport {
  readonly backupMs: number;
  readonly restoreMs: number;
  /** What the restored platform answered for what had been erased after the backup, before and after the register. */
  readonly erased: { readonly before: number; readonly after: number };
  readonly reapplied: readonly Reapplied[];
  /** What the bank knew and the restored platform did not. */
  readonly strays: readonly Stray[];
  readonly straysAfterwards: readonly Stray[];
  readonly paidTwice: number;
  readonly audit: AuditReport;
  /** Loans paid out before the backup, and after it. */
  readonly loans: { readonly before: number; readonly after: number };
}

const BEFORE = 3;
const AFTER = 2;
const TWO_DAYS_SECONDS = 2 * 86_400;
/** Longer than the bank's cut-off: until then "never heard of it" is no definite answer. */
const CUT_OFF_SECONDS = 6 * 3600;
const PATIENCE_MS = 30_000;
const PAYMENT_FEN = 12_345;

/**
 * The whole drill: lend, back up, go on, lose everything but the bank, restore, erase again what was erased, find out from
 * the bank what left the house since, put it right, and compare every book.
 */
export async function runRestoreDrill(
  say: (line: string) => void = () => undefined,
): Promise<DrillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'zhudai-drill-'));
  const drill = new Drill(folder, say);
  try {
    return await drill.run();
  } finally {
    await drill.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

class Drill {
  readonly #dataDir: string;
  readonly #backupDir: string;
  readonly #say: (line: string) => void;
  #platform: PlatformProcess | undefined;

  constructor(folder: string, say: (line: string) => void) {
    this.#dataDir = join(folder, 'data');
    this.#backupDir = join(folder, 'backup');
    this.#say = say;
  }

  async run(): Promise<DrillReport> {
    await this.#start();
    const lent = await this.#lend(0, BEFORE);
    const declined = await this.#apply(50, { amountFen: 5_000_000, monthlyIncomeFen: 60_000 });
    await this.#until(declined, 'Declined');
    await advanceClock(this.#running.baseUrl, TWO_DAYS_SECONDS);
    this.#say(`${BEFORE} loans paid out, one application declined`);

    const backupStart = performance.now();
    const backup = await takeBackup(this.#running.baseUrl, this.#backupDir);
    const backupMs = performance.now() - backupStart;
    this.#say(`backed up as of ${backup.takenAt}`);

    await this.#lend(BEFORE, AFTER);
    const loanId = String((await this.#partner.get(`/v1/applications/${lent[0] ?? ''}`))['loanId']);
    const payment = { loanId, amountFen: PAYMENT_FEN, valueDate: await this.#today() };
    await payLoan({ ...payment, reference: 'DRILL-1' }, this.#partner);
    await this.#erase(declined);
    const register = await readRegister(this.#operator);
    this.#say(`then ${AFTER} more loans, a payment, and the declined application erased`);

    const restoreMs = await this.#loseEverythingAndRestore();
    await this.#forgetReferences();
    const erasedBefore = await this.#statusOf(declined);
    const reapplied = await reapplyRegister(this.#operator, register);
    await this.#untilErased(declined);
    const strays = await findStrays(this.#operator);
    for (const { kind, reference } of strays)
      this.#say(`the bank knows, we do not: ${kind} ${reference}`);

    await this.#putRight(payment);
    const audit = await auditPlatform({ operator: this.#operator });
    return {
      backupMs,
      restoreMs,
      erased: { before: erasedBefore, after: await this.#statusOf(declined) },
      reapplied,
      strays,
      straysAfterwards: await findStrays(this.#operator),
      paidTwice: await this.#paidTwice(),
      audit,
      loans: { before: BEFORE, after: AFTER },
    };
  }

  async stop(): Promise<void> {
    await this.#platform?.stop();
  }

  get #running(): PlatformProcess {
    if (this.#platform === undefined) throw new Error('the platform does not run');
    return this.#platform;
  }

  get #partner(): PlatformClient {
    return this.#client(this.#running.partnerKey);
  }

  get #operator(): PlatformClient {
    return this.#client(this.#running.operatorToken);
  }

  #client(credential: string): PlatformClient {
    return new PlatformClient({
      baseUrl: this.#running.baseUrl,
      credential,
      patienceMs: 20_000,
    });
  }

  async #start(): Promise<void> {
    const flags = ['--empty', '--auto-operate'];
    this.#platform = await startPlatformProcess({ flags, dataDir: this.#dataDir });
  }

  /** What a fire leaves: nothing of ours, and the bank. */
  async #loseEverythingAndRestore(): Promise<number> {
    await this.#running.kill();
    this.#platform = undefined;
    for (const name of await readdir(this.#dataDir))
      if (name !== 'sandbox') await rm(join(this.#dataDir, name), { recursive: true, force: true });
    const start = performance.now();
    await restoreDataFolder(this.#backupDir, this.#dataDir);
    await this.#start();
    this.#say('everything lost but the bank, restored and started');
    return performance.now() - start;
  }

  /** The worst bank there is: it pays what it is told to, however often it hears the same reference. */
  async #forgetReferences(): Promise<void> {
    const { status } = await sendRaw({
      method: 'PUT',
      url: `${this.#running.baseUrl}/sandbox/bank/conduct`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ supportsReferenceDedup: false }),
    });
    if (status !== 200) throw new Error(`the bank keeps its conduct: ${status}`);
  }

  /** The partner sends again what it has no loan for; the bank's statement has the payment. */
  async #putRight(payment: {
    loanId: string;
    amountFen: number;
    valueDate: string;
  }): Promise<void> {
    const again = [];
    for (let n = BEFORE; n < BEFORE + AFTER; n += 1) again.push(await this.#applyForLoan(n));
    const { loanId, ...money } = payment;
    await this.#operator.post(`/ops/loans/${loanId}/payments`, { ...money, reference: 'DRILL-1' });
    await advanceClock(this.#running.baseUrl, CUT_OFF_SECONDS);
    for (const applicationId of again) await this.#until(applicationId, 'Disbursed');
    this.#say('the lost applications sent again, the payment posted from the statement');
  }

  async #lend(from: number, count: number): Promise<string[]> {
    const ids = [];
    for (let n = from; n < from + count; n += 1) ids.push(await this.#applyForLoan(n));
    for (const id of ids) await this.#until(id, 'Disbursed');
    return ids;
  }

  #applyForLoan(n: number): Promise<string> {
    return this.#apply(n, { amountFen: 1_000_000, monthlyIncomeFen: 1_500_000 });
  }

  async #apply(
    n: number,
    { amountFen, monthlyIncomeFen }: { amountFen: number; monthlyIncomeFen: number },
  ): Promise<string> {
    const body = syntheticApplication('drill', 62_000 + n);
    Object.assign(body['requested'] as object, { amountFen });
    Object.assign(body['applicant'] as object, { monthlyIncomeFen });
    return String((await this.#partner.post('/v1/applications', body)).body['applicationId']);
  }

  async #until(applicationId: string, status: string): Promise<void> {
    let seen = '';
    const isSo = async () => {
      const application = await this.#partner.get(`/v1/applications/${applicationId}`);
      seen = String(application['status']);
      return seen === status;
    };
    await this.#poll(() => `${applicationId} to be ${status}; it is ${seen}`, isSo);
  }

  async #erase(applicationId: string): Promise<void> {
    const asked = { applicationId, kind: 'Deletion', verification: 'InPerson' };
    await enterRequest(this.#operator, asked, undefined);
    await this.#untilErased(applicationId);
  }

  async #untilErased(applicationId: string): Promise<void> {
    const isErased = async () => (await this.#statusOf(applicationId)) === 410;
    await this.#poll(() => `${applicationId} to be erased`, isErased);
  }

  async #statusOf(applicationId: string): Promise<number> {
    try {
      await this.#partner.get(`/v1/applications/${applicationId}`);
      return 200;
    } catch (error) {
      if (error instanceof PlatformProblem) return error.status;
      throw error;
    }
  }

  async #poll(what: () => string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what()}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #today(): Promise<string> {
    const { text } = await this.#read('/local/clock');
    return (JSON.parse(text) as { now: string }).now.slice(0, 10);
  }

  async #paidTwice(): Promise<number> {
    const { text } = await this.#read('/sandbox/bank/books');
    return (JSON.parse(text) as { totals: { paidTwice: number } }).totals.paidTwice;
  }

  #read(path: string) {
    return sendRaw({ method: 'GET', url: `${this.#running.baseUrl}${path}` });
  }
}

/** Runs the drill and says what came of it. Fails when any book disagrees. */
export async function main(): Promise<void> {
  const report = await runRestoreDrill((line) => {
    console.log(line);
  });
  const { backupMs, restoreMs, strays, straysAfterwards, paidTwice, erased, audit } = report;
  console.log(
    `backup ${(backupMs / 1000).toFixed(1)} s, restore and start ${(restoreMs / 1000).toFixed(1)} s; ` +
      `${strays.length} movements found at the bank, ${straysAfterwards.length} left; paid twice: ${paidTwice}; ` +
      `erased again: ${erased.before} became ${erased.after}; audit: ${audit.findings.length} findings`,
  );
  for (const finding of audit.findings) console.log(JSON.stringify(finding));
  if (audit.findings.length + straysAfterwards.length + paidTwice > 0 || erased.after !== 410)
    process.exitCode = 1;
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) await main();
