import { readdirSync, readFileSync } from 'node:fs';
import { CreditPolicy } from '../../domain/catalog/credit-policy.ts';
import { Funder } from '../../domain/catalog/funder.ts';
import { type CatalogKind, catalogKinds } from '../../domain/catalog/load-catalog.ts';
import { Partner } from '../../domain/catalog/partner.ts';
import { PolicyPack } from '../../domain/catalog/policy-pack.ts';
import { Product } from '../../domain/catalog/product.ts';
import { ReasonTexts } from '../../domain/catalog/reason-texts.ts';
import { Scorecard } from '../../domain/catalog/scorecard.ts';

const root = new URL('../../catalog/', import.meta.url);

/** Every file of a kind as the repository carries it. */
export function catalogFiles(kind: CatalogKind): { name: string; content: unknown }[] {
  const folder = new URL(`${catalogKinds[kind].folder}/`, root);
  return readdirSync(folder).map((name) => ({
    name,
    content: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown,
  }));
}

function contentOf(kind: CatalogKind, name: string): unknown {
  return catalogFiles(kind).find((file) => file.name === `${name}.json`)?.content;
}

export const consumerProduct = Product.parse(contentOf('product', 'consumer-installment'));
export const supplierProduct = Product.parse(contentOf('product', 'supplier-installment'));
export const businessProduct = Product.parse(contentOf('product', 'small-business'));
export const policyPack = PolicyPack.parse(contentOf('policy-pack', 'cn-2026-11'));
export const funder = Funder.parse(contentOf('funder', 'zhudai-lending'));
export const partner = Partner.parse(contentOf('partner', 'demo-partner'));
export const personScorecard = Scorecard.parse(contentOf('scorecard', 'person'));
export const companyScorecard = Scorecard.parse(contentOf('scorecard', 'company'));
/** The first version: what was decided by it stays as it was. */
export const personPolicy = CreditPolicy.parse(contentOf('credit-policy', 'person'));
/** The version in force: the same answers, with the default rates of a population. */
export const calibratedPolicy = CreditPolicy.parse(contentOf('credit-policy', 'person.v2'));
export const companyPolicy = CreditPolicy.parse(contentOf('credit-policy', 'company'));
export const reasonTexts = ReasonTexts.parse(contentOf('reason-texts', 'default'));
