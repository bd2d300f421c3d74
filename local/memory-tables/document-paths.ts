import type { Attribute, Item } from './attributes.ts';
import type { Tokens } from './expression-tokens.ts';
import { isReserved } from './reserved-words.ts';

/** The steps to a place in an item: attribute names, `#names` that stand for one, positions in lists. */
export type DocumentPath = readonly (string | number)[];

/** What `#names` and `:values` of a request stand for. */
export interface Substitutes {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

/** Reads `a.b[0].#c`. */
export function parsePath(tokens: Tokens): DocumentPath {
  const path: (string | number)[] = [parseStep(tokens)];
  for (;;) {
    if (tokens.isSymbol('.')) {
      tokens.take();
      path.push(parseStep(tokens));
    } else if (tokens.isSymbol('[')) {
      tokens.take();
      if (tokens.next.kind !== 'number') throw tokens.unexpected();
      path.push(Number(tokens.take().text));
      tokens.expect(']');
    } else return path;
  }
}

/** Words of the expressions themselves. */
const keywords: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN']);

function parseStep(tokens: Tokens): string {
  const { kind, text } = tokens.next;
  if ((kind !== 'word' && kind !== 'name') || keywords.has(text.toUpperCase()))
    throw tokens.unexpected();
  tokens.take();
  if (kind === 'word' && isReserved(text))
    throw tokens.wrong(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
  return text;
}

/** A step's real name. */
export function stepName(step: string, { names }: Substitutes): string {
  return step.startsWith('#') ? (names[step] ?? step) : step;
}

/** The path with the names that are meant. */
export function resolvedPath(path: DocumentPath, given: Substitutes): DocumentPath {
  return path.map((step) => (typeof step === 'string' ? stepName(step, given) : step));
}

/** What stands at a path; undefined where there is nothing. */
export function valueAt(item: Item, path: DocumentPath, given: Substitutes): Attribute | undefined {
  const [first] = path;
  if (typeof first !== 'string') return undefined;
  let found = item[stepName(first, given)];
  for (let at = 1; at < path.length && found !== undefined; at += 1) {
    const step = path[at];
    if (typeof step === 'number') found = (found['L'] as Attribute[] | undefined)?.[step];
    else if (step !== undefined) found = (found['M'] as Item | undefined)?.[stepName(step, given)];
  }
  return found;
}

/** Refuses two paths of which one leads to or through the other. */
export function refuseOverlaps(
  paths: readonly DocumentPath[],
  refuse: (message: string) => Error,
): void {
  for (const [at, one] of paths.entries())
    for (const two of paths.slice(at + 1)) {
      const isOverlap = one
        .slice(0, Math.min(one.length, two.length))
        .every((step, index) => step === two[index]);
      if (isOverlap)
        throw refuse(
          'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
            `path one: ${shown(one)}, path two: ${shown(two)}`,
        );
    }
}

function shown(path: DocumentPath): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}
