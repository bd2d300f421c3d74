import type { Engine } from './engine.ts';
import { describeError, type Answer } from './protocol-answers.ts';
import { isJsonObject } from './json.ts';
import { executionOperations } from './protocol-executions.ts';
import { machineOperations } from './protocol-machines.ts';
import { mapRunOperations } from './protocol-map-runs.ts';
import { taskOperations } from './protocol-tasks.ts';
import { testOperations } from './protocol-tests.ts';
import { versionOperations } from './protocol-versions.ts';
import { invalidArn, ServiceError } from './service-errors.ts';

export type { Answer } from './protocol-answers.ts';

/** Answers one request: `target` is the `X-Amz-Target` header, `body` the parsed JSON. */
export type StepFunctionsProtocol = (target: string, body: unknown) => Promise<Answer>;

/** The Step Functions API (AWS JSON 1.0) of an engine. */
export function createStepFunctionsProtocol(engine: Engine): StepFunctionsProtocol {
  const operations = {
    ...machineOperations(engine),
    ...versionOperations(engine),
    ...executionOperations(engine),
    ...mapRunOperations(engine),
    ...taskOperations(engine),
    ...testOperations(engine),
  };
  return async (target, body) => {
    const name = target.replace(/^AWSStepFunctions\./, '');
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    try {
      if (!operation)
        throw new ServiceError('UnknownOperationException', `unknown operation ${name}`);
      refuseForeignArns(body);
      return { status: 200, body: await operation(body) };
    } catch (error) {
      return describeError(error);
    }
  };
}

const arnFields = ['executionArn', 'stateMachineArn', 'mapRunArn', 'activityArn'] as const;
const arnPattern =
  /^arn:[\w-]+:states:[\w-]+:\d{12}:(stateMachine|execution|express|mapRun|activity):[^:]+/;

/** What is no ARN of the service is refused as such, whatever is asked of it. */
function refuseForeignArns(body: unknown): void {
  if (!isJsonObject(body)) return;
  for (const field of arnFields) {
    const arn = body[field];
    if (typeof arn === 'string' && !arnPattern.test(arn)) throw invalidArn(arn);
  }
}
