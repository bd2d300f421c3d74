import { ServiceError, stateMachineDoesNotExist, validationException } from './service-errors.ts';
import type {
  AliasRecord,
  AliasRoute,
  ExecutionStore,
  MachineRecord,
  PublicationRecord,
  VersionRecord,
} from './store.ts';

/** What an execution can be started by, with everything it takes from it. */
export interface Startable {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly type: MachineRecord['type'];
  readonly roleArn: string;
  readonly definitionHash: string;
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
}

const WHOLE = 100;

/** The published versions of machines, and where their aliases lead. */
export class Publications {
  readonly #store: ExecutionStore;
  readonly #records = new Map<string, PublicationRecord>();

  constructor(store: ExecutionStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const record of await this.#store.listPublications())
      this.#records.set(record.stateMachineArn, record);
  }

  of(stateMachineArn: string): PublicationRecord {
    return (
      this.#records.get(stateMachineArn) ?? {
        stateMachineArn,
        lastNumber: 0,
        versions: [],
        aliases: [],
      }
    );
  }

  /** Publishes the machine as it is now; a machine whose latest version is the same keeps that version. */
  async publish(
    machine: MachineRecord,
    { atMs, description = '' }: { atMs: number; description?: string },
  ): Promise<VersionRecord> {
    const record = this.of(machine.stateMachineArn);
    const latest = record.versions.at(-1);
    if (latest?.definitionHash === machine.definitionHash) return latest;
    const version: VersionRecord = {
      number: record.lastNumber + 1,
      definitionHash: machine.definitionHash,
      description,
      createdAtMs: atMs,
    };
    await this.#save({
      ...record,
      lastNumber: version.number,
      versions: [...record.versions, version],
    });
    return version;
  }

  /**
   * What a deployment does: a definition that was not deployed last becomes a version, and the alias leads to it. The
   * same definition again changes nothing, so that an alias that was pointed back stays where it is.
   */
  async deploy(
    machine: MachineRecord,
    { alias, atMs }: { alias: string; atMs: number },
  ): Promise<void> {
    const before = this.of(machine.stateMachineArn);
    if (before.deployedHash === machine.definitionHash) return;
    const { number } = await this.publish(machine, { atMs });
    await this.setAlias(machine.stateMachineArn, {
      name: alias,
      routes: [{ number, weight: WHOLE }],
      atMs,
    });
    await this.#save({
      ...this.of(machine.stateMachineArn),
      deployedHash: machine.definitionHash,
    });
  }

  /** Creates an alias or leads it elsewhere; refuses what the service refuses. */
  async setAlias(
    stateMachineArn: string,
    given: {
      readonly name: string;
      readonly routes: readonly AliasRoute[];
      readonly atMs: number;
      readonly description?: string | undefined;
    },
  ): Promise<AliasRecord> {
    const record = this.of(stateMachineArn);
    refuseRoutes(record, given.routes);
    const before = record.aliases.find(({ name }) => name === given.name);
    const alias: AliasRecord = {
      name: given.name,
      description: given.description ?? before?.description ?? '',
      routes: given.routes,
      createdAtMs: before?.createdAtMs ?? given.atMs,
      updatedAtMs: given.atMs,
    };
    await this.#save({
      ...record,
      aliases: [...record.aliases.filter(({ name }) => name !== given.name), alias],
    });
    return alias;
  }

  async deleteAlias(stateMachineArn: string, name: string): Promise<void> {
    const record = this.of(stateMachineArn);
    await this.#save({
      ...record,
      aliases: record.aliases.filter((alias) => alias.name !== name),
    });
  }

  async deleteVersion(stateMachineArn: string, number: number): Promise<void> {
    const record = this.of(stateMachineArn);
    const holder = record.aliases.find(({ routes }) =>
      routes.some((route) => route.number === number),
    );
    if (holder)
      throw new ServiceError(
        'ConflictException',
        `Version to be deleted must not be referenced by an alias. Current list of aliases: [${holder.name}]`,
      );
    await this.#save({
      ...record,
      versions: record.versions.filter((version) => version.number !== number),
    });
  }

  /**
   * What an ARN stands for when an execution is started: the machine as it is now, one of its versions, or the version
   * that its alias leads to, chosen by `draw` (0 ≤ draw < 1) where it leads to two.
   */
  startable(machine: MachineRecord, qualifier: string | undefined, draw: number): Startable {
    const { stateMachineArn, name, type, roleArn, definitionHash } = machine;
    const plain = { stateMachineArn, name, type, roleArn, definitionHash };
    if (qualifier === undefined) return plain;
    const { aliases } = this.of(stateMachineArn);
    const alias = aliases.find((each) => each.name === qualifier);
    const version = this.version(stateMachineArn, alias ? routeOf(alias, draw) : Number(qualifier));
    if (!version) throw stateMachineDoesNotExist(`${stateMachineArn}:${qualifier}`);
    return {
      ...plain,
      definitionHash: version.definitionHash,
      stateMachineVersionArn: `${stateMachineArn}:${version.number}`,
      ...(alias && { stateMachineAliasArn: `${stateMachineArn}:${alias.name}` }),
    };
  }

  version(stateMachineArn: string, number: number): VersionRecord | undefined {
    return this.of(stateMachineArn).versions.find((version) => version.number === number);
  }

  alias(stateMachineArn: string, name: string): AliasRecord {
    const alias = this.of(stateMachineArn).aliases.find((each) => each.name === name);
    if (!alias)
      throw new ServiceError(
        'ResourceNotFound',
        `Resource not found: '${stateMachineArn}:${name}'`,
      );
    return alias;
  }

  async forget(stateMachineArn: string): Promise<void> {
    this.#records.delete(stateMachineArn);
    await this.#store.deletePublication(stateMachineArn);
  }

  async #save(record: PublicationRecord): Promise<void> {
    this.#records.set(record.stateMachineArn, record);
    await this.#store.savePublication(record);
  }
}

/** Takes the version or alias off the ARN of a machine. */
export function splitQualifier(arn: string): { stateMachineArn: string; qualifier?: string } {
  const parts = arn.split(':');
  const qualifier = parts[7];
  return qualifier === undefined
    ? { stateMachineArn: arn }
    : { stateMachineArn: parts.slice(0, 7).join(':'), qualifier };
}

function routeOf({ routes }: AliasRecord, draw: number): number {
  const [first, second] = routes;
  if (!first) return Number.NaN;
  return second && draw * WHOLE >= first.weight ? second.number : first.number;
}

/** One or two versions of the machine, with weights that make a whole (API reference, CreateStateMachineAlias). */
function refuseRoutes(record: PublicationRecord, routes: readonly AliasRoute[]): void {
  const numbers = new Set(routes.map(({ number }) => number));
  const isWhole = routes.reduce((sum, { weight }) => sum + weight, 0) === WHOLE;
  if (routes.length < 1 || routes.length > 2 || numbers.size !== routes.length || !isWhole)
    throw validationException(
      'The routing configuration must name one or two versions with weights that sum up to 100',
    );
  for (const { number } of routes)
    if (!record.versions.some((version) => version.number === number))
      throw new ServiceError(
        'ResourceNotFound',
        `Resource not found: '${record.stateMachineArn}:${number}'`,
      );
}
