import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { CallbackSender } from './callbacks.ts';
import { Journal } from './journal.ts';
import type { IdentityScenario } from './magic.ts';
import { scenarioOf } from './magic.ts';
import { malformed, noSuchRoute } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';

/** 电子签名法 art. 13: nothing here is exclusive to the signer, so nothing here is a reliable signature. */
export const signatureLabel = 'not a reliable signature; sandbox only';

const Body = z.object({
  reference: z.string().min(1),
  applicationId: z.string().min(1),
  documentSha256: z.string().regex(/^[0-9a-f]{64}$/),
  documentKey: z.string(),
  signer: z.object({ name: z.string(), idNumber: z.string(), mobile: z.string() }),
});

type SignatureEntry =
  | {
      type: 'Requested';
      requestId: string;
      reference: string;
      applicationId: string;
      documentSha256: string;
      scenario: IdentityScenario | undefined;
      at: string;
    }
  | { type: 'Signed' | 'Declined'; requestId: string; at: string }
  | { type: 'Delivered'; requestId: string };

interface SignatureRequest {
  readonly requestId: string;
  readonly reference: string;
  readonly applicationId: string;
  readonly documentSha256: string;
  readonly scenario: IdentityScenario | undefined;
  readonly requestedAt: string;
  status: 'Pending' | 'Signed' | 'Declined';
  decidedAt?: string;
  isDelivered: boolean;
}

export interface SignatureOptions {
  readonly clock: Clock;
  readonly dataDir: string | undefined;
  readonly callbacks: CallbackSender;
  readonly platformUrl: string;
  /** Leaves every request pending until `POST …/requests/{id}/sign` or `/decline`. */
  readonly isManual: boolean;
}

const AN_HOUR_MS = 3_600_000;
/** A borrower needs a moment: the platform has then noted that it asked. Scenario 407 does not wait for that. */
const A_MOMENT_MS = 30;

/** An e-signature service in front of a borrower who signs at once, unless told or asked by a test number not to. */
export class SignatureSimulator implements SandboxProvider {
  readonly #options: SignatureOptions;
  readonly #journal: Journal<SignatureEntry>;
  readonly #requests = new Map<string, SignatureRequest>();
  readonly #cancels = new Set<() => void>();

  constructor(options: SignatureOptions) {
    this.#options = options;
    this.#journal = new Journal(options.dataDir, 'signature');
    for (const entry of this.#journal.read()) this.#apply(entry);
    for (const request of this.#requests.values()) this.#resume(request);
  }

  /** A person at the keyboard signs without the platform's key. */
  needsKey(path: string): boolean {
    return !/\/(sign|decline)$/.test(path);
  }

  handle(request: SandboxRequest): SandboxAnswer {
    const { method, path } = request;
    if (method === 'POST' && path === '/requests') return this.#create(request.body);
    const [, requestId = '', action] =
      /^\/requests\/([^/]+)(?:\/(sign|decline))?$/.exec(path) ?? [];
    const found = this.#requests.get(requestId);
    if (found === undefined) return noSuchRoute;
    if (method === 'GET' && action === undefined) return { status: 200, body: found };
    if (method !== 'POST' || action === undefined) return noSuchRoute;
    this.#decide(found, action === 'sign' ? 'Signed' : 'Declined');
    return { status: 200, body: found };
  }

  books(): unknown {
    const requests = [...this.#requests.values()];
    return {
      label: signatureLabel,
      requests,
      totals: {
        requested: requests.length,
        signed: requests.filter(({ status }) => status === 'Signed').length,
        declined: requests.filter(({ status }) => status === 'Declined').length,
        pending: requests.filter(({ status }) => status === 'Pending').length,
      },
    };
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#journal.close();
  }

  #create(input: unknown): SandboxAnswer {
    const body = Body.safeParse(input);
    if (!body.success) return malformed(z.prettifyError(body.error));
    const { reference, applicationId, documentSha256, signer } = body.data;
    const requestId = `sig_${createHash('sha256').update(reference).digest('hex').slice(0, 24)}`;
    const known = this.#requests.get(requestId);
    if (known !== undefined && known.documentSha256 !== documentSha256)
      return {
        status: 409,
        body: { code: 'ReferenceReused', detail: 'the reference belongs to another document' },
      };
    if (known !== undefined) return { status: 200, body: { requestId, label: signatureLabel } };
    const at = new Date(this.#options.clock.now()).toISOString();
    const scenario = scenarioOf(signer.idNumber);
    this.#record({
      type: 'Requested',
      requestId,
      reference,
      applicationId,
      documentSha256,
      scenario,
      at,
    });
    if (scenario === 'SignerIsInstant') this.#resumeById(requestId);
    return {
      status: 200,
      body: { requestId, label: signatureLabel },
      afterwards: () => {
        this.#afterAMoment(requestId);
      },
    };
  }

  #afterAMoment(requestId: string): void {
    const timer = setTimeout(() => {
      this.#cancels.delete(cancel);
      this.#resumeById(requestId);
    }, A_MOMENT_MS);
    const cancel = () => {
      clearTimeout(timer);
    };
    this.#cancels.add(cancel);
  }

