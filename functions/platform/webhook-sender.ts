import { lookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Unavailable } from '#domain/shared/errors.ts';
import { isPublicAddress } from './public-address.ts';

/** One message to a partner. The id stays the same however often it is sent, so that the partner can drop repeats. */
export interface WebhookMessage {
  readonly url: string;
  /** Signed with each: two while the partner changes from one to the other. */
  readonly secrets: readonly string[];
  readonly messageId: string;
  readonly body: string;
}

/** Delivers signed messages to partners. Throws `Unavailable` unless the partner answered with 2xx. */
export interface WebhookSender {
  send(message: WebhookMessage): Promise<void>;
}

const TIMEOUT_MS = 3_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * Sends Standard Webhooks. The address is the partner's to choose, so it is not trusted: https on port 443 only, and the
 * connection goes to the very address that was checked, not to what the name says a moment later. Redirects are answers
 * like any other. `allowPrivate` lifts all of this for one machine, where the partner is a simulator next door.
 */
export class HttpWebhookSender implements WebhookSender {
  readonly #allowPrivate: boolean;
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent };

  constructor({ allowPrivate }: { readonly allowPrivate: boolean }) {
    this.#allowPrivate = allowPrivate;
    const options = {
      keepAlive: true,
      maxSockets: 64,
      ...(allowPrivate ? {} : { lookup: publicLookup }),
    };
    this.#agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  }

  async send({ url, secrets, messageId, body }: WebhookMessage): Promise<void> {
    const target = this.#checked(url);
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'webhook-id': messageId,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets
        .map((secret) => new Webhook(secret).sign(messageId, at, body))
        .join(' '),
    };
    const status = await this.#post(target, headers, body);
    if (status < 200 || status > 299)
      throw new Unavailable(`the partner's webhook answered with status ${status}`);
  }

  #checked(address: string): URL {
    const url = new URL(address);
    if (this.#allowPrivate) return url;
    // A bracketed or bare address in the URL is never looked up, so it is checked here; the parser has already turned
    // every odd way of writing one (octal, hexadecimal, one number) into the usual form.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isNumeric = /^[\d.]+$/.test(host) || host.includes(':');
    const isRight =
      url.protocol === 'https:' &&
      url.port === '' &&
      url.username === '' &&
      url.password === '' &&
      (!isNumeric || isPublicAddress(host));
    if (!isRight) throw new Unavailable('the webhook address is not one we send to');
    return url;
  }

  #post(url: URL, headers: Record<string, string>, body: string): Promise<number> {
    const { request, agent } =
      url.protocol === 'https:'
        ? { request: httpsRequest, agent: this.#agents.https }
        : { request: httpRequest, agent: this.#agents.http };
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const sent = request(url, { method: 'POST', agent, headers, signal }, (response) => {
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > ANSWER_BYTES_MAX) response.destroy(new Error('the answer is too long'));
        });
        response.on('end', () => {
          resolve(response.statusCode ?? 0);
        });
        response.on('error', fail);
      });
      function fail(cause: Error): void {
        reject(new Unavailable("the partner's webhook did not answer", { cause }));
      }
      sent.on('error', fail);
      sent.end(body);
    });
  }
}

/** Resolves a name and refuses it when any of its addresses is not public; the connection uses what was checked. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, '', 4);
      return;
    }
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
      callback(new Error('the name leads to an address we do not send to'), '', 4);
      return;
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
