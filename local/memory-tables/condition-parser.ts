import { parsePath, type DocumentPath } from './document-paths.ts';
import { Tokens } from './expression-tokens.ts';

export type Operand =
  | { readonly kind: 'path'; readonly path: DocumentPath }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'size'; readonly of: Operand };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'compare';
      readonly operator: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly kind: 'between'; readonly operands: readonly [Operand, Operand, Operand] }
  | { readonly kind: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'function'; readonly name: string; readonly operands: readonly Operand[] };

const comparators: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** Functions that are conditions by themselves, and how many operands they take. */
const functions: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
};

/** Reads a condition, filter or key condition expression; `what` is the request's field. */
export function parseCondition(what: string, text: string): Condition {
  const parser = new ConditionParser(new Tokens(what, text));
  return parser.parse();
}

class ConditionParser {
  readonly #tokens: Tokens;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  parse(): Condition {
    const condition = this.#alternatives();
    this.#tokens.expectEnd();
    return condition;
  }

  #alternatives(): Condition {
    return this.#joined('or', () => this.#joined('and', () => this.#negation()));
  }

  #joined(kind: 'and' | 'or', part: () => Condition): Condition {
    const parts = [part()];
    while (this.#tokens.isKeyword(kind.toUpperCase())) {
      this.#tokens.take();
      parts.push(part());
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind, parts };
  }

  #negation(): Condition {
    if (!this.#tokens.isKeyword('NOT')) return this.#primary();
    this.#tokens.take();
    return { kind: 'not', part: this.#negation() };
  }

  #primary(): Condition {
    if (this.#tokens.isSymbol('(')) return this.#parenthesised();
    const { next, afterNext } = this.#tokens;
    const isCall = next.kind === 'word' && afterNext.kind === 'symbol' && afterNext.text === '(';
    if (isCall && next.text !== 'size') return this.#call();
    return this.#comparison();
  }

  #parenthesised(): Condition {
    this.#tokens.expect('(');
    const isDoubled = this.#tokens.isSymbol('(');
    const inner = this.#alternatives();
    this.#tokens.expect(')');
    if (isDoubled && inner.kind !== 'and' && inner.kind !== 'or')
      throw this.#tokens.wrong('The expression has redundant parentheses;');
    return inner;
  }

  #call(): Condition {
    const name = this.#tokens.take().text;
    const operands = this.#operands();
    const count = functions[name];
    if (count === undefined) throw this.#tokens.wrong(`Invalid function name; function: ${name}`);
    if (this.#tokens.next.kind === 'symbol' && comparators.has(this.#tokens.next.text))
      throw this.#tokens.wrong(
        `The function is not allowed to be used this way in an expression; function: ${name}`,
      );
    this.#checkOperands(name, operands, count);
    return { kind: 'function', name, operands };
  }

  #checkOperands(name: string, operands: readonly Operand[], count: number): void {
    if (operands.length !== count)
      throw this.#tokens.wrong(
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
      );
    if (name.startsWith('attribute_') && operands[0]?.kind !== 'path')
      throw this.#tokens.wrong(
        `Operator or function requires a document path; operator or function: ${name}`,
      );
  }

  #operands(): Operand[] {
    this.#tokens.expect('(');
    const operands = [this.#operand()];
    while (this.#tokens.isSymbol(',')) {
      this.#tokens.take();
      operands.push(this.#operand());
    }
    this.#tokens.expect(')');
    return operands;
  }

  #operand(): Operand {
    const tokens = this.#tokens;
    const { next, afterNext } = tokens;
    if (next.kind === 'value') return { kind: 'value', name: tokens.take().text };
    const isCall = next.kind === 'word' && afterNext.kind === 'symbol' && afterNext.text === '(';
    if (!isCall) return { kind: 'path', path: parsePath(tokens) };
    if (next.text !== 'size') {
      if (functions[next.text] === undefined)
        throw tokens.wrong(`Invalid function name; function: ${next.text}`);
      throw tokens.wrong(
        `The function is not allowed to be used this way in an expression; function: ${next.text}`,
      );
    }
    tokens.take();
    const operands = this.#operands();
    this.#checkOperands('size', operands, 1);
    return { kind: 'size', of: operands[0] ?? { kind: 'path', path: [] } };
  }

  #comparison(): Condition {
    const left = this.#operand();
    const tokens = this.#tokens;
    if (left.kind === 'size' && tokens.next.kind === 'end')
      throw tokens.wrong(
        'The function is not allowed to be used this way in an expression; function: size',
      );
    if (tokens.isKeyword('BETWEEN')) {
      tokens.take();
      const lower = this.#operand();
      if (!tokens.isKeyword('AND')) throw tokens.unexpected();
      tokens.take();
      return { kind: 'between', operands: [left, lower, this.#operand()] };
    }
    if (tokens.isKeyword('IN')) {
      tokens.take();
      return { kind: 'in', operand: left, list: this.#operands() };
    }
    const { next } = tokens;
    if (next.kind !== 'symbol' || !comparators.has(next.text)) throw tokens.unexpected();
    tokens.take();
    const right = this.#operand();
    return { kind: 'compare', operator: next.text as Comparator, left, right };
  }
}

/** Every operand of a condition. */
export function operandsOf(condition: Condition): readonly Operand[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.parts.flatMap(operandsOf);
    case 'not':
      return operandsOf(condition.part);
    case 'compare':
      return [condition.left, condition.right];
    case 'between':
      return condition.operands;
    case 'in':
      return [condition.operand, ...condition.list];
    case 'function':
      return condition.operands;
  }
}
