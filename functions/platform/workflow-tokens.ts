import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** Answers to waiting states. A token that is gone (timed out, or answered before) is no error: the answer is stored. */
export interface WorkflowTokens {
  succeed(taskToken: string, output: Readonly<Record<string, unknown>>): Promise<void>;
  fail(taskToken: string, error: string, cause: string): Promise<void>;
}

const gone = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** Step Functions answers. */
export class SfnWorkflowTokens implements WorkflowTokens {
  readonly #client: SFNClient;

  constructor(client: SFNClient) {
    this.#client = client;
  }

  async succeed(taskToken: string, output: Readonly<Record<string, unknown>>): Promise<void> {
    const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
    await unlessGone(this.#client.send(command));
  }

  async fail(taskToken: string, error: string, cause: string): Promise<void> {
    await unlessGone(this.#client.send(new SendTaskFailureCommand({ taskToken, error, cause })));
  }
}

async function unlessGone(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof Error && gone.has(error.name)) return;
    throw error;
  }
}
