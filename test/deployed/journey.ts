/**
 * One loan through a deployed platform, driven from outside as its partner and its operators do, and read back.
 *
 *   AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run test:deployed [-- --stage journey --port 4210 --keep --verbose]
 *
 * Without AWS_ENDPOINT_URL it deploys to the account that the credentials belong to. The sandbox's providers must then be
 * reachable from there: say where by `--public-url https://…`, a tunnel to the port.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  PublishStateMachineVersionCommand,
  SFNClient,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { verifyChain, type AuditRecord } from '#domain/shared/audit.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { findStrays } from '#local/cli/reconcile.ts';
import { PublishedMachines } from '#local/releases/published-machines.ts';
import { seedCatalog } from '#local/hosting/catalog-seed.ts';
import { MovableClock } from '#local/clock.ts';
import { magicDocument, sampleDocument } from '#local/samples/sample-documents.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { sendRaw } from '#local/sandbox/http-json.ts';
import { SandboxOperator } from '#local/sandbox/operator.ts';
import { PlatformClient, PlatformProblem } from '#local/sandbox/platform-client.ts';
import { createSandbox } from '#local/sandbox/sandbox.ts';
import { callAws } from '#local/aws-call.ts';
import { DeployedFunctions } from './deployed-functions.ts';
import { reachableUrl } from './emulator-addresses.ts';
import { FrontDoor } from './front-door.ts';
import { LostItems } from './lost-items.ts';
import { DeployedStacks, type StackOutputs } from './stacks.ts';

const { values: flags } = parseArgs({
  options: {
    stage: { type: 'string', default: 'journey' },
    region: { type: 'string', default: process.env['AWS_REGION'] ?? 'us-east-1' },
    port: { type: 'string', default: '4210' },
    'public-url': { type: 'string' },
    keep: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const { stage, region } = flags;
process.env['AWS_REGION'] = region;

/** ¥120,000: asks for an income proof and for an approver, so that every kind of waiting happens. */
const AMOUNT_FEN = 12_000_000;
const PATIENCE_MS = 120_000;
const isEmulated = process.env['AWS_ENDPOINT_URL'] !== undefined;

const startedAt = performance.now();
const publicUrl = flags['public-url'] ?? `http://127.0.0.1:${flags.port}`;
const keys = {
  partnerKey: `zk_demo_${randomBytes(24).toString('hex')}`,
  providerApiKey: randomBytes(24).toString('hex'),
  callbackSecret: randomBytes(32).toString('base64'),
  webhookSecretKey: randomBytes(32).toString('base64'),
  blindIndexKey: randomBytes(32).toString('base64'),
};
const sandbox = createSandbox({
  clock: new MovableClock(),
  dataDir: undefined,
  apiKey: keys.providerApiKey,
  callbackSecret: keys.callbackSecret,
  webhookSecret: keys.webhookSecretKey,
  platformUrl: `http://127.0.0.1:${flags.port}`,
  issuer: `${publicUrl}/sandbox/oidc`,
});
const stacks = new DeployedStacks({
  stage,
  region,
  parameters: { OidcIssuer: `${publicUrl}/sandbox/oidc`, OidcAudience: 'zhudai' },
  log: (text) => {
    if (flags.verbose) process.stdout.write(text);
  },
});
const functions = new DeployedFunctions({ region, stage });
const door = await FrontDoor.open(Number(flags.port), sandbox);
const partner = clientWith(keys.partnerKey);

try {
  await step('bundles and templates are made', () => stacks.synthesise());
  await step('the account is ready for the CDK', async () => stacks.bootstrap(await accountId()));
  const outputs = await step('the stacks are deployed', () => stacks.deploy());
  door.leadTo(reachableUrl(outputOf(outputs, 'api', 'ApiUrl')));
  await step('the catalog and the provider secret are filled in', () => fillIn(outputs));
  await step('the check of the deployment finds nothing missing', async () =>
    runCommand(
      'run-deployment-check.ts',
      '--api-url',
      reachableUrl(outputOf(outputs, 'api', 'ApiUrl')),
    ),
  );
  const staff = new SandboxOperator({
    baseUrl: publicUrlOfDoor(),
    mintToken: (operatorId) => sandbox.control.mintToken(operatorId),
    askBank: (reference) => sandbox.askBank(reference),
    rescanMs: 500,
  });
  let facts: Facts;
  try {
    facts = await driveLoan(staff);
  } finally {
    await staff.stop();
  }
  await step('the schedules do their work when they are called by hand', callSchedules);
  // At AWS a restore takes its time, and reaches to five minutes ago at the latest.
  if (isEmulated) await step('what is lost comes back as of an instant', () => loseLoan(facts));
  await step('a release is taken back by one command', rollBack);
} finally {
  if (!flags.keep) await step('the stacks are destroyed', destroy);
  await door.close();
  sandbox.close();
}
console.log(`the deployed journey took ${seconds(startedAt)} s`);

