import * as z from 'zod';
import { NotFound } from '#domain/shared/errors.ts';
import { ApiProblem } from '#platform/problem.ts';
import { machineArns } from './operator-dependencies.ts';

/** `<machine>:<execution name>`: what operators call an execution. */
export const ExecutionId = z.string().regex(/^[A-Za-z0-9_-]{1,80}:[A-Za-z0-9_.-]{1,80}$/);
export const ExecutionParameters = z.object({ executionId: ExecutionId });

/** The ARN of an execution of one of our machines; any other is unknown. */
export function executionArnOf(executionId: string): string {
  const [machine = '', name = ''] = executionId.split(':');
  const machineArn = machineArns().get(machine);
  if (machineArn === undefined) throw new NotFound('not found');
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** The id of an execution, from its ARN. */
export function executionIdOf(executionArn: string): string {
  return executionArn.split(':').slice(-2).join(':');
}

/** Step Functions' own words for "no such execution" and "not a token of mine" become ours. */
export async function inOurWords<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'ExecutionDoesNotExist') throw new NotFound('not found', { cause: error });
    if (name === 'InvalidToken')
      throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', [
        { path: 'cursor', message: 'not a cursor of this list' },
      ]);
    throw error;
  }
}
