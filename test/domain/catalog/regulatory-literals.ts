import ts from 'typescript';
import type { PolicyLeaf } from '../../../domain/catalog/policy-pack.ts';

/** A number (or a text that is one) in a file, with every name it is compared with, assigned to or computed with. */
export interface Literal {
  readonly value: string;
  readonly isText: boolean;
  readonly line: string;
  readonly words: ReadonlySet<string>;
}

/**
 * Reads a file as the compiler does: comments say nothing, a number counts on whichever side of a comparison it stands
 * and over however many lines, and `0.24`, `0.2400` and `.24` are one.
 */
export function literalsOf(text: string): Literal[] {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  const found: Literal[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isNumericLiteral(node) || ts.isStringLiteralLike(node)) found.push(literal(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function literal(node: ts.NumericLiteral | ts.StringLiteralLike, file: ts.SourceFile): Literal {
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  const value = canonical(node.text);
  const fraction = ts.isNumericLiteral(node) ? fractionOf(node) : undefined;
  return {
    value: fraction ?? value,
    isText: !ts.isNumericLiteral(node),
    line: (file.text.split('\n')[line] ?? '').trim(),
    words: new Set(namesAround(node).flatMap(wordsOf)),
  };
}

/** `24 / 100`, and `{ numerator: 24, denominator: 100 }`, are 0.24. */
function fractionOf(node: ts.NumericLiteral): string | undefined {
  const below = ts.isBinaryExpression(node.parent)
    ? node.parent.operatorToken.kind === ts.SyntaxKind.SlashToken && node.parent.left === node
      ? node.parent.right
      : undefined
    : denominatorBeside(node.parent);
  if (below === undefined || !ts.isNumericLiteral(below)) return undefined;
  return String(Number(node.text) / Number(below.text));
}

function denominatorBeside(property: ts.Node): ts.Expression | undefined {
  if (!ts.isPropertyAssignment(property) || property.name.getText() !== 'numerator')
    return undefined;
  const beside = property.parent.properties.find(
    (each) => ts.isPropertyAssignment(each) && each.name.getText() === 'denominator',
  );
  return beside !== undefined && ts.isPropertyAssignment(beside) ? beside.initializer : undefined;
}

function canonical(text: string): string {
  const percent = /^(\d+(?:\.\d+)?)\s?%$/.exec(text)?.[1];
  if (percent !== undefined) return String(Number(percent) / 100);
  return /^\d*\.?\d+$/.test(text) ? String(Number(text)) : text;
}

/** From a literal up to the statement it stands in: what it is called, and what stands beside it. */
function namesAround(literalNode: ts.Node): string[] {
  const names: string[] = [];
  let below = literalNode;
  for (let node = below.parent; !isEnd(node); below = node, node = node.parent) {
    if (ts.isBinaryExpression(node))
      names.push(...identifiersIn(node.left === below ? node.right : node.left));
    if (ts.isCallExpression(node))
      names.push(
        ...[node.expression, ...node.arguments]
          .filter((part) => part !== below)
          .flatMap(identifiersIn),
      );
    const name = nameOf(node);
    if (name !== undefined) names.push(name);
    if (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) break;
  }
  return names;
}

function isEnd(node: ts.Node): boolean {
  return (
    ts.isSourceFile(node) ||
    ts.isBlock(node) ||
    ts.isFunctionLike(node) ||
    (ts.isStatement(node) && !ts.isVariableStatement(node))
  );
}

function nameOf(node: ts.Node): string | undefined {
  return ts.isPropertyAssignment(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isPropertyDeclaration(node)
    ? node.name.getText()
    : undefined;
}

function identifiersIn(node: ts.Node): string[] {
  const found: string[] = [];
  const visit = (each: ts.Node): void => {
    if (ts.isFunctionLike(each)) return;
    if (ts.isIdentifier(each)) found.push(each.text);
    if (ts.isStringLiteralLike(each) && /^[a-z]\w*$/i.test(each.text)) found.push(each.text);
    ts.forEachChild(each, visit);
  };
  visit(node);
  return found;
}

/** The words of a name, in the singular: LOSS_DAYS and lossDays are loss and day. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/([a-z])(\d)/gi, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '')
    .map((word) => (/[^s]s$/.test(word) ? word.slice(0, -1) : word));
}

/** What one number of the pack is, and the words beside which it means the rule. */
export interface Forbidden {
  readonly value: string;
  readonly words: readonly string[];
}

/** Words that say in what a number is counted, or that it is a bound: they do not say what it is about. */
const idle: ReadonlySet<string> = new Set([
  'day',
  'workday',
  'month',
  'year',
  'second',
  'fen',
  'per',
  'max',
  'min',
  'of',
  'after',
  'before',
]);

/** A leaf of the pack: its number, or each of several, beside the words of its name (of its subject when it has none). */
export function forbiddenBy({ path, value }: Pick<PolicyLeaf, 'path' | 'value'>): Forbidden[] {
  const segments = path
    .split('.')
    .map((part) => wordsOf(part).filter((word) => !idle.has(word) && !/^\d/.test(word)));
  const words = segments.findLast((part) => part.length > 0) ?? [];
  const values = Array.isArray(value) ? value : [value];
  return values
    .filter((each) => typeof each === 'number' || /^\d*\.?\d+$/.test(String(each)))
    .map((each) => ({ value: canonical(String(each)), words }));
}

export function isBeside({ value, words }: Literal, forbidden: Forbidden): boolean {
  return value === forbidden.value && forbidden.words.every((word) => words.has(word));
}
