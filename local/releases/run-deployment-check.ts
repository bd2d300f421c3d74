/**
 * Says what a deployment still lacks before its first application: catalog, partner keys, provider secret, issuer, API.
 *
 *   npm run deployment:check -- --outputs cdk-outputs.json
 *
 * Reads only. Ends with a status that is not zero when something is missing.
 */
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { checkDeployment } from './check-deployment.ts';
import { outputNamed } from './stack-outputs.ts';

const { values: flags } = parseArgs({
  options: {
    outputs: { type: 'string', default: 'cdk-outputs.json' },
    region: { type: 'string', default: process.env['AWS_REGION'] ?? 'us-east-1' },
    'api-url': { type: 'string' },
  },
});

async function readSecret(secretArn: string): Promise<string | undefined> {
  const client = new SecretsManagerClient({ region: flags.region });
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

const client = new DynamoDBClient({ region: flags.region });
try {
  const findings = await checkDeployment({
    documents: DynamoDBDocumentClient.from(client),
    catalogTableName: outputNamed(flags.outputs, 'CatalogTableName'),
    providerSecret: await readSecret(outputNamed(flags.outputs, 'ProviderSecretArn')),
    issuer: outputNamed(flags.outputs, 'OidcIssuerUrl'),
    apiUrl: flags['api-url'] ?? outputNamed(flags.outputs, 'ApiUrl'),
  });
  for (const { part, faults } of findings)
    console.log(faults.length === 0 ? `${part}: ready` : `${part}: ${faults.join('; ')}`);
  if (findings.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  client.destroy();
}
