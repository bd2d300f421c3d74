import type { Engine } from './engine.ts';
import { describeError, type Answer } from './protocol-answers.ts';
import { executionOperations } from './protocol-executions.ts';
import { machineOperations } from './protocol-machines.ts';
import { mapRunOperations } from './protocol-map-runs.ts';
import { taskOperations } from './protocol-tasks.ts';
import { testOperations } from './protocol-tests.ts';
import { ServiceError } from './service-errors.ts';

export type { Answer } from './protocol-answers.ts';

/** Answers one request: `target` is the `X-Amz-Target` header, `body` the parsed JSON. */
export type StepFunctionsProtocol = (target: string, body: unknown) => Promise<Answer>;

/** The Step Functions API (AWS JSON 1.0) of an engine. */
export function createStepFunctionsProtocol(engine: Engine): StepFunctionsProtocol {
  const operations = {
    ...machineOperations(engine),
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
      return { status: 200, body: await operation(body) };
    } catch (error) {
      return describeError(error);
    }
  };
}
