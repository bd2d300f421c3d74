import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';
import { repositoryRoot } from './repository-root.ts';

const rooms = ['domain', 'functions'].map((room) => join(repositoryRoot, room, '/'));

/**
 * Leaves out of a bundle what a module of ours works out as it is loaded and no function in there reads. A bundler may not:
 * to it every call could do something besides, and a schema is nothing but calls, so whoever imports one of a file carried and
 * built all of them. Our modules do nothing but define, so each value is marked as one that may be dropped.
 */
export const unreadValuesPlugin: Plugin = {
  name: 'unread-values',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!rooms.some((room) => path.startsWith(room))) return undefined;
      return { contents: markValues(await readFile(path, 'utf8')), loader: 'ts' };
    });
  },
};

/** Wraps the value of every `const` at the top of a module in a call that is marked pure; esbuild takes the call off again. */
export function markValues(source: string): string {
  const file = ts.createSourceFile('module.ts', source, ts.ScriptTarget.Latest);
  return file.statements
    .filter(ts.isVariableStatement)
    .filter(({ declarationList }) => (declarationList.flags & ts.NodeFlags.Const) !== 0)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer && mayDoSomething(initializer) ? [initializer] : [],
    )
    .toReversed()
    .reduce((text, value) => {
      const [start, end] = [value.getStart(file), value.getEnd()];
      return `${text.slice(0, start)}/* @__PURE__ */ (() => (${text.slice(start, end)}))()${text.slice(end)}`;
    }, source);
}

/** Whether a bundler must think so: it calls, or reads what a getter could answer. */
function mayDoSomething(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node) ||
    ts.forEachChild(node, (child) => mayDoSomething(child) || undefined) === true
  );
}
