import * as z from 'zod';
import type { Engine } from './engine.ts';
import { epochSeconds, parseRequest, type Operation } from './protocol-answers.ts';
import { ServiceError, stateMachineDoesNotExist } from './service-errors.ts';
import type { MachineRecord } from './store.ts';

const Create = z.object({
  name: z.string().min(1).max(80),
  definition: z.string(),
  roleArn: z.string(),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
});
const ByArn = z.object({ stateMachineArn: z.string() });
const Update = ByArn.extend({ definition: z.string().optional(), roleArn: z.string().optional() });

/** Operations on state machines. */
export function machineOperations(engine: Engine): Record<string, Operation> {
  return {
    CreateStateMachine: async (body) => {
      const draft = parseRequest(Create, body);
      const arn = engine.arns.machine(draft.name);
      const existing = engine.machines.find(arn);
      if (existing && existing.definition !== draft.definition)
        throw new ServiceError(
          'StateMachineAlreadyExists',
          `State Machine Already Exists: '${arn}'`,
        );
      const machine =
        existing ?? (await engine.machines.create({ ...draft, arn }, engine.clock.now()));
      return {
        stateMachineArn: machine.stateMachineArn,
        creationDate: epochSeconds(machine.createdAtMs),
      };
    },
    UpdateStateMachine: async (body) => {
      const { stateMachineArn, definition, roleArn } = parseRequest(Update, body);
      const existing = find(engine, stateMachineArn);
      const machine = await engine.machines.create(
        {
          ...existing,
          arn: stateMachineArn,
          definition: definition ?? existing.definition,
          roleArn: roleArn ?? existing.roleArn,
        },
        engine.clock.now(),
      );
      return { updateDate: epochSeconds(machine.updatedAtMs), revisionId: machine.definitionHash };
    },
    DeleteStateMachine: async (body) => {
      await engine.machines.delete(parseRequest(ByArn, body).stateMachineArn);
      return {};
    },
    ListStateMachines: () =>
      Promise.resolve({
        stateMachines: engine.machines.list().map((machine) => ({
          stateMachineArn: machine.stateMachineArn,
          name: machine.name,
          type: machine.type,
          creationDate: epochSeconds(machine.createdAtMs),
        })),
      }),
    DescribeStateMachine: (body) => {
      const machine = find(engine, parseRequest(ByArn, body).stateMachineArn);
      return Promise.resolve({
        stateMachineArn: machine.stateMachineArn,
        name: machine.name,
        status: 'ACTIVE',
        definition: machine.definition,
        roleArn: machine.roleArn,
        type: machine.type,
        creationDate: epochSeconds(machine.createdAtMs),
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        revisionId: machine.definitionHash,
      });
    },
    ListTagsForResource: () => Promise.resolve({ tags: [] }),
    TagResource: () => Promise.resolve({}),
    UntagResource: () => Promise.resolve({}),
  };
}

function find(engine: Engine, arn: string): MachineRecord {
  const machine = engine.machines.find(arn);
  if (!machine) throw stateMachineDoesNotExist(arn);
  return machine;
}
