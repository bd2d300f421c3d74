import { readdirSync, readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { PolicyPack, policyInt } from '../../../domain/catalog/policy-pack.ts';
import { LOG_RETENTION } from '../../../lib/constructs/workflow-function.ts';
import { policyPack } from '../catalog-files.ts';

const root = new URL('../../../', import.meta.url);

/** Every text of the program that is handed to something: what comments say is not among them. */
function textsOf(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(new URL(`${folder}/${name}`, root), 'utf8');
      const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
      const found: string[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isStringLiteralLike(node)) found.push(node.text);
        ts.forEachChild(node, visit);
      };
      visit(file);
      return found;
    });
}

const named = new Set(['domain', 'functions'].flatMap(textsOf));
const paths = [...new Set(policyPack.leaves.map(({ path }) => path))];
const informative = new Map(
  (policyPack.informative ?? []).map(({ path, reason }) => [path, reason] as const),
);

describe('the leaves of the policy pack', () => {
  it.each(paths)('%s is read by the program, or says why it is not', (path) => {
    expect(named.has(path)).toBe(!informative.has(path));
  });

  it('are refused as informative when the pack has none of the name', () => {
    const invented = [{ path: 'cost.ofNothing', reason: 'there is no such leaf' }];
    const { error } = PolicyPack.safeParse({ ...policyPack, informative: invented });
    expect(error?.issues.map(({ message }) => message)).toEqual(['the pack has no cost.ofNothing']);
  });

  it('hold the logs of the cloud definition to the days of the pack', () => {
    expect(LOG_RETENTION).toBe(RetentionDays.THIRTEEN_MONTHS);
    const days = policyInt(policyPack, 'retention.logDays', {
      lenderType: 'Microloan',
      date: '2026-11-23',
    });
    expect(LOG_RETENTION).toBeGreaterThanOrEqual(days);
  });
});
