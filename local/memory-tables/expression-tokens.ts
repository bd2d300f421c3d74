import { invalid } from './refusal.ts';

export type TokenKind = 'word' | 'name' | 'value' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern =
  /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(\d+)|(<>|<=|>=|[^\s]))/y;
const kinds: readonly TokenKind[] = ['word', 'name', 'value', 'number', 'symbol'];

/** Reads an expression word by word; says what is wrong with it as DynamoDB does. */
export class Tokens {
  readonly #text: string;
  readonly #what: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  /** `what` is the request's field, for messages. */
  constructor(what: string, text: string) {
    this.#what = what;
    this.#text = text;
    if (text === '') throw this.wrong('The expression can not be empty;');
    this.#tokens = this.#split();
  }

  get next(): Token {
    return this.#peek(0);
  }

  get afterNext(): Token {
    return this.#peek(1);
  }

  take(): Token {
    const { next } = this;
    this.#at += 1;
    return next;
  }

  /** Whether the next token is this symbol. */
  isSymbol(text: string): boolean {
    return this.next.kind === 'symbol' && this.next.text === text;
  }

  /** Whether the next token is this word, in any case. */
  isKeyword(keyword: string): boolean {
    return this.next.kind === 'word' && this.next.text.toUpperCase() === keyword;
  }

  expect(symbol: string): void {
    if (!this.isSymbol(symbol)) throw this.unexpected();
    this.#at += 1;
  }

  expectEnd(): void {
    if (this.next.kind !== 'end') throw this.unexpected();
  }

  /** What stands next has no place there. */
  unexpected(): Error {
    const { next } = this;
    const before = this.#tokens[this.#at - 1] ?? next;
    const last = this.#tokens[this.#at + 1] ?? next;
    const end = next.kind === 'end' ? this.#text.length : last.end;
    const token = next.kind === 'end' ? '<EOF>' : next.text;
    const near = this.#text.slice(before === next ? 0 : before.start, end);
    return this.wrong(`Syntax error; token: "${token}", near: "${near}"`);
  }

  wrong(message: string): Error {
    return invalid(`Invalid ${this.#what}: ${message}`);
  }

  #peek(by: number): Token {
    const { length } = this.#text;
    const end: Token = { kind: 'end', text: '', start: length, end: length };
    return this.#tokens[this.#at + by] ?? end;
  }

  #split(): Token[] {
    const tokens: Token[] = [];
    const end = this.#text.trimEnd().length;
    pattern.lastIndex = 0;
    for (let at = 0; at < end; at = pattern.lastIndex) {
      const match: readonly (string | undefined)[] | null = pattern.exec(this.#text);
      if (!match) break;
      const index = match.slice(1).findIndex((each) => each !== undefined);
      const text = match[index + 1] ?? '';
      const { lastIndex } = pattern;
      tokens.push({
        kind: kinds[index] ?? 'symbol',
        text,
        start: lastIndex - text.length,
        end: lastIndex,
      });
    }
    return tokens;
  }
}