  #resumeById(requestId: string): void {
    const request = this.#requests.get(requestId);
    if (request?.status === 'Pending') this.#resume(request);
  }

  /** Does what is left to do for a request: ask the signer, or call back again. */
  #resume(request: SignatureRequest): void {
    if (request.status !== 'Pending') {
      if (!request.isDelivered) this.#callBack(request);
      return;
    }
    if (this.#options.isManual || request.scenario === 'SignerNeverAnswers') return;
    if (request.scenario === 'SignerTakesAnHour') {
      this.#decideLater(request);
      return;
    }
    this.#decide(request, request.scenario === 'SignerDeclines' ? 'Declined' : 'Signed');
  }

  #decideLater(request: SignatureRequest): void {
    const cancel = this.#options.clock.at(Date.parse(request.requestedAt) + AN_HOUR_MS, () => {
      this.#cancels.delete(cancel);
      this.#decide(request, 'Signed');
    });
    this.#cancels.add(cancel);
  }

  #decide(request: SignatureRequest, outcome: 'Signed' | 'Declined'): void {
    if (request.status !== 'Pending') return;
    const at = new Date(this.#options.clock.now()).toISOString();
    this.#record({ type: outcome, requestId: request.requestId, at });
    this.#callBack(request);
  }

  #callBack(request: SignatureRequest): void {
    if (request.scenario === 'SignatureForged') this.#send(request, { isForged: true });
    this.#send(request, { isForged: false });
    if (request.scenario === 'SignerAnswersTwice') this.#send(request, { isForged: false });
  }

  #send(request: SignatureRequest, { isForged }: { isForged: boolean }): void {
    const { requestId, scenario } = request;
    this.#options.callbacks.send({
      provider: 'signature',
      messageId: `msg_${requestId}`,
      url: `${this.#options.platformUrl}/callbacks/signatures`,
      isForged,
      body: JSON.stringify(outcomeOf(request, scenario === 'SignerSignsOtherDocument')),
      delivered: () => {
        if (!request.isDelivered) this.#record({ type: 'Delivered', requestId });
      },
    });
  }

  #record(entry: SignatureEntry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(entry: SignatureEntry): void {
    if (entry.type === 'Requested') {
      const { requestId, reference, applicationId, documentSha256, scenario, at } = entry;
      this.#requests.set(requestId, {
        requestId,
        reference,
        applicationId,
        documentSha256,
        scenario,
        requestedAt: at,
        status: 'Pending',
        isDelivered: false,
      });
      return;
    }
    const request = this.#requests.get(entry.requestId);
    if (request === undefined) return;
    if (entry.type === 'Delivered') {
      request.isDelivered = true;
      return;
    }
    request.status = entry.type;
    request.decidedAt = entry.at;
  }
}

function outcomeOf(request: SignatureRequest, isOtherDocument: boolean): Record<string, string> {
  const { requestId, reference, applicationId, documentSha256, status, decidedAt = '' } = request;
  return {
    type: status === 'Signed' ? 'SignatureCompleted' : 'SignatureDeclined',
    requestId,
    reference,
    applicationId,
    certificateSerial: `SANDBOX-${requestId.slice(4, 20).toUpperCase()}`,
    certificateAuthority: `Zhudai Sandbox CA (${signatureLabel})`,
    signedAt: decidedAt,
    documentSha256: isOtherDocument ? '0'.repeat(64) : documentSha256,
  };
}
