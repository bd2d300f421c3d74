import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { CallbackSender } from './callbacks.ts';
import { Journal } from './journal.ts';
import { malformed, noSuchRoute } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';

const Body = z.object({
  to: z.string().regex(/^\+?[\d ]{5,20}$/),
  channel: z.enum(['Sms', 'Voice']).default('Sms'),
  template: z.string().min(1),
  parameters: z.record(z.string(), z.string()),
  reference: z.string().min(1),
});

const CallBody = z.object({
  to: z.string().regex(/^\+?[\d ]{5,20}$/),
  script: z.string().min(1),
  parameters: z.record(z.string(), z.string()),
  reference: z.string().min(1),
  mode: z.enum(['Notify', 'Converse']),
});

/** Last digit 9: not a number any more. 8: busy. 7: nobody answers. Everybody else listens, or converses. */
function callOutcome(to: string, mode: 'Notify' | 'Converse'): string {
  const unreached = { '9': 'InvalidNumber', '8': 'Busy', '7': 'NoAnswer' }[to.slice(-1)];
  return unreached ?? (mode === 'Converse' ? 'Completed' : 'Answered');
}

interface SmsEntry {
  readonly messageId: string;
  readonly reference: string;
  readonly to: string;
  readonly channel: 'Sms' | 'Voice';
  readonly template: string;
  readonly at: string;
}

export interface SmsOptions {
  readonly clock: Clock;
  readonly dataDir: string | undefined;
  readonly callbacks: CallbackSender;
  readonly platformUrl: string;
}

/** Test numbers: no text reaches the first, though a call does; nothing reaches the second. */
const UNREACHED_BY_TEXT = '19999990404';
const UNREACHED_AT_ALL = '19999990405';

/**
 * A gateway for texts and calls that sends nothing, keeps a list, and reports afterwards what became of each message. The
 * same reference is the same message.
 */
export class SmsProvider implements SandboxProvider {
  readonly #options: SmsOptions;
  readonly #journal: Journal<SmsEntry>;
  readonly #messages = new Map<string, SmsEntry>();

  constructor(options: SmsOptions) {
    this.#options = options;
    this.#journal = new Journal(options.dataDir, 'sms');
    for (const entry of this.#journal.read()) this.#messages.set(entry.reference, entry);
  }

  needsKey(): boolean {
    return true;
  }

  handle(request: SandboxRequest): SandboxAnswer {
    if (request.method === 'POST' && request.path === '/calls') return this.#call(request);
    if (request.method !== 'POST' || request.path !== '/messages') return noSuchRoute;
    const body = Body.safeParse(request.body);
    if (!body.success) return malformed('to, template, parameters and reference are needed');
    const { reference, template, to, channel } = body.data;
    const known = this.#messages.get(reference);
    if (known !== undefined) return { status: 200, body: { messageId: known.messageId } };
    const messageId = `sms_${createHash('sha256').update(reference).digest('hex').slice(0, 24)}`;
    const at = new Date(this.#options.clock.now()).toISOString();
    const entry = {
      messageId,
      reference,
      channel,
      template,
      to: `${to.slice(0, 3)}****${to.slice(-4)}`,
      at,
    };
    this.#journal.append(entry);
    this.#messages.set(reference, entry);
    const isReached = to !== UNREACHED_AT_ALL && (channel === 'Voice' || to !== UNREACHED_BY_TEXT);
    return {
      status: 200,
      body: { messageId },
      afterwards: () => {
        this.#report(entry, isReached ? 'Delivered' : 'Undelivered');
      },
    };
  }

  /** A crash in between loses the report, as real gateways do: the message then stays `Sent`. */
  #report({ messageId, reference, at }: SmsEntry, status: 'Delivered' | 'Undelivered'): void {
    this.#options.callbacks.send({
      provider: 'sms',
      messageId: `report_${messageId}`,
      url: `${this.#options.platformUrl}/callbacks/messages`,
      body: JSON.stringify({ messageId, reference, status, at }),
      delivered: () => undefined,
    });
  }

  /** A robot's call: who picks up follows from the last digit of the number, the same reference is the same call. */
  #call(request: SandboxRequest): SandboxAnswer {
    const body = CallBody.safeParse(request.body);
    if (!body.success) return malformed('to, script, parameters, reference and mode are needed');
    const { reference, script: template, to, mode } = body.data;
    const messageId = `call_${createHash('sha256').update(reference).digest('hex').slice(0, 24)}`;
    const known = this.#messages.get(reference);
    if (known === undefined) {
      const at = new Date(this.#options.clock.now()).toISOString();
      const masked = `${to.slice(0, 3)}****${to.slice(-4)}`;
      const entry: SmsEntry = {
        messageId,
        reference,
        channel: 'Voice',
        template,
        to: masked,
        at,
      };
      this.#journal.append(entry);
      this.#messages.set(reference, entry);
    }
    return { status: 200, body: { callId: messageId, outcome: callOutcome(to, mode) } };
  }

  books(): unknown {
    return { messages: [...this.#messages.values()], totals: { count: this.#messages.size } };
  }

  close(): void {
    this.#journal.close();
  }
}
