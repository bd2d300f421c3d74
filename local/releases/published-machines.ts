import {
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachineAliasesCommand,
  paginateListStateMachines,
  ListStateMachineVersionsCommand,
  UpdateStateMachineAliasCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { releaseNamedIn, type ReleasedVersion } from './versions-of-release.ts';

/** A machine that has the alias. */
export interface PublishedMachine {
  readonly name: string;
  readonly arn: string;
  readonly aliasArn: string;
}

/** Versions and aliases of the machines of an account, through the Step Functions API. */
export class PublishedMachines {
  readonly #client: SFNClient;
  readonly #alias: string;

  constructor(client: SFNClient, alias: string) {
    this.#client = client;
    this.#alias = alias;
  }

  async list(): Promise<readonly PublishedMachine[]> {
    const found: PublishedMachine[] = [];
    for await (const page of paginateListStateMachines({ client: this.#client }, {}))
      for (const { name = '', stateMachineArn: arn = '' } of page.stateMachines ?? []) {
        const { stateMachineAliases = [] } = await this.#client.send(
          new ListStateMachineAliasesCommand({ stateMachineArn: arn }),
        );
        const aliasArn = `${arn}:${this.#alias}`;
        if (stateMachineAliases.some((each) => each.stateMachineAliasArn === aliasArn))
          found.push({ name, arn, aliasArn });
      }
    return found;
  }

  /** The version most of the alias's executions go to. */
  async current({ aliasArn }: PublishedMachine): Promise<number> {
    const { routingConfiguration = [] } = await this.#client.send(
      new DescribeStateMachineAliasCommand({ stateMachineAliasArn: aliasArn }),
    );
    const [first] = routingConfiguration.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
    return numberOf(first?.stateMachineVersionArn ?? '');
  }

  async versions({ arn }: PublishedMachine): Promise<readonly ReleasedVersion[]> {
    const found: ReleasedVersion[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListStateMachineVersionsCommand({ stateMachineArn: arn, nextToken }),
      );
      for (const { stateMachineVersionArn = '' } of page.stateMachineVersions ?? []) {
        const { Comment } = await this.definition(stateMachineVersionArn);
        found.push({
          number: numberOf(stateMachineVersionArn),
          release: releaseNamedIn(Comment ?? ''),
        });
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found;
  }

  /** The names of the functions that a version of a machine calls. */
  async functionsOf({ arn }: PublishedMachine, version: number): Promise<readonly string[]> {
    const definition = JSON.stringify(await this.definition(`${arn}:${version}`));
    const names = definition.matchAll(/arn:[\w-]+:lambda:[\w-]+:\d+:function:([\w-]+)/g);
    return [...new Set(Array.from(names, ([, name = '']) => name))];
  }

  async definition(stateMachineArn: string): Promise<{ Comment?: string }> {
    const { definition = '{}' } = await this.#client.send(
      new DescribeStateMachineCommand({ stateMachineArn }),
    );
    return JSON.parse(definition) as { Comment?: string };
  }

  /** How many executions go on with the definition of a version. */
  async running({ arn }: PublishedMachine, version: number): Promise<number> {
    let count = 0;
    let nextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListExecutionsCommand({
          stateMachineArn: `${arn}:${version}`,
          statusFilter: 'RUNNING',
          nextToken,
        }),
      );
      count += page.executions?.length ?? 0;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return count;
  }

  async point({ arn, aliasArn }: PublishedMachine, version: number): Promise<void> {
    await this.#client.send(
      new UpdateStateMachineAliasCommand({
        stateMachineAliasArn: aliasArn,
        routingConfiguration: [{ stateMachineVersionArn: `${arn}:${version}`, weight: 100 }],
      }),
    );
  }
}

function numberOf(versionArn: string): number {
  return Number(versionArn.split(':').at(-1));
}