/** From the price to the money, each fact read back where it was not written. */
async function driveLoan(staff: SandboxOperator): Promise<Facts> {
  await step('strangers are turned away', turnStrangersAway);
  await step('a partner quotes', quoteTerms);
  const applicationId = await step('a partner applies, and applies again', apply);
  await step('documents are uploaded', () => upload(applicationId));
  staff.start();
  await step('reviewer and approver decide', () => untilStatus(applicationId, 'AwaitingSignature'));
  await step('the borrower reads the cost sheet and signs', () => sign(applicationId));
  const loanId = await step('the loan is paid out', () => untilPaidOut(applicationId));
  await step('partner, operator, bank and auditor tell the same', () =>
    readBack({ applicationId, loanId }),
  );
  await step('the first installment is paid, once', () => payFirstInstallment(loanId));
  return { applicationId, loanId };
}

async function turnStrangersAway(): Promise<void> {
  await refused(() => clientWith('zk_demo_stranger').get('/v1/products'), 401);
  await refused(() => clientWith('not.a.token').get('/ops/catalog'), 401);
  await refused(() => partner.get('/v1/applications/app_0000000000000000000000000000000000'), 404);
  await refused(() => partner.get('/v1/no-such-route'), 404);
  await refused(() => partner.post('/v1/applications', { externalId: 'x' }), 400);
}

interface Row {
  readonly principalFen: number;
}

interface Quoted {
  readonly rows: readonly Row[];
  readonly schedule: readonly Row[];
  readonly totals: { readonly principalFen: number };
}

function principalOf({ principalFen }: Row): number {
  return principalFen;
}

async function quoteTerms(): Promise<void> {
  const { schedule, totals } = await quote({
    principalFen: AMOUNT_FEN,
    annualRate: '0.0720',
    disbursedOn: '2026-12-01',
  });
  assert.equal(schedule.length, 12);
  assert.equal(sum(schedule.map(principalOf)), AMOUNT_FEN);
  assert.equal(totals.principalFen, AMOUNT_FEN);
}

async function quote(terms: {
  principalFen: number;
  annualRate: string;
  disbursedOn: string;
}): Promise<Quoted> {
  const { body } = await partner.post('/v1/quotes', {
    ...terms,
    installments: 12,
    method: 'EqualInstallment',
  });
  return body as unknown as Quoted;
}

async function apply(): Promise<string> {
  const body = syntheticApplication(`deployed-${Date.now()}`, Math.floor(Math.random() * 9_000));
  Object.assign(body['requested'] as object, { amountFen: AMOUNT_FEN });
  Object.assign(body['applicant'] as object, { monthlyIncomeFen: 6_000_000 });
  const consents = body['consents'] as { purpose: string; givenAt: string }[];
  const [consent] = consents;
  assert.ok(consent);
  consent.givenAt = new Date(Date.now() - 60_000).toISOString();
  const key = `apply-${String(body['externalId'])}`;
  const first = await partner.post('/v1/applications', body, key);
  assert.equal(first.status, 202);
  const again = await partner.post('/v1/applications', body, key);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  const changed = structuredClone(body);
  Object.assign(changed['requested'] as object, { termMonths: 24 });
  await refused(() => partner.post('/v1/applications', changed, key), 422);
  return String(first.body['applicationId']);
}

