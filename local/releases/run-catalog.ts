/**
 * Writes the files of a catalog's folder into the Catalog table of a deployment. A version that is there stays as it is;
 * one that differs stops everything before anything is written.
 *
 *   npm run catalog -- --outputs cdk-outputs.json --directory my-catalog --dry-run
 *
 * At AWS with the credentials of the environment; elsewhere at AWS_ENDPOINT_URL.
 */
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fillCatalog } from './fill-catalog.ts';
import { outputNamed } from './stack-outputs.ts';

const { values: flags } = parseArgs({
  options: {
    outputs: { type: 'string', default: 'cdk-outputs.json' },
    directory: { type: 'string' },
    region: { type: 'string', default: process.env['AWS_REGION'] ?? 'us-east-1' },
    'dry-run': { type: 'boolean', default: false },
  },
});

const client = new DynamoDBClient({ region: flags.region });
try {
  // No default: the catalog of this repository has invented partners and lenders.
  if (flags.directory === undefined)
    throw new Error('--directory DIR is missing: the folder of your catalog (docs/deploy.md)');
  const { written, inForce, unchanged, behind } = await fillCatalog({
    documents: DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    }),
    tableName: outputNamed(flags.outputs, 'CatalogTableName'),
    directory: flags.directory,
    isTried: flags['dry-run'],
  });
  const would = flags['dry-run'] ? 'would be ' : '';
  for (const name of written) console.log(`${would}written: ${name}`);
  for (const name of inForce) console.log(`${would}in force: ${name}`);
  for (const name of behind) console.log(`operators have published a later version: ${name}`);
  console.log(`${unchanged} versions were there already`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  client.destroy();
}
