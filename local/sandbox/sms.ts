import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { Journal } from './journal.ts';
import { malformed, noSuchRoute } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';

const Body = z.object({
  to: z.string().regex(/^\+?[\d ]{5,20}$/),
  template: z.string().min(1),
  parameters: z.record(z.string(), z.string()),
  reference: z.string().min(1),
});

interface SmsEntry {
  readonly messageId: string;
  readonly reference: string;
  readonly to: string;
  readonly template: string;
  readonly at: string;
}

/** A text message gateway that sends nothing and keeps a list. The same reference is the same message. */
export class SmsProvider implements SandboxProvider {
  readonly #clock: Clock;
  readonly #journal: Journal<SmsEntry>;
  readonly #messages = new Map<string, SmsEntry>();

  constructor(clock: Clock, dataDir: string | undefined) {
    this.#clock = clock;
    this.#journal = new Journal(dataDir, 'sms');
    for (const entry of this.#journal.read()) this.#messages.set(entry.reference, entry);
  }

  needsKey(): boolean {
    return true;
  }

  handle(request: SandboxRequest): SandboxAnswer {
    if (request.method !== 'POST' || request.path !== '/messages') return noSuchRoute;
    const body = Body.safeParse(request.body);
    if (!body.success) return malformed('to, template, parameters and reference are needed');
    const { reference, template, to } = body.data;
    const known = this.#messages.get(reference);
    if (known !== undefined) return { status: 200, body: { messageId: known.messageId } };
    const messageId = `sms_${createHash('sha256').update(reference).digest('hex').slice(0, 24)}`;
    const at = new Date(this.#clock.now()).toISOString();
    const entry = {
      messageId,
      reference,
      template,
      to: `${to.slice(0, 3)}****${to.slice(-4)}`,
      at,
    };
    this.#journal.append(entry);
    this.#messages.set(reference, entry);
    return { status: 200, body: { messageId } };
  }

  books(): unknown {
    return { messages: [...this.#messages.values()], totals: { count: this.#messages.size } };
  }

  close(): void {
    this.#journal.close();
  }
}
