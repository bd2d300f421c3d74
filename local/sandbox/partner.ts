import { Webhook } from 'standardwebhooks';
import type { Clock } from '../clock.ts';
import { Journal } from './journal.ts';
import { noSuchRoute } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';

interface WebhookEntry {
  readonly webhookId: string;
  readonly body: unknown;
  readonly signature: 'Valid' | 'Invalid' | 'NotChecked';
  readonly at: string;
}

export interface PartnerOptions {
  readonly clock: Clock;
  readonly dataDir: string | undefined;
  /** The secret the demo partner shares with the platform; without it signatures are not checked. */
  readonly webhookSecret: string | undefined;
  readonly onWebhook: (body: unknown) => void;
}

/** The demo partner's webhook endpoint: checks the signature, drops repeats, keeps what came. */
export class PartnerReceiver implements SandboxProvider {
  readonly #options: PartnerOptions;
  readonly #verifier: Webhook | undefined;
  readonly #journal: Journal<WebhookEntry>;
  readonly #received = new Map<string, WebhookEntry>();
  #repeats = 0;

  constructor(options: PartnerOptions) {
    this.#options = options;
    if (options.webhookSecret !== undefined) this.#verifier = new Webhook(options.webhookSecret);
    this.#journal = new Journal(options.dataDir, 'partner');
    for (const entry of this.#journal.read()) this.#received.set(entry.webhookId, entry);
  }

  needsKey(): boolean {
    return false;
  }

  handle(request: SandboxRequest): SandboxAnswer {
    if (request.method !== 'POST' || request.path !== '/webhooks') return noSuchRoute;
    const webhookId = request.headers['webhook-id'];
    if (typeof webhookId !== 'string')
      return { status: 400, body: { code: 'InvalidInput', detail: 'webhook-id is missing' } };
    const signature = this.#check(request);
    if (signature === 'Invalid')
      return { status: 401, body: { code: 'Unauthorized', detail: 'the signature is wrong' } };
    if (this.#received.has(webhookId)) {
      this.#repeats += 1;
      return { status: 204 };
    }
    const at = new Date(this.#options.clock.now()).toISOString();
    const entry = { webhookId, body: request.body, signature, at };
    this.#journal.append(entry);
    this.#received.set(webhookId, entry);
    this.#options.onWebhook(request.body);
    return { status: 204 };
  }

  books(): unknown {
    const webhooks = [...this.#received.values()];
    return { webhooks, totals: { count: webhooks.length, repeats: this.#repeats } };
  }

  close(): void {
    this.#journal.close();
  }

  #check(request: SandboxRequest): WebhookEntry['signature'] {
    if (this.#verifier === undefined) return 'NotChecked';
    try {
      this.#verifier.verify(request.rawBody, request.headers as Record<string, string>);
      return 'Valid';
    } catch {
      return 'Invalid';
    }
  }
}
