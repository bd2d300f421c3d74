import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  PutCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication, syntheticCardNumber } from '#local/bench/synthetic-applications.ts';
import { sampleDocument } from '#local/samples/sample-documents.ts';
import { sendRaw } from '#local/sandbox/http-json.ts';
import { addDays } from '#domain/shared/calendar.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface LentLoan {
  readonly loanId: string;
  readonly applicationId: string;
  readonly accountNumber: string;
  readonly mobile: string;
  /** The due dates of its plan. */
  readonly dueOn: readonly string[];
}

export type OperatorName =
  | 'operator-a'
  | 'operator-b'
  | 'collector'
  | 'supervisor'
  | 'administrator'
  | 'auditor'
  | 'operator-demo';

const LENDER = 'zhudai-lending';
const collectionScripts = ['reminder', 'second-reminder', 'robot-reminder', 'assistant-call'];
/** Longer than a payout whose attempt died keeps its claim. */
const PATIENCE_MS = 200_000;

/**
 * A whole platform with loans whose accounts are empty: every journey of collections talks to it over HTTP alone, as
 * operators, a partner and a bank do, and moves its clock.
 */
export class CollectionsPlatform {
  readonly #platform: PlatformProcess;
  readonly #dataDir: string;
  #key = 0;

  private constructor(platform: PlatformProcess, dataDir: string) {
    this.#platform = platform;
    this.#dataDir = dataDir;
  }

  /** With the sandbox's staff at work unless nobody is to decide but the journey. */
  static async start(staff: readonly string[] = ['--auto-operate']): Promise<CollectionsPlatform> {
    const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-collections-'));
    const flags = ['--empty', '--memory', '--isolate', ...staff];
    const platform = await startPlatformProcess({ flags, dataDir });
    await putEverybodyIntoChampion(platform);
    return new CollectionsPlatform(platform, dataDir);
  }

