import {
  DescribeStateMachineCommand,
  PublishStateMachineVersionCommand,
  SFNClient,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { granted } from './granted.ts';

const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:originate-loan';
const recorded = join(import.meta.dirname, '../golden/0.1.0/definitions/originate-loan.asl.json');

/** Puts the recorded definition of release 0.1.0 in the place of today's as long as `work` takes: what begins then keeps it. */
export async function asRelease010<Result>(
  endpoint: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const client = new SFNClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const today = await client.send(new DescribeStateMachineCommand({ stateMachineArn: machine }));
  await release(client, await definitionOf010());
  try {
    return await work();
  } finally {
    await release(client, today.definition ?? '');
    client.destroy();
  }
}

/** With the functions of today: those that the machine may call. */
async function definitionOf010(): Promise<string> {
  const arns = (await granted())
    .filter(({ role }) => role.includes('OriginateLoanRole'))
    .map(({ resource }) => resource);
  return readFileSync(recorded, 'utf8').replaceAll(
    /\$\{(\w+?)(Function|StateMachine)Arn\}/g,
    (_, name: string, kind: string) =>
      kind === 'StateMachine'
        ? `${machine.replace('originate-loan', 'disburse-loan')}:live`
        : (arns.find((arn) => new RegExp(`[a-z]${name}Function[^:]*:live$`).test(arn)) ?? name),
  );
}

/** Publishes a definition of `originate-loan`, and lets what starts from now on run it. */
export async function release(client: SFNClient, definition: string): Promise<void> {
  await client.send(new UpdateStateMachineCommand({ stateMachineArn: machine, definition }));
  const { stateMachineVersionArn } = await client.send(
    new PublishStateMachineVersionCommand({ stateMachineArn: machine }),
  );
  await client.send(
    new UpdateStateMachineAliasCommand({
      stateMachineAliasArn: `${machine}:live`,
      routingConfiguration: [{ stateMachineVersionArn, weight: 100 }],
    }),
  );
}
