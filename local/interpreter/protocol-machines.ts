import * as z from 'zod';
import type { Engine } from './engine.ts';
import { epochSeconds, parseRequest, type Operation } from './protocol-answers.ts';
import { makeToken, readPosition } from './page-tokens.ts';
import { splitQualifier } from './publications.ts';
import { ServiceError, stateMachineDoesNotExist } from './service-errors.ts';
import type { MachineRecord } from './store.ts';

const Create = z.object({
  name: z.string().min(1).max(80),
  definition: z.string(),
  roleArn: z.string(),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
});
const PAGE_MAX = 1000;
const List = z.object({
  maxResults: z.int().min(1).max(PAGE_MAX).optional(),
  nextToken: z.string().optional(),
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
    ListStateMachines: (body) => {
      const { maxResults, nextToken } = parseRequest(List, body);
      const machines = engine.machines.list();
      const start = nextToken === undefined ? 0 : readPosition(nextToken);
      const end = start + (maxResults ?? PAGE_MAX);
      return Promise.resolve({
        stateMachines: machines.slice(start, end).map((machine) => ({
          stateMachineArn: machine.stateMachineArn,
          name: machine.name,
          type: machine.type,
          creationDate: epochSeconds(machine.createdAtMs),
        })),
        ...(end < machines.length && { nextToken: makeToken(String(end)) }),
      });
    },
    DescribeStateMachine: (body) => describe(engine, parseRequest(ByArn, body).stateMachineArn),
    ListTagsForResource: () => Promise.resolve({ tags: [] }),
    TagResource: () => Promise.resolve({}),
    UntagResource: () => Promise.resolve({}),
  };
}

/** A machine as it is now, or as a version published it; an alias shows the first version it leads to. */
async function describe(engine: Engine, arn: string): Promise<Record<string, unknown>> {
  const { stateMachineArn, qualifier } = splitQualifier(arn);
  const machine = find(engine, stateMachineArn);
  const { publications } = engine.machines;
  const { definitionHash } = publications.startable(machine, qualifier, 0);
  const version =
    qualifier === undefined ? undefined : publications.version(stateMachineArn, Number(qualifier));
  return {
    stateMachineArn: arn,
    name: machine.name,
    status: 'ACTIVE',
    definition: await engine.machines.definitionOf(definitionHash),
    roleArn: machine.roleArn,
    type: machine.type,
    creationDate: epochSeconds(version?.createdAtMs ?? machine.createdAtMs),
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    revisionId: definitionHash,
    ...(version && version.description !== '' && { description: version.description }),
  };
}

function find(engine: Engine, arn: string): MachineRecord {
  const machine = engine.machines.find(arn);
  if (!machine) throw stateMachineDoesNotExist(arn);
  return machine;
}
