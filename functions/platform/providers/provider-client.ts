import type * as z from 'zod';
import { Unavailable } from '#domain/shared/errors.ts';

export interface ProviderEndpoint {
  readonly url: string;
  readonly apiKey: string;
  /** Of the bank, while a restore is put right: see `PayoutBank.asksFirst`. */
  readonly asksFirst?: boolean | undefined;
}

export interface ProviderCall<Schema extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  /** Appended to the provider's base address; begins with a slash, or is empty. */
  readonly path: string;
  readonly body?: unknown;
  /** What the answer must look like; anything else counts as no answer. */
  readonly answer: Schema;
  /** Statuses below 500 that carry an answer in the schema, besides 200 to 299. */
  readonly answerStatuses?: readonly number[];
}

/** No provider says more than this; a longer answer is a fault or an attack. */
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * Calls one provider over HTTP. Every inbound answer is measured and parsed before anything believes it; what is not a
 * definite answer leaves as `Unavailable`. No request or answer text gets into an error: both carry personal data.
 */
export class ProviderClient {
  readonly #name: string;
  readonly #endpoint: () => Promise<ProviderEndpoint>;
  readonly #timeoutMs: number;

  constructor(name: string, endpoint: () => Promise<ProviderEndpoint>, timeoutMs: number) {
    this.#name = name;
    this.#endpoint = endpoint;
    this.#timeoutMs = timeoutMs;
  }

  async call<Schema extends z.ZodType>(call: ProviderCall<Schema>): Promise<z.infer<Schema>> {
    const { status, text } = await this.#exchange(call);
    const isAnswer = (status >= 200 && status < 300) || call.answerStatuses?.includes(status);
    if (!isAnswer) throw new Unavailable(`${this.#name} answered with status ${status}`);
    const parsed = call.answer.safeParse(jsonOf(text));
    if (!parsed.success)
      throw new Unavailable(
        `${this.#name} gave an answer that does not fit: ${faultsOf(parsed.error)}`,
      );
    return parsed.data;
  }

  async #exchange(call: ProviderCall<z.ZodType>): Promise<{ status: number; text: string }> {
    const { url, apiKey } = await this.#endpoint();
    try {
      const response = await fetch(`${url}${call.path}`, {
        method: call.method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          accept: 'application/json',
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        // A redirect would carry the key and the borrower's data to wherever it points.
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      return { status: response.status, text: await boundedText(response) };
    } catch (error) {
      throw new Unavailable(`${this.#name} did not answer`, { cause: error });
    }
  }
}

/** Reads a body, but never more than the limit. */
async function boundedText(response: Response): Promise<string> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX)
      throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Paths and kinds of faults only: the values are somebody's data. */
function faultsOf(error: z.ZodError): string {
  return error.issues
    .map(({ code, path }) => `${code} at ${path.map(String).join('.') || 'the root'}`)
    .join(', ');
}
