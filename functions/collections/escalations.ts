import { StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/** What an execution of `escalate-collections` begins with: ids, and which opening and run of the case it is. */
export interface EscalationInput {
  readonly caseId: string;
  readonly borrowerKey: string;
  readonly lenderId: string;
  readonly opening: number;
  readonly run: number;
}

export interface Escalations {
  /** Starts the workflow of one run of a case; one that was started before stays the one. */
  start(input: EscalationInput): Promise<void>;
}

/** The name of the execution: one for each run of each opening of a case. */
export function executionNameOf({ caseId, opening, run }: EscalationInput): string {
  return `${caseId}-${opening}-${run}`;
}

/** Executions of Step Functions. */
export class SfnEscalations implements Escalations {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor(client: SFNClient, stateMachineArn: string) {
    this.#client = client;
    this.#stateMachineArn = stateMachineArn;
  }

  async start({ caseId, borrowerKey, lenderId, opening, run }: EscalationInput): Promise<void> {
    try {
      await this.#client.send(
        new StartExecutionCommand({
          stateMachineArn: this.#stateMachineArn,
          name: executionNameOf({ caseId, borrowerKey, lenderId, opening, run }),
          input: JSON.stringify({ caseId, borrowerKey, lenderId, opening, run }),
        }),
      );
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return;
      throw error;
    }
  }
}
