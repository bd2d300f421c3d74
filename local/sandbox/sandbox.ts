import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { BankSimulator } from './bank.ts';
import type { BankConduct } from './bank-conduct.ts';
import { BureauProvider } from './bureau.ts';
import { CallbackSender } from './callbacks.ts';
import { FaultBoard, FaultOrder, garbage } from './faults.ts';
import type { Strike } from './faults.ts';
import { GuarantorProvider } from './guarantor.ts';
import { IdentityProvider } from './identity.ts';
import { IncomeProvider } from './income.ts';
import { OidcIssuer } from './oidc.ts';
import { PartnerReceiver } from './partner.ts';
import { malformed, noSuchRoute, outOfService } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';
import { RecognitionProvider } from './recognition.ts';
import { SignatureSimulator } from './signature.ts';
import { SmsProvider } from './sms.ts';

export interface SandboxOptions {
  readonly clock: Clock;
  /** Where the simulators keep their books; undefined keeps them in memory. */
  readonly dataDir: string | undefined;
  /** The key the platform's adapters send as `Authorization: Bearer …`. */
  readonly apiKey: string;
  /** Standard Webhooks secret (base64, with or without `whsec_`) that signs callbacks. */
  readonly callbackSecret: string;
  /** Where the platform listens, for example `http://127.0.0.1:4000`. */
  readonly platformUrl: string;
  readonly manualBorrower?: boolean;
  /** The issuer of operators' tokens, where the platform finds it; part of the platform's own address when left out. */
  readonly issuer?: string;
  readonly audience?: string;
  readonly webhookSecret?: string;
  readonly bank?: Partial<BankConduct>;
  /** Told of every new webhook the demo partner receives. */
  readonly onWebhook?: (body: unknown) => void;
}

const BODY_MAX_BYTES = 256 * 1024;
const STALL_MS = 60_000;
const REORDER_MS = 250;

/** What tests and the host may do with the simulators without going through HTTP. */
export interface SandboxControl {
  inject(order: FaultOrder): { faultId: string };
  heal(filter?: { provider?: string; faultId?: string }): number;
  list(): unknown[];
  mintToken(operatorId: string, expiresInSeconds?: number): string;
  changeBankConduct(change: Partial<BankConduct>): void;
}

