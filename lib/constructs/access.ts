import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { LIVE } from './release.ts';

/**
 * What one function may do with one resource, and the environment variable that tells it where the resource is. The two
 * travel together: a function cannot know a table it may not use, nor use one it does not know.
 */
export interface Access {
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

export interface NamedTable {
  readonly table: Table;
  readonly variable: string;
}

export interface NamedBucket {
  readonly bucket: Bucket;
  readonly variable: string;
  readonly key: Key;
}

/** A transaction needs no action of its own: DynamoDB asks for those of its items. */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'Query';

/** Item actions on one table, its indexes excluded. */
export function uses({ table, variable }: NamedTable, ...actions: readonly ItemAction[]): Access {
  return {
    environment: { [variable]: table.tableName },
    statements: [
      new PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action}`),
        resources: [table.tableArn],
      }),
    ],
  };
}

/** Only the name, for code that is shared with functions that use the table. */
export function named({ table, variable }: NamedTable): Access {
  return knows({ [variable]: table.tableName });
}

/** Queries of one index of a table. */
export function queries({ table, variable }: NamedTable, indexName: string): Access {
  return {
    environment: { [variable]: table.tableName },
    statements: [
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: [`${table.tableArn}/index/${indexName}`],
      }),
    ],
  };
}

/** Reads objects, itself or through whoever holds a request it presigned. */
export function readsObjects({ bucket, variable, key }: NamedBucket): Access {
  return {
    environment: { [variable]: bucket.bucketName },
    statements: [
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
      new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }),
    ],
  };
}

/** Writes objects, itself or through whoever holds a request it presigned. */
export function writesObjects({ bucket, variable, key }: NamedBucket): Access {
  return {
    environment: { [variable]: bucket.bucketName },
    statements: [
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects('*')] }),
      new PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [key.keyArn] }),
    ],
  };
}

/** Finds and deletes objects in all their versions; reads none. */
export function erasesObjects({ bucket, variable }: NamedBucket): Access {
  return {
    environment: { [variable]: bucket.bucketName },
    statements: [
      new PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: [bucket.bucketArn] }),
      new PolicyStatement({
        actions: ['s3:DeleteObjectVersion'],
        resources: [bucket.arnForObjects('*')],
      }),
    ],
  };
}

/** Puts events on the bus. */
export function publishes(eventBus: EventBus): Access {
  return {
    environment: { EVENT_BUS_NAME: eventBus.eventBusName },
    statements: [
      new PolicyStatement({ actions: ['events:PutEvents'], resources: [eventBus.eventBusArn] }),
    ],
  };
}

/** Reads the secret that says where the providers are and how to prove who we are. */
export function asksProviders(providerSecret: Secret): Access {
  return {
    environment: { PROVIDER_SECRET_ARN: providerSecret.secretArn },
    statements: [
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [providerSecret.secretArn],
      }),
    ],
  };
}

/** Seals personal data under a new data key; cannot open any. */
export function sealsPersonalData(key: Key): Access {
  return keyAccess(key, ['kms:GenerateDataKey']);
}

/** Opens sealed personal data. */
export function opensPersonalData(key: Key): Access {
  return keyAccess(key, ['kms:Decrypt']);
}

function keyAccess(key: Key, actions: string[]): Access {
  return {
    environment: { PII_KEY_ARN: key.keyArn },
    statements: [new PolicyStatement({ actions, resources: [key.keyArn] })],
  };
}

/**
 * Answers task tokens of machines. They are named, not referred to: a machine calls functions that answer its tokens, and
 * a reference both ways would be a circular dependency.
 */
export function answersTasks(scope: Construct, ...machineNames: readonly string[]): Access {
  return onTokens(scope, 'SendTaskSuccess', machineNames);
}

/** Ends waiting states with an error: of what was withdrawn or is closed. */
export function failsTasks(scope: Construct, ...machineNames: readonly string[]): Access {
  return onTokens(scope, 'SendTaskFailure', machineNames);
}

function onTokens(scope: Construct, action: string, machineNames: readonly string[]): Access {
  return {
    environment: {},
    statements: [
      new PolicyStatement({
        actions: [`states:${action}`],
        resources: machineNames.map((name) => machineArn(scope, name)),
      }),
    ],
  };
}

/** A machine as its starters know it. */
export interface Startable {
  readonly stateMachineArn: string;
  /** The ARN of the machine's alias. */
  readonly liveArn: string;
}

/**
 * Starts executions of the live version, and of no other: Step Functions judges by the machine's own ARN and hands the
 * alias over as a condition (Step Functions guide, "Authorization for versions and aliases").
 */
export function startsLive({ stateMachineArn }: Pick<Startable, 'stateMachineArn'>) {
  return new PolicyStatement({
    actions: ['states:StartExecution'],
    resources: [stateMachineArn],
    conditions: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': [LIVE] } },
  });
}

/** Starts executions of a machine; the variable says which. */
export function starts(machine: Startable, variable: string): Access {
  return {
    environment: { [variable]: machine.liveArn },
    statements: [startsLive(machine)],
  };
}

/** A machine by its name: for functions that the machine itself calls, which cannot wait for it. */
export function startableByName(scope: Construct, machineName: string): Startable {
  const stateMachineArn = machineArn(scope, machineName);
  return { stateMachineArn, liveArn: `${stateMachineArn}:${LIVE}` };
}

/** The ARN of a machine of this account, known before the machine is. */
export function machineArn(scope: Construct, machineName: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: machineName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The ARN of every execution of a machine. */
export function executionArns(scope: Construct, machineName: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The ARN of every child execution of a machine's map runs. */
export function mapExecutionArns(scope: Construct, machineName: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machineName}/*:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** A plain setting, for a function that needs it wherever it runs. */
export function knows(environment: Readonly<Record<string, string>>): Access {
  return { environment, statements: [] };
}
