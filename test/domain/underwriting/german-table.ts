/**
 * node test/domain/underwriting/german-table.ts --write
 *
 * The expected table of the 1,000 German applications under the shipped policy and under the shipped draft. Write it again
 * when a policy, the scorecard or the product changes, and read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { CreditPolicy } from '../../../domain/catalog/credit-policy.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { sha256Hex } from '../../../domain/shared/digest.ts';
import {
  decideSamples,
  summariseSamples,
  type SampleSummary,
} from '../../../local/samples/decide-samples.ts';
import { funder, partner, personPolicy } from '../catalog-files.ts';
import { personSetting } from './german-cases.ts';

export interface GermanTable {
  readonly summary: SampleSummary;
  /** Of every verdict, to the last reason and fen. */
  readonly digest: string;
}

const file = new URL('../../vectors/german-decisions.json', import.meta.url);
const draftFile = new URL('../../../catalog/drafts/credit-policies/person.json', import.meta.url);

/** The draft that is shipped as an example: not published, so nothing is decided by it. */
export const draftPolicy = CreditPolicy.parse(JSON.parse(readFileSync(draftFile, 'utf8')));

export const germanPolicies = { shipped: personPolicy, draft: draftPolicy } as const;

/** The table as it is now. */
export function germanTable(name: keyof typeof germanPolicies): GermanTable {
  const verdicts = decideSamples(germanPolicies[name], { ...personSetting, funder, partner });
  return {
    summary: summariseSamples(verdicts),
    digest: sha256Hex(canonicalJson(verdicts)),
  };
}

/** The table as it was recorded. */
export function recordedTable(name: keyof typeof germanPolicies): GermanTable {
  const tables = JSON.parse(readFileSync(file, 'utf8')) as Record<string, GermanTable>;
  const table = tables[name];
  if (table === undefined) throw new Error(`no table ${name} was recorded`);
  return table;
}

if (process.argv.includes('--write')) {
  const tables = { shipped: germanTable('shipped'), draft: germanTable('draft') };
  writeFileSync(file, await format(JSON.stringify(tables), { parser: 'json', printWidth: 100 }));
}
