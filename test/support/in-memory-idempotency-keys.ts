import type { RememberedRequest } from '#domain/applications/ports.ts';
import type { IdempotencyKeys, Remembered } from '#platform/repositories/idempotency-keys.ts';

export class InMemoryIdempotencyKeys implements IdempotencyKeys {
  readonly #requests = new Map<string, Remembered>();

  find(callerKey: string): Promise<Remembered | undefined> {
    return Promise.resolve(this.peek(callerKey));
  }

  remember(request: RememberedRequest): Promise<Remembered> {
    const first = this.peek(request.callerKey);
    if (first === undefined) this.put(request);
    return Promise.resolve(first ?? request);
  }

  peek(callerKey: string): Remembered | undefined {
    return this.#requests.get(callerKey);
  }

  put({ callerKey, bodyHash, answer }: RememberedRequest): void {
    this.#requests.set(callerKey, { bodyHash, answer });
  }
}
