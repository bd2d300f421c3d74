import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface FakeApplication {
  readonly applicationId: string;
  readonly externalId: string;
  status: string;
  readonly requested: unknown;
  documentsRequested: string[];
  readonly documents: { kind: string; status: string; sha256: string }[];
  contract?: Record<string, unknown>;
  loanId?: string;
}

export interface FakeTask {
  taskId: string;
  version: number;
  kind: string;
  queue: string;
  status: string;
  excludedOperators: string[];
  decisions: { operatorId: string; outcome: string }[];
  approvalsRequired: number;
  assignee?: string;
  content: Record<string, unknown>;
  contentHash: string;
}

/** Says the least a platform must say for its clients to be tested: no rules, only the shapes of the API. */
export class FakePlatform {
  readonly applications = new Map<string, FakeApplication>();
  readonly tasks = new Map<string, FakeTask>();
  readonly requests: { method: string; path: string; key: string | undefined; body: unknown }[] =
    [];
  /** What happens to a new application. */
  fateOf: (externalId: string) => 'Disbursed' | 'Declined' | 'UnderReview' | 'AwaitingDocuments' =
    () => 'Disbursed';
  /** Answers this status to the next requests, one each. */
  readonly nextStatuses: number[] = [];
  /** So many uploads are acknowledged and forgotten. */
  lostUploads = 0;
  readonly #keys = new Map<string, { body: string; answer: unknown }>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  /** Forgets everything and listens. */
  async start(): Promise<string> {
    this.applications.clear();
    this.tasks.clear();
    this.requests.length = 0;
    this.nextStatuses.length = 0;
    this.fateOf = () => 'Disbursed';
    this.#keys.clear();
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const forced = this.nextStatuses.shift();
    if (forced !== undefined) {
      send(response, forced, { code: 'Forced' });
      return;
    }
    if (request.method === 'PUT') {
      if (this.lostUploads-- > 0) {
        response.writeHead(200).end();
        return;
      }
      this.#uploaded(path, bytes);
      response.writeHead(200).end();
      return;
    }
    const text = bytes.toString('utf8');
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const key = request.headers['idempotency-key'] as string | undefined;
    this.requests.push({ method: request.method ?? '', path, key, body });
    const caller = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (request.method === 'GET') this.#read(response, path, new URLSearchParams(query));
    else this.#write({ response, path, body, key: key ?? '', text, caller });
  }

  #read(response: ServerResponse, path: string, query: URLSearchParams): void {
    const [, , list = '', id] = path.split('/');
    if (path === '/v1/applications') {
      const items = [...this.applications.values()].filter(
        ({ status }) => status === (query.get('status') ?? status),
      );
      send(response, 200, { items });
    } else if (path === '/ops/tasks') {
      const items = [...this.tasks.values()].filter(
        ({ queue, status }) => queue === query.get('queue') && status === 'Open',
      );
      send(response, 200, { items });
    } else {
      const found = list === 'tasks' ? this.tasks.get(id ?? '') : this.applications.get(id ?? '');
      send(response, found ? 200 : 404, found ?? { code: 'NotFound' });
    }
  }

  #write(write: {
    response: ServerResponse;
    path: string;
    body: Record<string, unknown>;
    key: string;
    text: string;
    caller: string;
  }): void {
    const { response, path, key, text } = write;
    const known = this.#keys.get(key);
    if (known !== undefined) {
      if (known.body === path + text) send(response, 202, known.answer);
      else send(response, 422, { code: 'IdempotencyKeyReused' });
      return;
    }
    const [status, answer] = this.#act(write);
    if (status < 300) this.#keys.set(key, { body: path + text, answer });
    send(response, status, answer);
  }

  #act(write: { path: string; body: Record<string, unknown>; caller: string }): [number, unknown] {
    const [, , list, id = '', action] = write.path.split('/');
    if (list === 'tasks') return this.#actOnTask(id, action ?? '', write);
    if (id === '') return this.#submit(write.body);
    const application = this.applications.get(id);
    if (application === undefined) return [404, { code: 'NotFound' }];
    if (action === 'documents') return this.#register(application, write.body);
    if (action === 'disclosure') {
      if (write.body['sheetHash'] !== application.contract?.['sheetHash'])
        return [409, { code: 'InvalidTransition' }];
      application.contract = { ...application.contract, disclosureConfirmedAt: 'now' };
      return [200, application];
    }
    if (!application.contract?.['disclosureConfirmedAt'])
      return [409, { code: 'InvalidTransition' }];
    application.status = 'Disbursed';
    return [200, application];
  }

  #submit(body: Record<string, unknown>): [number, unknown] {
    const externalId = String(body['externalId']);
    const applicationId = `app_${createHash('sha256').update(externalId).digest('hex').slice(0, 26).toUpperCase()}`;
    if (this.applications.has(applicationId)) return [409, { code: 'ExternalIdTaken' }];
    const fate = this.fateOf(externalId);
    const application: FakeApplication = {
      applicationId,
      externalId,
      status: fate === 'Disbursed' ? 'AwaitingSignature' : fate,
      requested: body['requested'],
      documentsRequested: fate === 'AwaitingDocuments' ? ['IdentityCardFront', 'IncomeProof'] : [],
      documents: [],
      ...(fate === 'Disbursed' && {
        contract: { sheetHash: 'ab'.repeat(32), aprNominal: '0.0720' },
      }),
    };
    this.applications.set(applicationId, application);
    return [202, { applicationId, status: 'Received' }];
  }

  #register(application: FakeApplication, body: Record<string, unknown>): [number, unknown] {
    const kind = String(body['kind']);
    application.documents.push({ kind, status: 'Registered', sha256: String(body['sha256']) });
    const url = `${this.url}/upload/${application.applicationId}/${kind}`;
    return [201, { documentId: `doc_${kind}`, upload: { url, method: 'PUT', headers: {} } }];
  }

  #uploaded(path: string, bytes: Buffer): void {
    const [, , applicationId = '', kind] = path.split('/');
    const application = this.applications.get(applicationId);
    const document = application?.documents.find((candidate) => candidate.kind === kind);
    if (application === undefined || document === undefined) return;
    const digest = createHash('sha256').update(bytes).digest('hex');
    document.status = digest === document.sha256 ? 'Verified' : 'Rejected';
    if (application.documents.filter(({ status }) => status === 'Verified').length === 2)
      application.status = 'Declined';
  }

  #actOnTask(
    id: string,
    action: string,
    write: { body: Record<string, unknown>; caller: string },
  ): [number, unknown] {
    const task = this.tasks.get(id);
    if (task === undefined) return [404, { code: 'NotFound' }];
    if (task.excludedOperators.includes(write.caller)) return [403, { code: 'Forbidden' }];
    task.version += 1;
    if (action === 'claim') {
      task.assignee = write.caller;
      return [200, task];
    }
    if (task.assignee !== write.caller || write.body['contentHash'] !== task.contentHash)
      return [409, { code: 'ConcurrentChange' }];
    task.decisions.push({ operatorId: write.caller, outcome: String(write.body['outcome']) });
    delete task.assignee;
    if (task.decisions.length >= task.approvalsRequired) task.status = 'Decided';
    return [200, task];
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
