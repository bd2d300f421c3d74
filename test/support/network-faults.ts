import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What may go wrong between the client and the database; DynamoDB Local shows none of it by itself. */
export type NetworkFault =
  /** The request arrived and was done, but its answer never came back. */
  | 'LoseAnswer'
  /** The request never arrived. */
  | 'LoseRequest'
  /** Another transaction had the item: AWS cancels ours. */
  | 'TransactionConflict';

/**
 * Lets the next requests of one command meet a fault, below the SDK's own retries: what follows is what the SDK and the
 * repository make of it. `meanwhile` is what somebody else does before the fault is noticed.
 */
export function injectFaults(
  client: DynamoDBClient,
  {
    command,
    faults,
    meanwhile,
  }: {
    readonly command: string;
    readonly faults: readonly NetworkFault[];
    readonly meanwhile?: () => Promise<unknown>;
  },
): void {
  const pending = [...faults];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const fault = context.commandName === command ? pending.shift() : undefined;
      if (fault !== undefined) await meanwhile?.();
      if (fault === 'LoseRequest') throw connectionLost();
      if (fault === 'TransactionConflict') throw conflict();
      const answer = await next(args);
      if (fault === 'LoseAnswer') throw connectionLost();
      return answer;
    },
    { step: 'deserialize', name: `faults-${command}-${performance.now()}`, priority: 'low' },
  );
}

function connectionLost(): Error {
  return Object.assign(new Error('socket hang up'), {
    name: 'TimeoutError',
    code: 'ECONNRESET',
    $retryable: {},
  });
}

function conflict(): Error {
  return Object.assign(new Error('Transaction cancelled'), {
    name: 'TransactionCanceledException',
    $fault: 'client',
    $metadata: {},
    CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
  });
}
