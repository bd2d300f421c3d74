import { createHash } from 'node:crypto';

/** What a provider without lasting books remembers: how often it gave each answer, and who asked how often. */
export class Tally {
  readonly #answers = new Map<string, number>();
  readonly #attempts = new Map<string, number>();

  count(answer: string): void {
    this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
  }

  /** The number of this attempt for that subject, starting at 1. The subject is kept as a digest only. */
  attempt(subject: string): number {
    const key = createHash('sha256').update(subject).digest('base64');
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return attempt;
  }

  books(): { answers: Record<string, number> } {
    return { answers: Object.fromEntries(this.#answers) };
  }

  clear(): void {
    this.#answers.clear();
    this.#attempts.clear();
  }
}
