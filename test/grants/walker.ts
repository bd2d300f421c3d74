import {
  type AttributeValue,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import type { PlatformProcess } from '#local/bench/platform-process.ts';
import { advanceClock } from '#local/cli/advance.ts';
import { magicDocument, sampleDocument } from '#local/samples/sample-documents.ts';
import { sendRaw } from '#local/sandbox/http-json.ts';
import { everyItem } from '#local/sandbox/page-items.ts';
import { PlatformClient, PlatformProblem } from '#local/sandbox/platform-client.ts';
import { DeadLetterWatch } from './dead-letter-watch.ts';

export type Fields = Readonly<Record<string, unknown>>;
export type Items = readonly Fields[];

/** One person asks, another approves: nobody decides alone. */
export const staff = [
  'operator-a',
  'operator-b',
  'supervisor',
  'operator-demo',
  'administrator',
  'collector',
] as const;

const UNTIL_MS = 120_000;
const MINUTE = 60;
/** Longer than a function keeps a catalog item. */
const PUBLISHED_MS = 31_000;

/** Whoever walks through a platform: its partner and its staff, who take one step after the other. */
export class Walker {
  /** What went otherwise than meant. */
  readonly stumbles: string[] = [];
  readonly platform: PlatformProcess;
  readonly partner: PlatformClient;
  readonly #tokens = new Map<string, string>();
  #isOver = false;

  constructor(platform: PlatformProcess) {
    this.platform = platform;
    this.partner = this.#client(platform.partnerKey);
  }

  /** Answers what went otherwise than meant on the way; throws as soon as a dead letter waits. */
  async walk(way: () => Promise<void>): Promise<readonly string[]> {
    const watch = new DeadLetterWatch(this.platform.awsEndpoint);
    try {
      await this.signIn();
      await Promise.race([way(), watch.found]);
    } finally {
      watch.stop();
      this.#isOver = true;
    }
    return this.stumbles;
  }

  /** Good for ninety days of the platform's clock. */
  async signIn(): Promise<void> {
    for (const operatorId of staff) this.#tokens.set(operatorId, await this.mint(operatorId));
  }

  /** Takes one step; where it ends is noted instead of ending the walk. */
  async step<Result>(name: string, work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#isOver) throw new Error(`the walk ended before: ${name}`);
    try {
      return await work();
    } catch (error) {
      this.stumbles.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  as(operatorId: string): PlatformClient {
    return this.#client(this.#tokens.get(operatorId) ?? this.platform.operatorToken);
  }

  async mint(operatorId: string): Promise<string> {
    const token = await this.sandbox('POST', '/oidc/token', { operatorId });
    return String(token['access_token']);
  }

  async apply(n: number, wish: { amountFen: number; incomeFen: number }): Promise<string> {
    const body = syntheticApplication('walk', n);
    Object.assign(body['requested'] as object, { amountFen: wish.amountFen });
    if (wish.incomeFen > 0)
      Object.assign(body['applicant'] as object, { monthlyIncomeFen: wish.incomeFen });
    return this.send(body);
  }

  async send(body: Record<string, unknown>): Promise<string> {
    return String((await this.partner.post('/v1/applications', body)).body['applicationId']);
  }

  async upload(id: string, kind: string): Promise<string> {
    const paper =
      kind === 'IncomeProof'
        ? magicDocument(kind, 'Doubtful')
        : sampleDocument(kind, `${id} ${kind}`);
    const { contentType, bytes, sha256 } = paper;
    const { body } = await this.partner.post(`/v1/applications/${id}/documents`, {
      kind,
      contentType,
      sizeBytes: bytes.length,
      sha256,
    });
    const place = body['upload'] as { url: string; headers: Record<string, string> };
    const headers = { 'content-type': contentType, ...place.headers };
    const answer = await sendRaw({ method: 'PUT', url: place.url, headers, body: bytes });
    if (answer.status !== 200) throw new Error(answer.text);
    return String(body['documentId']);
  }

  /** The application as soon as it has this status. */
  async until(id: string, status: string): Promise<Fields> {
    let was: unknown;
    return this.when(
      async () => {
        const application = await this.partner.get(`/v1/applications/${id}`);
        was = application['status'];
        return was === status ? application : undefined;
      },
      () => `${id} is ${String(was)} instead of ${status}`,
    );
  }

  /** What is looked for, as soon as it is there. */
  async when<Found>(look: () => Promise<Found | undefined>, why: () => string): Promise<Found> {
    const deadline = Date.now() + UNTIL_MS;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(why());
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async askForErasure(applicationId: string): Promise<void> {
    const { body } = await this.as('supervisor').post('/ops/personal-data-requests', {
      applicationId,
      kind: 'Deletion',
      verification: 'InPerson',
      receivedOn: '2026-01-05',
    });
    await this.as('supervisor').get(`/ops/personal-data-requests/${String(body['requestId'])}`);
  }

  async now(): Promise<number> {
    const url = `${this.platform.baseUrl}/local/clock`;
    const { text } = await sendRaw({ method: 'GET', url });
    return Date.parse((JSON.parse(text) as { now: string }).now);
  }

  /** A request to the outside world of this machine. */
  async sandbox(method: string, path: string, body?: Fields): Promise<Fields> {
    const { status, text } = await sendRaw({
      method,
      url: `${this.platform.baseUrl}/sandbox${path}`,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Fields);
  }

  /** Work while an execution is stopped; then it is taken up again. */
  async whileStopped(executionId: string, work: () => Promise<unknown>): Promise<void> {
    const path = `/ops/executions/${encodeURIComponent(executionId)}`;
    const administrator = this.as('administrator');
    await administrator.post(`${path}/stop`, { reason: 'walk' });
    await work();
    // What people decided is said by an event once more, and that finds nobody either.
    await this.quiet();
    await administrator.post(`${path}/redrive`, {});
  }

  /** The execution as soon as it is in a state. */
  async waitsIn(executionId: string, state: string): Promise<void> {
    const path = `/ops/executions/${encodeURIComponent(executionId)}/history`;
    let last: unknown;
    await this.when(
      async () => {
        for await (const { type, details } of everyItem(this.as('administrator'), path))
          if (String(type).endsWith('StateEntered')) last = (details as Fields)['name'];
        return last === state ? true : undefined;
      },
      () => `${executionId} is in ${String(last)} instead of ${state}`,
    );
  }

  /** Everything that was begun has ended. */
  async quiet(): Promise<void> {
    await advanceClock(this.platform.baseUrl, MINUTE);
  }

  /** A new version of a catalog item, by two people. Who has read the one before knows it in half a minute. */
  async publish(kind: string, id: string, change: Fields): Promise<void> {
    const path = `/ops/catalog?kind=${kind}&id=${id}`;
    const { items } = await this.as('administrator').get(path);
    const [current] = items as readonly (Fields & { version: number })[];
    const content = { ...current, ...change, version: (current?.version ?? 0) + 1 };
    const { body } = await this.as('supervisor').post('/ops/catalog/drafts', { kind, content });
    const draft = `/ops/catalog/drafts/${String(body['draftId'])}`;
    await this.as('supervisor').post(`${draft}/submission`, {});
    const { contentHash } = body;
    await this.as('administrator').post(`${draft}/approval`, { outcome: 'Approve', contentHash });
  }

  /** Waits until every function knows what was published: they keep it by the clock of the machine. */
  async published(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PUBLISHED_MS));
  }

  task(applicationId: string, kind: string): Promise<Fields> {
    return this.when(
      async () => {
        const { items } = await this.as('operator-demo').get('/ops/tasks?limit=100');
        return (items as Items).find(
          (task) => task['applicationId'] === applicationId && task['kind'] === kind,
        );
      },
      () => `nobody is asked for ${kind} of ${applicationId}`,
    );
  }

  async decide(applicationId: string, kind: string, who: string, answer: Fields): Promise<void> {
    const { taskId, contentHash } = await this.task(applicationId, kind);
    const path = `/ops/tasks/${String(taskId)}/decision`;
    await this.as(who).post(path, { ...answer, contentHash });
  }

  #client(credential: string): PlatformClient {
    return new PlatformClient({ baseUrl: this.platform.baseUrl, credential, patienceMs: 20_000 });
  }
}

/** What the platform refuses in words is an answer as well; what it cannot answer is not. */
export function onlyProblems(error: unknown): undefined {
  if (!(error instanceof PlatformProblem) || error.status >= 500) throw error;
  return undefined;
}

/** One attribute of one item, set past every function. Answers what it was. */
export async function setAttribute(
  endpoint: string,
  place: { readonly table: string; readonly where: Readonly<Record<string, string>> },
  [name, value]: readonly [name: string, value: AttributeValue],
): Promise<AttributeValue> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  try {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    const TableName = TableNames.find((each) => each.includes(place.table));
    const { Items: all = [] } = await client.send(new ScanCommand({ TableName }));
    const [item, ...others] = all.filter((each) =>
      Object.entries(place.where).every(([field, text]) => each[field]?.S === text),
    );
    const was = item?.[name];
    if (was === undefined || others.length > 0) throw new Error(JSON.stringify(place));
    const Item = { ...item, [name]: value };
    await client.send(new PutItemCommand({ TableName, Item }));
    return was;
  } finally {
    client.destroy();
  }
}
