import type { ConditionalPut } from './conditional-write.ts';

/**
 * The put of one version of an aggregate: the first only where nothing is stored, each other only on the version it was
 * made from. The domain has already raised the version, because the audit hash covers it.
 */
export function versionedPut(
  tableName: string,
  keyName: string,
  aggregate: Readonly<Record<string, unknown>> & { readonly version: number },
): ConditionalPut {
  if (aggregate.version === 1)
    return {
      TableName: tableName,
      Item: aggregate,
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': keyName },
    };
  return {
    TableName: tableName,
    Item: aggregate,
    ConditionExpression: '#version = :read',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':read': aggregate.version - 1 },
  };
}
