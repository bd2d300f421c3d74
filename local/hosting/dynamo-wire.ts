import { WirePool } from './wire-pool.ts';

/** An error DynamoDB answered with. */
export class DynamoError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** DynamoDB Local checks that a request is signed, not by whom. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';
const contentType = 'application/x-amz-json-1.0';

/** The message of an error answer, which spells the field both ways. */
export function messageOf(answer: Readonly<Record<string, unknown>>, otherwise: string): string {
  const message = answer['message'] ?? answer['Message'];
  return typeof message === 'string' ? message : otherwise;
}

/** Speaks DynamoDB's own JSON: the stream readers hand records on exactly as they come. */
export class DynamoWire {
  readonly #pool: WirePool;

  constructor(port: number) {
    this.#pool = new WirePool(port);
  }

  async call(target: string, body: unknown): Promise<unknown> {
    const answer = await this.forward(target, JSON.stringify(body));
    const parsed = JSON.parse(answer.body.toString('utf8')) as Record<string, unknown>;
    if (answer.status === 200) return parsed;
    const type = String(parsed['__type']).split('#').at(-1) ?? 'Error';
    throw new DynamoError(type, messageOf(parsed, type));
  }

  /** Passes a request on as it is. */
  forward(target: string, body: string): Promise<{ status: number; body: Buffer }> {
    return this.#pool.post(
      { 'x-amz-target': target, 'content-type': contentType, authorization },
      body,
    );
  }

  close(): void {
    this.#pool.close();
  }
}
