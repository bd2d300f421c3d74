import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from './repository-root.ts';

/** Which file of `functions/platform/aws` a function carries instead of the SDK's package. */
const leanClients: ReadonlyMap<string, string> = new Map([
  ['@aws-sdk/client-dynamodb', 'dynamodb'],
  ['@aws-sdk/client-eventbridge', 'eventbridge'],
  ['@aws-sdk/client-kms', 'kms'],
  ['@aws-sdk/client-s3', 's3'],
  ['@aws-sdk/client-secrets-manager', 'secrets-manager'],
  ['@aws-sdk/client-sfn', 'sfn'],
  ['@aws-sdk/lib-dynamodb', 'document-client'],
  ['@aws-sdk/s3-request-presigner', 's3'],
]);

const filter = new RegExp(`^(?:${[...leanClients.keys()].join('|')})$`);

/**
 * Puts our clients in the place of the SDK's generated ones: each of those brings the shapes, errors and address rules of
 * every operation its service has, 180 KB for DynamoDB alone, where a function calls a handful. An operation that ours do
 * not know fails the build by its name. `test/functions/platform/aws` holds both to the same requests and answers.
 */
export const leanClientsPlugin: Plugin = {
  name: 'lean-clients',
  setup(build) {
    build.onResolve({ filter }, ({ path }) => ({
      path: join(repositoryRoot, 'functions/platform/aws', `${String(leanClients.get(path))}.ts`),
      sideEffects: false,
    }));
  },
};
