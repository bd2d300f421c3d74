import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { CreditPolicy } from '../../domain/catalog/credit-policy.ts';
import { Funder } from '../../domain/catalog/funder.ts';
import { catalogKinds, type CatalogKind } from '../../domain/catalog/load-catalog.ts';
import { Partner } from '../../domain/catalog/partner.ts';
import { PolicyPack } from '../../domain/catalog/policy-pack.ts';
import { Product } from '../../domain/catalog/product.ts';
import { Scorecard } from '../../domain/catalog/scorecard.ts';
import type { DecisionSetting } from '../../domain/underwriting/decide-by-policy.ts';
import type { SampleSetting } from './sample-decision.ts';

const Versioned = z.looseObject({ version: z.int() });

const root = new URL('../../catalog/', import.meta.url);

/** The sample product with everything its applications are decided by, out of the files of the catalog. */
export function shippedSetting(): SampleSetting & DecisionSetting {
  const product = only('product', Product, ({ productId }) => productId === 'consumer-installment');
  return {
    product,
    policy: only(
      'credit-policy',
      CreditPolicy,
      ({ creditPolicyId }) => creditPolicyId === product.creditPolicyId,
    ),
    scorecard: only(
      'scorecard',
      Scorecard,
      ({ scorecardId }) => scorecardId === product.scorecardId,
    ),
    policyPack: only('policy-pack', PolicyPack, () => true),
    funder: only('funder', Funder, ({ isPlatformOwned }) => isPlatformOwned),
    partner: only('partner', Partner, ({ partnerId }) => partnerId === 'demo-partner'),
  };
}

/** The newest version of the item that is meant. */
function only<Schema extends z.ZodType>(
  kind: CatalogKind,
  schema: Schema,
  isMeant: (item: z.infer<Schema>) => boolean,
): z.infer<Schema> {
  const folder = new URL(`${catalogKinds[kind].folder}/`, root);
  const found = readdirSync(folder)
    .map((name) => schema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))))
    .filter(isMeant)
    .toSorted((one, other) => versionOf(other) - versionOf(one))
    .at(0);
  if (found === undefined) throw new Error(`the catalog has no such ${kind}`);
  return found;
}

const versionOf = (item: unknown): number => Versioned.parse(item).version;