/** All simulators behind one request handler, mounted at `/sandbox`. */
export class Sandbox {
  readonly control: SandboxControl;
  readonly #options: SandboxOptions;
  readonly #providers: Readonly<Record<string, SandboxProvider>>;
  readonly #faults = new FaultBoard();
  readonly #callbacks: CallbackSender;
  readonly #bank: BankSimulator;
  readonly #apiKeyDigest: Buffer;
  readonly #timers = new Set<NodeJS.Timeout>();
  #arrivals = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#apiKeyDigest = sha256(`Bearer ${options.apiKey}`);
    const { clock, dataDir, platformUrl } = options;
    const callbacks = new CallbackSender(options.callbackSecret, this.#faults);
    this.#callbacks = callbacks;
    const issuer = options.issuer ?? `${platformUrl}/sandbox/oidc`;
    const oidc = new OidcIssuer({ clock, dataDir, issuer, audience: options.audience ?? 'zhudai' });
    this.#bank = new BankSimulator({
      clock,
      dataDir,
      callbacks,
      platformUrl,
      conduct: options.bank ?? {},
    });
    this.#providers = {
      identity: new IdentityProvider(),
      income: new IncomeProvider(),
      recognition: new RecognitionProvider(),
      bureau: new BureauProvider(clock),
      guarantor: new GuarantorProvider({
        clock,
        dataDir,
        callbacks,
        platformUrl,
        transfer: (transfer) => {
          this.#bank.deposit(transfer);
        },
      }),
      signature: new SignatureSimulator({
        clock,
        dataDir,
        callbacks,
        platformUrl,
        isManual: options.manualBorrower ?? false,
      }),
      bank: this.#bank,
      sms: new SmsProvider({ clock, dataDir, callbacks, platformUrl }),
      partner: new PartnerReceiver({
        clock,
        dataDir,
        webhookSecret: options.webhookSecret,
        onWebhook: options.onWebhook ?? (() => undefined),
      }),
      oidc,
    };
    this.control = {
      inject: (order) => this.#faults.inject(order),
      heal: (filter) => this.#faults.heal(filter),
      list: () => this.#faults.list(),
      mintToken: (operatorId, expiresInSeconds) => oidc.mintToken(operatorId, expiresInSeconds),
      changeBankConduct: (change) => {
        this.#bank.changeConduct(change);
      },
    };
  }

  /** Takes a request that is for the sandbox; false leaves it to somebody else. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = request.url ?? '/';
    if (url !== '/sandbox' && !url.startsWith('/sandbox/')) return false;
    const arrival = ++this.#arrivals;
    this.#serve(request, response, arrival).catch((error: unknown) => {
      if (!response.headersSent)
        answer(response, { status: 500, body: { code: 'InternalError', detail: String(error) } });
      else response.destroy();
    });
    return true;
  }

  /** The books of every simulator by name. */
  books(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.#providers).map(([name, provider]) => [name, provider.books()]),
    );
  }

  /** Telephones the bank about one payout, as a person does when the interface gives no definite answer. */
  askBank(reference: string): 'Paid' | 'NotPaid' | 'Processing' {
    return this.#bank.ask(reference, ++this.#arrivals);
  }

  bankBooks(): ReturnType<BankSimulator['books']> {
    return this.#bank.books();
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#callbacks.close();
    for (const provider of Object.values(this.#providers)) provider.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse, arrival: number): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const [, , name = '', ...rest] = url.pathname.split('/');
    const raw = await readBody(request);
    if (raw === undefined) {
      answer(response, { status: 413, body: { code: 'PayloadTooLarge' } });
      return;
    }
    const parsed: SandboxRequest = {
      method: request.method ?? 'GET',
      path: rest.length === 0 ? '' : `/${rest.join('/')}`,
      query: url.searchParams,
      headers: request.headers,
      rawBody: raw,
      body: parseJson(raw),
      arrival,
    };
    if (name === 'control' || name === 'books') {
      answer(response, name === 'control' ? this.#controlRoute(parsed) : this.#booksRoute(parsed));
      return;
    }
    const provider = Object.hasOwn(this.#providers, name) ? this.#providers[name] : undefined;
    if (provider === undefined) {
      answer(response, noSuchRoute);
      return;
    }
    if (parsed.path === '/books' && parsed.method === 'GET') {
      answer(response, { status: 200, body: provider.books(parsed.query) });
      return;
    }
    if (provider.needsKey(parsed.path) && !this.#isKeyRight(parsed)) {
      answer(response, {
        status: 401,
        body: { code: 'Unauthorized', detail: 'wrong provider key' },
      });
      return;
    }
    this.#perform({ name, provider, request: parsed, response });
  }

  #perform(call: ProviderCall): void {
    const { name, provider, request, response } = call;
    const subject = () => `${request.method} /${name}${request.path} ${request.rawBody}`;
    const strike = this.#faults.strike(name, 'Request', subject);
    if (strike === undefined) {
      answer(response, provider.handle(request));
      return;
    }
    this.#performBadly(call, strike);
  }

  #performBadly({ provider, request, response }: ProviderCall, strike: Strike): void {
    switch (strike.kind) {
      case 'Fail':
        answer(response, outOfService);
        return;
      case 'Stall':
        if (strike.performs) provider.handle(request).afterwards?.();
        this.#later(strike.delayMs ?? STALL_MS, () => response.destroy());
        return;
      case 'LoseAnswer':
        answer(response, { ...provider.handle(request), isCut: true });
        return;
      case 'Duplicate': {
        const first = provider.handle(request);
        answer(response, provider.handle(request));
        first.afterwards?.();
        return;
      }
      case 'Garbage':
        provider.handle(request).afterwards?.();
        answerText(response, garbage(strike.draw));
        return;
      case 'Reorder':
      case 'Delay': {
        const delayMs =
          strike.kind === 'Delay' ? (strike.delayMs ?? 1000) : strike.draw * REORDER_MS;
        // The work is done even when the caller has long hung up: a bank does not read our time-out.
        this.#later(delayMs, () => {
          answer(response, provider.handle(request));
        });
      }
    }
  }

  #controlRoute(request: SandboxRequest): SandboxAnswer {
    const { method, query } = request;
    if (method === 'GET') return { status: 200, body: { faults: this.#faults.list() } };
    if (method === 'DELETE') {
      const provider = query.get('provider') ?? undefined;
      const faultId = query.get('faultId') ?? undefined;
      return { status: 200, body: { healed: this.#faults.heal({ provider, faultId }) } };
    }
    if (method !== 'POST') return noSuchRoute;
    // Only JSON is taken, so that no form of a web page open on this machine can break the sandbox.
    if (!request.headers['content-type']?.startsWith('application/json'))
      return { status: 415, body: { code: 'UnsupportedMediaType' } };
    const order = FaultOrder.safeParse(request.body);
    if (!order.success) return malformed(z.prettifyError(order.error));
    if (order.data.provider !== '*' && !Object.hasOwn(this.#providers, order.data.provider))
      return malformed(`provider must be * or one of ${Object.keys(this.#providers).join(', ')}`);
    return { status: 201, body: this.#faults.inject(order.data) };
  }

  #booksRoute(request: SandboxRequest): SandboxAnswer {
    if (request.method !== 'GET' || request.path !== '') return noSuchRoute;
    return { status: 200, body: this.books() };
  }

  #isKeyRight(request: SandboxRequest): boolean {
    return timingSafeEqual(sha256(request.headers.authorization ?? ''), this.#apiKeyDigest);
  }

  #later(delayMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delayMs);
    this.#timers.add(timer);
  }
}

interface ProviderCall {
  readonly name: string;
  readonly provider: SandboxProvider;
  readonly request: SandboxRequest;
  readonly response: ServerResponse;
}

/** Builds the simulators; the host hands their requests to `handle`. */
export function createSandbox(options: SandboxOptions): Sandbox {
  return new Sandbox(options);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answer(
  response: ServerResponse,
  { status, body, isCut, afterwards }: SandboxAnswer,
): void {
  if (isCut) response.destroy();
  else if (body === undefined) response.writeHead(status).end();
  else {
    const text = JSON.stringify(body);
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      })
      .end(text);
  }
  if (afterwards !== undefined) setImmediate(afterwards);
}

function answerText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(text);
}