  async stop(): Promise<void> {
    await this.#platform.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  /** The command line of a user, against this platform. */
  async zhudai(...words: readonly string[]): Promise<string> {
    const bin = join(import.meta.dirname, '../../local/cli/zhudai.ts');
    const connection = ['--url', this.#platform.baseUrl, '--data', this.#dataDir];
    const { stdout } = await promisify(execFile)(process.execPath, [bin, ...words, ...connection]);
    return stdout;
  }

  /** One request under a credential; a key of its own unless one is given. */
  async send(
    method: string,
    path: string,
    { credential, body, key }: { credential?: string; body?: unknown; key?: string } = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.#platform.baseUrl}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
        ...(method === 'POST' ? { 'idempotency-key': key ?? `key-${(this.#key += 1)}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  }

  /** A request of one of the demo operators, with a token of this moment. */
  async as(
    operatorId: OperatorName,
    method: 'GET' | 'POST',
    path: string,
    sent: { body?: unknown; key?: string } = {},
  ): Promise<Answer> {
    const token = await this.send('POST', '/sandbox/oidc/token', { body: { operatorId } });
    return this.send(method, path, { ...sent, credential: String(token.body['access_token']) });
  }

  partner(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    return this.send(method, path, { credential: this.#platform.partnerKey, body });
  }

  /** Uploads a paper of a borrower for their application; it is judged a moment later. */
  async upload({ applicationId }: LentLoan): Promise<string> {
    const path = `/v1/applications/${applicationId}`;
    const { contentType, bytes, sha256 } = sampleDocument('Other', `evidence ${applicationId}`);
    const sizeBytes = bytes.length;
    const announced = { kind: 'Other', contentType, sizeBytes, sha256 };
    const { body } = await this.partner('POST', `${path}/documents`, announced);
    const { url, headers } = body['upload'] as { url: string; headers: Record<string, string> };
    const put = await sendRaw({ method: 'PUT', url, headers, body: bytes });
    if (put.status !== 200) throw new Error(put.text);
    const documentId = String(body['documentId']);
    return this.until(async () => {
      const application = await this.partner('GET', path);
      const documents = application.body['documents'] as { documentId: string; status: string }[];
      const found = documents.find((each) => each.documentId === documentId);
      return found?.status === 'Verified' ? documentId : undefined;
    }, 'the document to be looked at');
  }

  async now(): Promise<string> {
    return String((await this.send('GET', '/local/clock')).body['now']);
  }

  /** Everything due up to that instant has happened when this returns. */
  async moveTo(date: string, time = '10:00:00'): Promise<void> {
    const to = `${date}T${time}+08:00`;
    const answer = await this.send('POST', '/local/clock', { body: { to } });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  }

  /** Lends to the n-th person and empties their account: the first installment stays unpaid. */
  async lend(n: number, change: (body: Record<string, unknown>) => void = () => undefined) {
    const body = syntheticApplication('collections', n);
    change(body);
    const { mobile } = body['applicant'] as { mobile: string };
    const asked = await this.partner('POST', '/v1/applications', body);
    const applicationId = String(asked.body['applicationId']);
    let status = '';
    const loanId = await this.until(
      async () => {
        const { body: found } = await this.partner('GET', `/v1/applications/${applicationId}`);
        status = String(found['status']);
        return status === 'Disbursed' ? String(found['loanId']) : undefined;
      },
      () => `${applicationId} to be paid out: it is ${status}`,
    );
    const accountNumber = syntheticCardNumber(n);
    await this.send('PUT', `/sandbox/bank/accounts/${accountNumber}`, { body: { balanceFen: 0 } });
    const { body: plan } = await this.partner('GET', `/v1/loans/${loanId}/schedule`);
    const dueOn = (plan['rows'] as { dueOn: string }[]).map((row) => row.dueOn);
    const lent: LentLoan = { loanId, applicationId, accountNumber, mobile, dueOn };
    return lent;
  }

  /** Moves to ten in the morning so many days after the first due date. */
  moveToDayPastDue({ dueOn: [first = ''] }: LentLoan, days: number, time?: string): Promise<void> {
    return this.moveTo(addDays(first, days), time);
  }

  /** The open case that holds a loan. */
  caseIdOf({ loanId }: LentLoan): Promise<string> {
    return this.until(async () => {
      const { body } = await this.as('collector', 'GET', `/ops/cases?lenderId=${LENDER}&limit=100`);
      const cases = body['items'] as { caseId: string; loans: { loanId: string }[] }[];
      return cases.find(({ loans }) => loans.some((loan) => loan.loanId === loanId))?.caseId;
    }, `a case of ${loanId}`);
  }

  async caseOf(caseId: string): Promise<Record<string, unknown>> {
    return (await this.as('supervisor', 'GET', `/ops/cases/${caseId}`)).body;
  }

  /** The case as soon as it is as wished. */
  caseWhen(
    caseId: string,
    isSo: (found: Record<string, unknown>) => boolean,
    wish = 'the case to change',
  ): Promise<Record<string, unknown>> {
    return this.until(async () => {
      const found = await this.caseOf(caseId);
      return isSo(found) ? found : undefined;
    }, wish);
  }

  /** The open task of a kind about a case or an application. */
  taskOf(kind: string, about: string): Promise<Record<string, unknown>> {
    return this.until(async () => {
      const { body } = await this.as('supervisor', 'GET', '/ops/tasks?limit=100');
      const tasks = body['items'] as Record<string, unknown>[];
      return tasks.find(
        (task) => task['kind'] === kind && JSON.stringify(task).includes(`"${about}"`),
      );
    }, `a task ${kind} about ${about}`);
  }

  /** Decides a task bound to what was shown. */
  decide(operatorId: OperatorName, task: Record<string, unknown>, outcome: string) {
    return this.as(operatorId, 'POST', `/ops/tasks/${String(task['taskId'])}/decision`, {
      body: { outcome, contentHash: task['contentHash'], note: 'decided' },
    });
  }

  /** A transfer to the collection account with the loan in its remark. */
  async transfer({ loanId }: LentLoan, amountFen: number, receiptId: string): Promise<void> {
    const answer = await this.send('POST', '/sandbox/bank/receipts', {
      body: { amountFen, remark: loanId, receiptId },
    });
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  }

  /** Everything the loan owes today. */
  async dueFenOf({ loanId }: LentLoan): Promise<number> {
    const { body } = await this.partner('GET', `/v1/loans/${loanId}`);
    return (body['account'] as { dueFen: number }).dueFen;
  }

  /** What the gateway sent or read to a borrower to collect, longest ago first; the gateway knows masked numbers. */
  async remindersOf({ mobile }: LentLoan): Promise<readonly string[]> {
    const { body } = await this.send('GET', '/sandbox/sms/books');
    const messages = body['messages'] as { template: string; to: string; at: string }[];
    const masked = `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
    return messages
      .filter(({ to, template }) => to === masked && collectionScripts.includes(template))
      .map(({ template, at }) => `${template} ${at}`);
  }

  /** Writes into the store that a loan is late which is not: the close of a day finds out and says that it is cured. */
  async sayOverdue({ loanId, dueOn: [first = ''] }: LentLoan): Promise<void> {
    const { client, documents } = documentsAt(this.#platform);
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    await documents.send(
      new UpdateCommand({
        TableName: TableNames.find((name) => /-data-Loans[0-9A-F]{8}$/.test(name)),
        Key: { loanId, record: 'loan' },
        UpdateExpression: 'SET overdueSince = :date',
        ExpressionAttributeValues: { ':date': first },
        ConditionExpression: 'attribute_exists(loanId)',
      }),
    );
    client.destroy();
  }

  async until<Value>(
    look: () => Promise<Value | undefined>,
    wish: string | (() => string),
  ): Promise<Value> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > deadline)
        throw new Error(`waited in vain for ${typeof wish === 'string' ? wish : wish()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Arms go by the names of borrowers, which are drawn: what is told here is told of one ladder. */
async function putEverybodyIntoChampion(platform: PlatformProcess): Promise<void> {
  const { client, documents } = documentsAt(platform);
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const TableName = TableNames.find((name) => name.includes('Catalog'));
  const { Items = [] } = await documents.send(
    new ScanCommand({
      TableName,
      FilterExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': 'collection-strategy' },
    }),
  );
  if (Items.length === 0) throw new Error('the catalog has no strategy to put anybody into');
  for (const item of Items) {
    const arms = (item['arms'] as { arm: string }[] | undefined)?.filter(
      ({ arm }) => arm === 'Champion',
    );
    if (arms === undefined) continue;
    const [champion] = arms;
    const Item = { ...item, arms: [{ ...champion, percent: 100 }] };
    await documents.send(new PutCommand({ TableName, Item }));
  }
  client.destroy();
}

function documentsAt({ awsEndpoint }: PlatformProcess) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: awsEndpoint, region: 'us-east-1', credentials });
  return { client, documents: DynamoDBDocumentClient.from(client) };
}
