import type { Attribute, Item } from './attributes.ts';
import {
  parsePath,
  refuseOverlaps,
  resolvedPath,
  type DocumentPath,
  type Substitutes,
} from './document-paths.ts';
import { Tokens } from './expression-tokens.ts';
import { invalid } from './refusal.ts';

const FIELD = 'ProjectionExpression';
const parsed = new Map<string, readonly DocumentPath[]>();
const PARSED_MAX = 2_000;

/** The paths of a projection expression, with `#names` as they are written. */
export function projectionPaths(text: string): readonly DocumentPath[] {
  const known = parsed.get(text);
  if (known) return known;
  const tokens = new Tokens(FIELD, text);
  const paths = [parsePath(tokens)];
  while (tokens.isSymbol(',')) {
    tokens.take();
    paths.push(parsePath(tokens));
  }
  tokens.expectEnd();
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(text, paths);
  return paths;
}

/** Takes from items what a projection asks for. */
export function projection(text: string, given: Substitutes): (item: Item) => Item {
  const paths = projectionPaths(text).map((path) => resolvedPath(path, given));
  refuseOverlaps(paths, (message) => invalid(`Invalid ${FIELD}: ${message}`));
  const wanted = treeOf(paths);
  return (item) => (within({ M: item }, wanted)?.['M'] ?? {}) as Item;
}

/** Steps and what is wanted below each; an empty one wants everything. */
interface Tree {
  readonly below: Map<string | number, Tree>;
}

function treeOf(paths: readonly DocumentPath[]): Tree {
  const root: Tree = { below: new Map() };
  for (const path of paths) {
    let at = root;
    for (const step of path) {
      const next = at.below.get(step) ?? { below: new Map() };
      at.below.set(step, next);
      at = next;
    }
  }
  return root;
}

function within(attribute: Attribute, wanted: Tree): Attribute | undefined {
  if (wanted.below.size === 0) return attribute;
  const map = attribute['M'] as Item | undefined;
  if (map) {
    const taken: Record<string, Attribute> = {};
    for (const [step, below] of wanted.below) {
      const present = typeof step === 'string' ? map[step] : undefined;
      const part = present && within(present, below);
      if (part) taken[step] = part;
    }
    return Object.keys(taken).length === 0 ? undefined : { M: taken };
  }
  const list = attribute['L'] as readonly Attribute[] | undefined;
  if (!list) return undefined;
  const steps = [...wanted.below].toSorted(([left], [right]) => Number(left) - Number(right));
  const taken = steps.flatMap(([step, below]) => {
    const present = typeof step === 'number' ? list[step] : undefined;
    const part = present && within(present, below);
    return part ? [part] : [];
  });
  return taken.length === 0 ? undefined : { L: taken };
}
