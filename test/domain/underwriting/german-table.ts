/**
 * node test/domain/underwriting/german-table.ts --write
 *
 * The expected table of the 1,000 German applications under the first and the shipped version of the policy, under the shipped draft, and under the
 * shipped policy with a guarantor and a pledge behind each. Write it again
 * when a policy, the scorecard or the product changes, and read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { CreditPolicy } from '../../../domain/catalog/credit-policy.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { sha256Hex } from '../../../domain/shared/digest.ts';
import type { DecisionInputs } from '../../../domain/underwriting/decision-inputs.ts';
import {
  decideSamples,
  summariseSamples,
  type SampleSummary,
} from '../../../local/samples/decide-samples.ts';
import { calibratedPolicy, funder, partner, personPolicy } from '../catalog-files.ts';
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

export const germanPolicies = {
  first: personPolicy,
  shipped: calibratedPolicy,
  draft: draftPolicy,
} as const;

export type GermanTableName = keyof typeof germanPolicies | 'backed';

const pledgeKinds = ['Deposit', 'RealEstate', 'Vehicle', 'Equipment', 'Painting'] as const;
const guarantors = [
  {},
  { credit: { score: 700, overdueCount24Months: 0, currentOverdueFen: 0 } },
  { credit: { score: 400, overdueCount24Months: 0, currentOverdueFen: 0 } },
  { credit: { overdueCount24Months: 0, currentOverdueFen: 0 } },
];

/**
 * The same application with a guarantor (unchecked, good, poor, or of whom there is no score) and a pledge of 50 to 150 %
 * of what is asked for, one after the other.
 */
function backed(inputs: DecisionInputs, position: number): DecisionInputs {
  const kind = pledgeKinds[position % pledgeKinds.length] ?? 'Painting';
  const valueFen = Math.floor((inputs.requested.amountFen * (50 + (position % 101))) / 100);
  const guarantor = guarantors[position % guarantors.length] ?? {};
  return {
    ...inputs,
    facts: { ...inputs.facts, guarantorCount: 1, pledgedValueFen: valueFen },
    guarantors: [guarantor],
    pledges: [{ kind, valueFen }],
  };
}

/** The table as it is now. */
export function germanTable(name: GermanTableName): GermanTable {
  const setting = { ...personSetting, funder, partner };
  const verdicts =
    name === 'backed'
      ? decideSamples(germanPolicies.shipped, setting, backed)
      : decideSamples(germanPolicies[name], setting);
  return {
    summary: summariseSamples(verdicts),
    digest: sha256Hex(canonicalJson(verdicts)),
  };
}

/** The table as it was recorded. */
export function recordedTable(name: GermanTableName): GermanTable {
  const tables = JSON.parse(readFileSync(file, 'utf8')) as Record<string, GermanTable>;
  const table = tables[name];
  if (table === undefined) throw new Error(`no table ${name} was recorded`);
  return table;
}

if (process.argv.includes('--write')) {
  const tables = {
    first: germanTable('first'),
    shipped: germanTable('shipped'),
    draft: germanTable('draft'),
    backed: germanTable('backed'),
  };
  writeFileSync(file, await format(JSON.stringify(tables), { parser: 'json', printWidth: 100 }));
}
