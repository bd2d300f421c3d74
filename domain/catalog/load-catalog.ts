import * as z from 'zod';
import { CollectionAgency } from '../collections/agency.ts';
import { CollectionScript } from '../collections/script.ts';
import { CollectionStrategy } from '../collections/strategy.ts';
import { catalogKeyOf } from './catalog-key.ts';
import { CreditPolicy } from './credit-policy.ts';
import { Funder } from './funder.ts';
import { Partner } from './partner.ts';
import { PolicyPack } from './policy-pack.ts';
import { Product } from './product.ts';
import { Questionnaire } from '../follow-up/questionnaire.ts';
import { MessageTemplates } from '../notification/message-templates.ts';
import { ReasonTexts } from './reason-texts.ts';
import { Scorecard } from './scorecard.ts';
import { WatchLimits } from './watch-limits.ts';

/** The kinds of the catalog: the folder that holds their files, the schema, and the field that is their id. */
export const catalogKinds = {
  product: { folder: 'products', schema: Product, idField: 'productId' },
  'policy-pack': { folder: 'policy-packs', schema: PolicyPack, idField: 'packId' },
  scorecard: { folder: 'scorecards', schema: Scorecard, idField: 'scorecardId' },
  'watch-limits': { folder: 'watch-limits', schema: WatchLimits, idField: 'watchLimitsId' },
  'credit-policy': {
    folder: 'credit-policies',
    schema: CreditPolicy,
    idField: 'creditPolicyId',
  },
  funder: { folder: 'funders', schema: Funder, idField: 'funderId' },
  partner: { folder: 'partners', schema: Partner, idField: 'partnerId' },
  'message-templates': {
    folder: 'message-templates',
    schema: MessageTemplates,
    idField: 'messageTemplatesId',
  },
  'collection-strategy': {
    folder: 'collection-strategies',
    schema: CollectionStrategy,
    idField: 'strategyId',
  },
  'collection-script': {
    folder: 'collection-scripts',
    schema: CollectionScript,
    idField: 'scriptId',
  },
  'collection-agency': {
    folder: 'collection-agencies',
    schema: CollectionAgency,
    idField: 'agencyId',
  },
  questionnaire: {
    folder: 'questionnaires',
    schema: Questionnaire,
    idField: 'questionnaireId',
  },
  'reason-texts': { folder: 'reason-texts', schema: ReasonTexts, idField: 'reasonTextsId' },
} as const;
export type CatalogKind = keyof typeof catalogKinds;

/** One item of the Catalog table: `kind` and `idVersion` are its key, the rest are the data themselves. */
export type CatalogItem = Readonly<Record<string, unknown>> & {
  readonly kind: CatalogKind;
  readonly idVersion: string;
  readonly version: number;
};

const Identified = z.looseObject({ version: z.int().min(1) });

/**
 * Checks one file of the catalog, unknown fields included, and answers the items to store: the version itself, and the
 * pointer that makes it the one in force.
 */
export function loadCatalogFile(
  kind: CatalogKind,
  content: unknown,
): readonly [version: CatalogItem, latest: CatalogItem] {
  const { schema, idField } = catalogKinds[kind];
  const data = Identified.parse(schema.parse(content));
  const unknownFields = Object.keys(Identified.parse(content)).filter((key) => !(key in data));
  if (unknownFields.length > 0)
    throw new Error(`a ${kind} has no field ${unknownFields.join(', ')}`);
  const id = String(data[idField]);
  const { version } = data;
  return [
    { ...data, kind, idVersion: catalogKeyOf(id, version), version },
    { kind, idVersion: `${id}#latest`, version },
  ];
}
