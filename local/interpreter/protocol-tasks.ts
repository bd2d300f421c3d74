import * as z from 'zod';
import { nameOfArn } from './arns.ts';
import type { Engine } from './engine.ts';
import {
  epochSeconds,
  parseJsonText,
  parseRequest,
  Payload,
  type Operation,
} from './protocol-answers.ts';
import { activityDoesNotExist, ServiceError } from './service-errors.ts';

/** How long GetActivityTask waits for work, as the service does. */
const POLL_MS = 60_000;

const ByToken = z.object({ taskToken: z.string().min(1).max(2048) });
const Success = ByToken.extend({ output: Payload });
const Failure = ByToken.extend({
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});
const CreateActivity = z.object({ name: z.string().min(1).max(80) });
const ByActivity = z.object({ activityArn: z.string() });
const GetTask = ByActivity.extend({ workerName: z.string().optional() });

/** Operations on tasks and on the activities that wait for workers. */
export function taskOperations(engine: Engine): Record<string, Operation> {
  return {
    SendTaskSuccess: async (body) => {
      const { taskToken, output } = parseRequest(Success, body);
      const value = parseJsonText(
        output,
        (message) => new ServiceError('InvalidOutput', `Invalid Output: '${message}'`),
      );
      await engine.sendTaskSuccess(taskToken, value);
      return {};
    },
    SendTaskFailure: async (body) => {
      const { taskToken, error, cause } = parseRequest(Failure, body);
      await engine.sendTaskFailure(taskToken, {
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      });
      return {};
    },
    SendTaskHeartbeat: async (body) => {
      await engine.sendTaskHeartbeat(parseRequest(ByToken, body).taskToken);
      return {};
    },
    ...activityOperations(engine),
  };
}

function activityOperations(engine: Engine): Record<string, Operation> {
  const { created } = engine.activities;
  const describe = (activityArn: string): Record<string, unknown> => {
    const activity = created.get(activityArn);
    if (!activity) throw activityDoesNotExist(activityArn);
    return { activityArn, name: activity.name, creationDate: epochSeconds(activity.createdAtMs) };
  };
  return {
    CreateActivity: (body) => {
      const { name } = parseRequest(CreateActivity, body);
      const activityArn = engine.arns.activity(name);
      if (!created.has(activityArn))
        created.set(activityArn, { name, createdAtMs: engine.clock.now() });
      const { creationDate } = describe(activityArn);
      return Promise.resolve({ activityArn, creationDate });
    },
    DeleteActivity: (body) => {
      created.delete(parseRequest(ByActivity, body).activityArn);
      return Promise.resolve({});
    },
    DescribeActivity: (body) =>
      Promise.resolve(describe(parseRequest(ByActivity, body).activityArn)),
    ListActivities: () => Promise.resolve({ activities: [...created.keys()].map(describe) }),
    GetActivityTask: async (body) => {
      const { activityArn, workerName } = parseRequest(GetTask, body);
      if (!created.has(activityArn) && nameOfArn(activityArn) === '')
        throw activityDoesNotExist(activityArn);
      const task = await engine.takeActivityTask({ activityArn, workerName, waitMs: POLL_MS });
      return task ? { taskToken: task.taskToken, input: JSON.stringify(task.input) } : {};
    },
  };
}
