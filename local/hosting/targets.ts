import type { FunctionHost } from './functions.ts';
import type { Queues } from './queues.ts';

/** Starts an execution of a machine: the interpreter's side of an event target. */
export type StartExecution = (request: {
  stateMachineArn: string;
  name?: string;
  input: unknown;
}) => Promise<unknown>;

export interface TargetPorts {
  readonly functions: FunctionHost;
  readonly queues: Queues;
  readonly startExecution: StartExecution;
}

/** Hands `input` to whatever an ARN names: a function, a state machine, a queue. */
export async function callTarget(ports: TargetPorts, arn: string, input: unknown): Promise<void> {
  const service = arn.split(':')[2];
  if (service === 'lambda') await ports.functions.invoke(arn, input);
  else if (service === 'states') await ports.startExecution({ stateMachineArn: arn, input });
  else if (service === 'sqs') await ports.queues.send(arn, input);
  else throw new Error(`the one-machine host cannot deliver to ${arn}`);
}

/** Refuses at start what could not be delivered to later. */
export function assertTarget(arn: string): void {
  if (!['lambda', 'states', 'sqs', 'logs'].includes(arn.split(':')[2] ?? ''))
    throw new Error(`the one-machine host cannot deliver to ${arn}`);
}