/** The income proof is one that the reader doubts, so that a person has to look. */
async function upload(applicationId: string): Promise<void> {
  const application = await untilStatus(applicationId, 'AwaitingDocuments');
  const kinds = application['documentsRequested'] as string[];
  assert.deepEqual(kinds.toSorted(), ['IdentityCardBack', 'IdentityCardFront', 'IncomeProof']);
  for (const kind of kinds) {
    const { contentType, bytes, sha256 } =
      kind === 'IncomeProof'
        ? magicDocument(kind, 'Doubtful')
        : sampleDocument(kind, `${applicationId} ${kind}`);
    const { body } = await partner.post(`/v1/applications/${applicationId}/documents`, {
      kind,
      contentType,
      sizeBytes: bytes.length,
      sha256,
    });
    const place = body['upload'] as { url: string; headers: Record<string, string> };
    const answer = await sendRaw({
      method: 'PUT',
      url: reachableUrl(place.url),
      headers: { 'content-type': contentType, ...place.headers },
      body: bytes,
    });
    assert.equal(answer.status, 200, answer.text);
  }
}

async function sign(applicationId: string): Promise<void> {
  const path = `/v1/applications/${applicationId}`;
  const contract = (await partner.get(path))['contract'] as Record<string, string>;
  const paper = await fetch(reachableUrl(contract['contractUrl'] ?? ''));
  assert.equal(
    Buffer.from(await paper.arrayBuffer())
      .subarray(0, 5)
      .toString(),
    '%PDF-',
  );
  const sheetHash = contract['sheetHash'];
  const shownAt = new Date(Date.now() - 15_000).toISOString();
  await refused(
    () => partner.post(`${path}/disclosure`, { sheetHash, shownAt, readSeconds: 1 }),
    400,
  );
  await partner.post(`${path}/disclosure`, { sheetHash, shownAt, readSeconds: 12 });
  await partner.post(`${path}/signature`, {});
}

async function untilPaidOut(applicationId: string): Promise<string> {
  const { loanId } = await untilStatus(applicationId, 'Disbursed');
  assert.equal(typeof loanId, 'string');
  return String(loanId);
}

interface Facts {
  readonly applicationId: string;
  readonly loanId: string;
}

async function readBack({ applicationId, loanId }: Facts): Promise<void> {
  const { decision } = await partner.get(`/v1/applications/${applicationId}`);
  const { offer } = decision as { offer: { amountFen: number; annualRate: string } };
  // The limit of the policy may be lower than what was asked for.
  assert.ok(offer.amountFen > 0 && offer.amountFen <= AMOUNT_FEN);
  const loan = await partner.get(`/v1/loans/${loanId}`);
  assert.equal(loan['status'], 'Active');
  assert.equal(loan['principalFen'], offer.amountFen);
  assert.equal(loan['annualRate'], offer.annualRate);
  const { rows } = (await partner.get(`/v1/loans/${loanId}/schedule`)) as unknown as Quoted;
  const { schedule } = await quote({
    principalFen: offer.amountFen,
    annualRate: offer.annualRate,
    disbursedOn: String(loan['disbursedOn']),
  });
  assert.deepEqual(rows.map(principalOf), schedule.map(principalOf));

  const auditor = clientWith(sandbox.control.mintToken('auditor'));
  const full = await auditor.get(`/ops/loans/${loanId}`);
  const entries = full['entries'] as { legs: { amountFen: number }[] }[];
  assert.ok(entries.length > 0);
  for (const { legs } of entries) assert.equal(sum(legs.map(({ amountFen }) => amountFen)), 0);
  const paid = sandbox.bankBooks().payouts;
  assert.deepEqual(
    paid.map(({ amountFen, count }) => ({ amountFen, count })),
    [{ amountFen: offer.amountFen, count: 1 }],
  );
  assert.equal(paid[0]?.reference, full['payoutRef']);
  for (const subjectId of [applicationId, loanId]) {
    const { items } = (await auditor.get(`/ops/audit/${subjectId}`)) as { items: object[] };
    const records = items.map((item) => ({ ...item, subjectId }) as AuditRecord);
    assert.ok(records.length > 0, `${subjectId} has no audit chain`);
    assert.ok(verifyChain(subjectId, records).isIntact, `the chain of ${subjectId} is broken`);
  }
}

