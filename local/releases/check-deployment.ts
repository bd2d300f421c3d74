import { GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { catalogKinds, type CatalogKind } from '../../domain/catalog/load-catalog.ts';
import { ProviderSecret } from '../../functions/platform/secrets.ts';
import { sendRaw } from '../sandbox/http-json.ts';

export interface Deployment {
  readonly documents: DynamoDBDocumentClient;
  readonly catalogTableName: string;
  /** What the provider secret holds; undefined when it cannot be read or was never filled in. */
  readonly providerSecret: string | undefined;
  readonly issuer: string;
  readonly apiUrl: string;
}

export interface Finding {
  readonly part: string;
  /** What is wrong, one sentence each; nothing when all is well. */
  readonly faults: readonly string[];
}

/** Kinds without which no application gets to its end. */
const needed: readonly CatalogKind[] = [
  'product',
  'policy-pack',
  'credit-policy',
  'scorecard',
  'funder',
  'partner',
  'message-templates',
  'reason-texts',
];
const ISSUER_TIMEOUT_MS = 10_000;
const Configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });
const Keys = z.object({ keys: z.array(z.unknown()).min(1) });

/** What a deployment needs before the first application: catalog, providers, an issuer of operators' tokens, an API. */
export async function checkDeployment(deployment: Deployment): Promise<readonly Finding[]> {
  return Promise.all([
    finding('catalog', () => catalogFaults(deployment)),
    finding('partner keys', () => partnerKeyFaults(deployment)),
    finding('provider secret', () => Promise.resolve(secretFaults(deployment.providerSecret))),
    finding("issuer of operators' tokens", () => issuerFaults(deployment.issuer)),
    finding('API', () => apiFaults(deployment.apiUrl)),
  ]);
}

async function finding(part: string, look: () => Promise<readonly string[]>): Promise<Finding> {
  try {
    return { part, faults: await look() };
  } catch (error) {
    return { part, faults: [error instanceof Error ? error.message : String(error)] };
  }
}

async function catalogFaults({
  documents,
  catalogTableName,
}: Deployment): Promise<readonly string[]> {
  const faults = await Promise.all(
    Object.keys(catalogKinds).map(async (kind) => {
      const { Items = [] } = await documents.send(
        new QueryCommand({
          TableName: catalogTableName,
          KeyConditionExpression: 'kind = :kind',
          ExpressionAttributeValues: { ':kind': kind },
          ConsistentRead: true,
        }),
      );
      const keys = new Set(Items.map(({ idVersion }) => String(idVersion)));
      const pointers = Items.filter(({ idVersion }) => String(idVersion).endsWith('#latest'));
      if (pointers.length === 0)
        return needed.some((each) => each === kind) ? [`there is no ${kind}`] : [];
      return pointers
        .map(
          ({ idVersion, version }) =>
            `${String(idVersion).replace('#latest', '')}#${String(version).padStart(4, '0')}`,
        )
        .filter((key) => !keys.has(key))
        .map((key) => `${kind} ${key} is in force and not there`);
    }),
  );
  return faults.flat();
}

/** A partner without a key cannot send anything; keys are stored as digests, so only that there is one can be seen. */
async function partnerKeyFaults({
  documents,
  catalogTableName,
}: Deployment): Promise<readonly string[]> {
  const partnersWithKey = new Set<string>();
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new QueryCommand({
        TableName: catalogTableName,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': 'partner-key' },
        ExclusiveStartKey: from,
      }),
    );
    for (const { partnerId, status } of page.Items ?? [])
      if (status === 'Active') partnersWithKey.add(String(partnerId));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  if (partnersWithKey.size === 0) return ['no partner has a key that is active'];
  const known = await Promise.all(
    [...partnersWithKey].map(async (partnerId) => {
      const { Item } = await documents.send(
        new GetCommand({
          TableName: catalogTableName,
          Key: { kind: 'partner', idVersion: `${partnerId}#latest` },
        }),
      );
      return Item ? [] : [`a key belongs to ${partnerId}, which is no partner`];
    }),
  );
  return known.flat();
}

/** Names paths only, never what stands there. */
export function secretFaults(text: string | undefined): readonly string[] {
  if (text === undefined) return ['it cannot be read, or nothing was put into it'];
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return ['it is no JSON'];
  }
  const { error } = ProviderSecret.safeParse(content);
  return (error?.issues ?? []).map(({ path, code }) =>
    path.length === 0 ? `it is no object (${code})` : `${path.join('.')} is missing or wrong`,
  );
}

async function issuerFaults(issuer: string): Promise<readonly string[]> {
  const uri = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await sendRaw({ method: 'GET', url: uri, timeoutMs: ISSUER_TIMEOUT_MS });
  if (answer.status !== 200) return [`${uri} answers ${answer.status}`];
  const configuration = Configuration.safeParse(parsed(answer.text));
  if (!configuration.success) return [`${uri} is no OpenID configuration`];
  const { issuer: said, jwks_uri: jwksUri } = configuration.data;
  if (said !== issuer) return [`it calls itself ${said}: tokens of it would be refused`];
  const keys = await sendRaw({ method: 'GET', url: jwksUri, timeoutMs: ISSUER_TIMEOUT_MS });
  return Keys.safeParse(parsed(keys.text)).success ? [] : [`${jwksUri} gives no keys`];
}

/** Both authorisers are asked: one that cannot read its table or its issuer answers 500, not 401. */
async function apiFaults(apiUrl: string): Promise<readonly string[]> {
  const base = apiUrl.replace(/\/$/, '');
  const answers = await Promise.all(
    ['/v1/products', '/ops/catalog'].map(async (path) => {
      const { status } = await sendRaw({
        method: 'GET',
        url: `${base}${path}`,
        headers: { authorization: 'Bearer zk_check_nobody' },
      });
      return status === 401 ? [] : [`${path} answers ${status} to a stranger, not 401`];
    }),
  );
  return answers.flat();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
