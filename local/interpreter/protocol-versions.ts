import * as z from 'zod';
import type { Engine } from './engine.ts';
import { epochSeconds, parseRequest, type Operation } from './protocol-answers.ts';
import { splitQualifier } from './publications.ts';
import {
  invalidArn,
  ServiceError,
  stateMachineDoesNotExist,
  validationException,
} from './service-errors.ts';
import type { AliasRecord, AliasRoute, MachineRecord } from './store.ts';

const ByMachine = z.object({ stateMachineArn: z.string() });
const ByVersion = z.object({ stateMachineVersionArn: z.string() });
const ByAlias = z.object({ stateMachineAliasArn: z.string() });
const Publish = ByMachine.extend({
  revisionId: z.string().optional(),
  description: z.string().max(256).optional(),
});
const Routing = z
  .array(z.object({ stateMachineVersionArn: z.string(), weight: z.int().min(0).max(100) }))
  .min(1)
  .max(2);
const CreateAlias = z.object({
  name: z
    .string()
    .max(80)
    .regex(/^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/),
  description: z.string().max(256).optional(),
  routingConfiguration: Routing,
});
const UpdateAlias = ByAlias.extend({
  description: z.string().max(256).optional(),
  routingConfiguration: Routing.optional(),
});

/** Operations on published versions and on aliases; lists are given whole. */
export function versionOperations(engine: Engine): Record<string, Operation> {
  const { publications } = engine.machines;
  return {
    PublishStateMachineVersion: async (body) => {
      const { stateMachineArn, revisionId, description } = parseRequest(Publish, body);
      const machine = machineOf(engine, stateMachineArn);
      if (revisionId !== undefined && revisionId !== machine.definitionHash)
        throw new ServiceError(
          'ConflictException',
          'The revision of the state machine is not the one that was asked for',
        );
      const version = await publications.publish(machine, {
        atMs: engine.clock.now(),
        ...(description !== undefined && { description }),
      });
      return {
        stateMachineVersionArn: `${stateMachineArn}:${version.number}`,
        creationDate: epochSeconds(version.createdAtMs),
      };
    },
    DeleteStateMachineVersion: async (body) => {
      const { stateMachineArn, number } = readVersion(
        parseRequest(ByVersion, body).stateMachineVersionArn,
      );
      await publications.deleteVersion(stateMachineArn, number);
      return {};
    },
    ListStateMachineVersions: (body) => {
      const { stateMachineArn } = machineOf(engine, parseRequest(ByMachine, body).stateMachineArn);
      return Promise.resolve({
        // Newest first, as the service lists them.
        stateMachineVersions: publications
          .of(stateMachineArn)
          .versions.toReversed()
          .map((each) => ({
            stateMachineVersionArn: `${stateMachineArn}:${each.number}`,
            creationDate: epochSeconds(each.createdAtMs),
          })),
      });
    },
    CreateStateMachineAlias: async (body) => {
      const { name, description, routingConfiguration } = parseRequest(CreateAlias, body);
      const { stateMachineArn, routes } = readRoutes(routingConfiguration);
      machineOf(engine, stateMachineArn);
      if (publications.of(stateMachineArn).aliases.some((each) => each.name === name))
        throw new ServiceError('ConflictException', `The alias ${name} exists already`);
      const alias = await publications.setAlias(stateMachineArn, {
        name,
        description,
        routes,
        atMs: engine.clock.now(),
      });
      return {
        stateMachineAliasArn: `${stateMachineArn}:${name}`,
        creationDate: epochSeconds(alias.createdAtMs),
      };
    },
    UpdateStateMachineAlias: async (body) => {
      const { stateMachineAliasArn, description, routingConfiguration } = parseRequest(
        UpdateAlias,
        body,
      );
      const { stateMachineArn, qualifier: name = '' } = splitQualifier(stateMachineAliasArn);
      const before = publications.alias(stateMachineArn, name);
      const routing = routingConfiguration && readRoutes(routingConfiguration);
      if (routing && routing.stateMachineArn !== stateMachineArn)
        throw validationException('An alias leads to versions of its own state machine');
      const alias = await publications.setAlias(stateMachineArn, {
        name,
        description,
        routes: routing?.routes ?? before.routes,
        atMs: engine.clock.now(),
      });
      return { updateDate: epochSeconds(alias.updatedAtMs) };
    },
    DescribeStateMachineAlias: (body) => {
      const { stateMachineArn, qualifier = '' } = splitQualifier(
        parseRequest(ByAlias, body).stateMachineAliasArn,
      );
      const alias = publications.alias(stateMachineArn, qualifier);
      return Promise.resolve(describeAlias(stateMachineArn, alias));
    },
    DeleteStateMachineAlias: async (body) => {
      const { stateMachineArn, qualifier = '' } = splitQualifier(
        parseRequest(ByAlias, body).stateMachineAliasArn,
      );
      await publications.deleteAlias(stateMachineArn, qualifier);
      return {};
    },
    ListStateMachineAliases: (body) => {
      const { stateMachineArn } = machineOf(engine, parseRequest(ByMachine, body).stateMachineArn);
      return Promise.resolve({
        stateMachineAliases: publications.of(stateMachineArn).aliases.map((alias) => ({
          stateMachineAliasArn: `${stateMachineArn}:${alias.name}`,
          creationDate: epochSeconds(alias.createdAtMs),
        })),
      });
    },
  };
}

function describeAlias(stateMachineArn: string, alias: AliasRecord): Record<string, unknown> {
  return {
    stateMachineAliasArn: `${stateMachineArn}:${alias.name}`,
    name: alias.name,
    description: alias.description,
    routingConfiguration: alias.routes.map(({ number, weight }) => ({
      stateMachineVersionArn: `${stateMachineArn}:${number}`,
      weight,
    })),
    creationDate: epochSeconds(alias.createdAtMs),
    updateDate: epochSeconds(alias.updatedAtMs),
  };
}

function machineOf(engine: Engine, stateMachineArn: string): MachineRecord {
  const machine = engine.machines.find(stateMachineArn);
  if (!machine) throw stateMachineDoesNotExist(stateMachineArn);
  return machine;
}

function readVersion(arn: string): { stateMachineArn: string; number: number } {
  const { stateMachineArn, qualifier } = splitQualifier(arn);
  const number = Number(qualifier);
  if (!Number.isInteger(number) || number < 1) throw invalidArn(arn);
  return { stateMachineArn, number };
}

function readRoutes(routing: readonly { stateMachineVersionArn: string; weight: number }[]): {
  stateMachineArn: string;
  routes: readonly AliasRoute[];
} {
  const read = routing.map(({ stateMachineVersionArn, weight }) => ({
    ...readVersion(stateMachineVersionArn),
    weight,
  }));
  const [first] = read;
  if (!first || read.some((each) => each.stateMachineArn !== first.stateMachineArn))
    throw validationException('An alias leads to versions of one state machine');
  return {
    stateMachineArn: first.stateMachineArn,
    routes: read.map(({ number, weight }) => ({ number, weight })),
  };
}
