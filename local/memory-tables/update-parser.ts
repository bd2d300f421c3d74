import { parsePath, type DocumentPath } from './document-paths.ts';
import { Tokens } from './expression-tokens.ts';

/** What a `SET` gives an attribute. */
export type UpdateValue =
  | { readonly kind: 'path'; readonly path: DocumentPath }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'sum'; readonly sign: 1 | -1; readonly terms: readonly UpdateValue[] }
  | { readonly kind: 'ifNotExists'; readonly path: DocumentPath; readonly otherwise: UpdateValue }
  | { readonly kind: 'append'; readonly terms: readonly UpdateValue[] };

export type UpdateAction =
  | { readonly kind: 'SET'; readonly path: DocumentPath; readonly value: UpdateValue }
  | { readonly kind: 'REMOVE'; readonly path: DocumentPath }
  | { readonly kind: 'ADD' | 'DELETE'; readonly path: DocumentPath; readonly name: string };

const FIELD = 'UpdateExpression';
const sections: ReadonlySet<string> = new Set(['SET', 'REMOVE', 'ADD', 'DELETE']);

/** Reads an update expression into its actions, in their order. */
export function parseUpdate(text: string): readonly UpdateAction[] {
  const tokens = new Tokens(FIELD, text);
  const actions: UpdateAction[] = [];
  const seen = new Set<string>();
  while (tokens.next.kind !== 'end') {
    const section = tokens.next.text.toUpperCase();
    if (tokens.next.kind !== 'word' || !sections.has(section)) throw tokens.unexpected();
    if (seen.has(section))
      throw tokens.wrong(`The "${section}" section can only be used once in an update expression;`);
    seen.add(section);
    tokens.take();
    actions.push(...parseSection(tokens, section as UpdateAction['kind']));
  }
  return actions;
}

function parseSection(tokens: Tokens, section: UpdateAction['kind']): UpdateAction[] {
  const actions = [parseAction(tokens, section)];
  while (tokens.isSymbol(',')) {
    tokens.take();
    actions.push(parseAction(tokens, section));
  }
  return actions;
}

function parseAction(tokens: Tokens, kind: UpdateAction['kind']): UpdateAction {
  const path = parsePath(tokens);
  if (kind === 'REMOVE') return { kind, path };
  if (kind === 'SET') {
    tokens.expect('=');
    return { kind, path, value: parseSum(tokens) };
  }
  if (tokens.next.kind !== 'value') throw tokens.unexpected();
  return { kind, path, name: tokens.take().text };
}

function parseSum(tokens: Tokens): UpdateValue {
  const first = parseTerm(tokens);
  if (!tokens.isSymbol('+') && !tokens.isSymbol('-')) return first;
  const sign = tokens.take().text === '+' ? 1 : -1;
  return { kind: 'sum', sign, terms: [first, parseTerm(tokens)] };
}

function parseTerm(tokens: Tokens): UpdateValue {
  const { next, afterNext } = tokens;
  if (next.kind === 'value') return { kind: 'value', name: tokens.take().text };
  if (tokens.isSymbol('(')) {
    tokens.take();
    const inner = parseSum(tokens);
    tokens.expect(')');
    return inner;
  }
  const isCall = next.kind === 'word' && afterNext.kind === 'symbol' && afterNext.text === '(';
  return isCall ? parseCall(tokens) : { kind: 'path', path: parsePath(tokens) };
}

const conditions: ReadonlySet<string> = new Set([
  'size',
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
]);

function parseCall(tokens: Tokens): UpdateValue {
  const name = tokens.take().text;
  if (conditions.has(name))
    throw tokens.wrong(`The function is not allowed in an update expression; function: ${name}`);
  if (name !== 'if_not_exists' && name !== 'list_append')
    throw tokens.wrong(`Invalid function name; function: ${name}`);
  tokens.expect('(');
  const terms = [parseTerm(tokens)];
  while (tokens.isSymbol(',')) {
    tokens.take();
    terms.push(parseTerm(tokens));
  }
  tokens.expect(')');
  const [first, second] = terms;
  if (terms.length !== 2 || !first || !second)
    throw tokens.wrong(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${terms.length}`,
    );
  if (name === 'list_append') return { kind: 'append', terms };
  if (first.kind !== 'path')
    throw tokens.wrong(
      'Operator or function requires a document path; operator or function: if_not_exists',
    );
  return { kind: 'ifNotExists', path: first.path, otherwise: second };
}