/** The money is told of twice and counts once; the books say the same afterwards. */
async function payFirstInstallment(loanId: string): Promise<void> {
  const before = await partner.get(`/v1/loans/${loanId}`);
  const { nextDue } = before['account'] as { nextDue: { openFen: number } };
  const reference = `DEPLOYED-${Date.now()}`;
  const report = {
    amountFen: nextDue.openFen,
    valueDate: businessDateOf(Date.now()),
    reference,
  };
  const path = `/v1/loans/${loanId}/payments`;
  const first = await partner.post(path, report, `pay-${reference}`);
  assert.equal(first.status, 201);
  const again = await partner.post(path, report, `pay-${reference}`);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  const { items } = (await partner.get(path)) as {
    items: { reference: string; amountFen: number }[];
  };
  assert.deepEqual(
    items.map((item) => [item.reference, item.amountFen]),
    [[reference, nextDue.openFen]],
  );
  const auditor = clientWith(sandbox.control.mintToken('auditor'));
  const { entries } = (await auditor.get(`/ops/loans/${loanId}`)) as unknown as {
    entries: { legs: { amountFen: number }[] }[];
  };
  for (const { legs } of entries) assert.equal(sum(legs.map(({ amountFen }) => amountFen)), 0);
  assert.ok(
    entries.some(({ legs }) => legs.some(({ amountFen }) => amountFen === nextDue.openFen)),
    'no entry of the journal is of what was paid',
  );
}

/** Loan, payout, application and chain are gone from the tables; the command brings them back, and the books agree. */
async function loseLoan(facts: Facts): Promise<void> {
  const { applicationId, loanId } = facts;
  const loss = new LostItems({ region, stage });
  try {
    await loss.prepare({
      Loans: ['loanId', loanId],
      Payouts: ['loanId', loanId],
      Applications: ['applicationId', applicationId],
      Audit: ['subjectId', loanId],
    });
    await loss.happen();
    await refused(() => partner.get(`/v1/loans/${loanId}`), 404);
    await loss.undo();
  } finally {
    loss.close();
  }
  await readBack(facts);
  assert.deepEqual(await findStrays(clientWith(sandbox.control.mintToken('auditor'))), []);
}

/** A next release is published as a deployment does, then taken back as an operator would. */
async function rollBack(): Promise<void> {
  const entry = 'functions/disbursement/pay-out.ts';
  const name = await functions.nameOf(entry);
  assert.ok(name);
  await functions.release(name, `${entry} (${stage}, release 9.9.9)`);
  await releaseMachine('disburse-loan', '9.9.9');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      'local/releases/rollback.ts',
      ...['--machine', 'disburse-loan', '--stage', stage, '--region', region],
    ],
    { cwd: join(import.meta.dirname, '../..'), env: process.env },
  );
  assert.match(stdout, /^disburse-loan: 2 -> 1/m);
  assert.match(stdout, new RegExp(`^${name}: 2 -> 1$`, 'm'));
}

async function releaseMachine(name: string, release: string): Promise<void> {
  const client = new SFNClient({ region });
  const published = new PublishedMachines(client, 'live');
  const machine = (await published.list()).find((each) => each.name === name);
  assert.ok(machine, `${name} has no alias`);
  const before = await published.definition(machine.arn);
  const definition = JSON.stringify({ ...before, Comment: `Another one. (release ${release})` });
  await client.send(new UpdateStateMachineCommand({ stateMachineArn: machine.arn, definition }));
  await client.send(new PublishStateMachineVersionCommand({ stateMachineArn: machine.arn }));
  await published.point(machine, 2);
  client.destroy();
}

/** What the clock does, done by hand: each schedule's function is called as the scheduler calls it. */
async function callSchedules(): Promise<void> {
  const schedules = await stacks.schedules();
  assert.ok(schedules.length > 0);
  for (const { entry, input } of schedules) await functions.invoke(entry, input);
  const supervisor = clientWith(sandbox.control.mintToken('supervisor'));
  for (const machine of ['originate-loan', 'disburse-loan'])
    await untilAllSucceeded(supervisor, machine);
  // A Map over an expression is not understood there (docs/emulators.md): its steps are taken one by one.
  if (isEmulated) await closeDayByHand();
  else await untilAllSucceeded(supervisor, 'close-business-day');
}

/** The states of close-business-day in their order, each shard until it has nothing left. */
async function closeDayByHand(): Promise<void> {
  const businessDate = businessDateOf(Date.now());
  const { shards } = (await functions.invoke(dayCloseStep('open-business-day'), {
    businessDate,
  })) as { shards: string[] };
  const reports: unknown[] = [];
  // Nothing is due on the day of the payout, so no shard may be named: one is closed all the same.
  const toClose = shards.length > 0 ? shards : ['00'];
  for (const shard of toClose) {
    let report = { isDone: false };
    while (!report.isDone)
      report = (await functions.invoke(dayCloseStep('close-shard'), {
        businessDate,
        shard,
      })) as typeof report;
    reports.push(report);
  }
  const ended = await functions.invoke(dayCloseStep('end-business-day'), {
    businessDate,
    shards: toClose,
    reports,
  });
  assert.equal((ended as { status: string }).status, 'Closed');
}

function dayCloseStep(name: string): string {
  return `functions/day-close/${name}.ts`;
}

async function untilAllSucceeded(operator: PlatformClient, machine: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { items } = (await operator.get(`/ops/executions?machine=${machine}`)) as {
      items: { executionId: string; status: string }[];
    };
    const unfinished = items.filter(({ status }) => status !== 'SUCCEEDED');
    if (items.length > 0 && unfinished.length === 0) return;
    const failed = unfinished.filter(({ status }) => status !== 'RUNNING');
    if (failed.length > 0 || Date.now() > deadline)
      throw new Error(`${machine}: ${JSON.stringify(unfinished)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A command of `local/releases`, as npm runs it; what it says is shown when it fails. */
async function runCommand(file: string, ...words: readonly string[]): Promise<void> {
  const command = join(import.meta.dirname, '../../local/releases', file);
  const outputs = await stacks.outputsFile();
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[command, '--region', region, '--outputs', outputs],
    ...words,
  ]).catch((error: unknown) => {
    const { stdout: said = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file}: ${said}${stderr}`);
  });
  if (flags.verbose) process.stdout.write(stdout);
}

async function fillIn(outputs: StackOutputs): Promise<void> {
  const directory = join(import.meta.dirname, '../../catalog');
  await runCommand('run-catalog.ts', '--directory', directory);
  // What is there already stays as it is: only the demo partner's key comes in addition.
  const client = new DynamoDBClient({ region });
  await seedCatalog({
    client,
    tableName: outputOf(outputs, 'data', 'CatalogTableName'),
    directory,
    partnerKey: keys.partnerKey,
  });
  client.destroy();
  const secrets = new SecretsManagerClient({ region });
  const provider = (name: string): object => ({
    url: `${publicUrl}/sandbox/${name}`,
    apiKey: keys.providerApiKey,
  });
  const names = ['bank', 'bureau', 'identity', 'income', 'recognition', 'signature', 'sms'];
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: outputOf(outputs, 'data', 'ProviderSecretArn'),
      SecretString: JSON.stringify({
        ...Object.fromEntries(names.map((name) => [name, provider(name)])),
        callbackSecret: keys.callbackSecret,
        webhookSecretKey: keys.webhookSecretKey,
        blindIndexKey: keys.blindIndexKey,
      }),
    }),
  );
  secrets.destroy();
}

async function destroy(): Promise<void> {
  await stacks.destroy();
  assert.deepEqual(await functions.list(), []);
}

async function accountId(): Promise<string> {
  const { text } = await callAws(region, {
    service: 'sts',
    method: 'POST',
    path: '/',
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    contentType: 'application/x-www-form-urlencoded; charset=utf-8',
  });
  const [, found] = /<Account>(\d{12})<\/Account>/.exec(text) ?? [];
  if (found === undefined) throw new Error('the endpoint does not say which account this is');
  return found;
}

async function untilStatus(
  applicationId: string,
  status: string,
): Promise<Record<string, unknown>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const application = await partner.get(`/v1/applications/${applicationId}`);
    if (application['status'] === status) return application;
    if (Date.now() > deadline)
      throw new Error(`${applicationId} is ${String(application['status'])}, not ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function refused(ask: () => Promise<unknown>, status: number): Promise<void> {
  const error: unknown = await ask().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlatformProblem, `answered, where ${status} was due`);
  assert.equal(error.status, status, error.message);
}

function clientWith(credential: string): PlatformClient {
  return new PlatformClient({ baseUrl: publicUrlOfDoor(), credential, patienceMs: 10_000 });
}

function publicUrlOfDoor(): string {
  return `http://127.0.0.1:${flags.port}`;
}

function outputOf(outputs: StackOutputs, stack: string, name: string): string {
  const value = outputs[stack]?.[name];
  if (value === undefined) throw new Error(`the stack ${stack} has no output ${name}`);
  return value;
}

async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const since = performance.now();
  try {
    const result = await work();
    console.log(`✓ ${name} (${seconds(since)} s)`);
    return result;
  } catch (error) {
    console.log(`✗ ${name} (${seconds(since)} s)`);
    throw error;
  }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
