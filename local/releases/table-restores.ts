import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  LimitExceededException,
  ResourceNotFoundException,
  RestoreTableToPointInTimeCommand,
  TagResourceCommand,
  UpdateTableCommand,
  type DynamoDBClient,
  type RestoreTableToPointInTimeCommandInput,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { StackTable } from './stack-tables.ts';

export interface PlannedRestore extends StackTable {
  readonly tableArn: string;
  readonly restoredName: string;
  /** Begun by an earlier run: this one goes on with it. */
  readonly isBegun: boolean;
}

export interface RestoreSettings {
  readonly client: DynamoDBClient;
  /** Whole seconds: finer than that DynamoDB does not restore. */
  readonly at: Date;
  readonly tags: Readonly<Record<string, string>>;
  readonly pollMs: number;
  readonly tell: (line: string) => void;
}

/** Between RestoreTableToPointInTime and the first DescribeTable that knows the table; then it must be there. */
const UNSEEN_POLLS_MAX = 20;

/** An instant as an operator writes it: with its zone, without which it is another hour to somebody else, and to the second. */
export function instantFrom(text: string | undefined): Date {
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.000)?(?:Z|[+-]\d\d:\d\d)$/.test(text ?? '');
  const at = new Date(isWhole ? (text ?? '') : '');
  if (Number.isNaN(at.getTime()))
    throw new Error('--at INSTANT is missing or unclear: such as 2026-11-26T16:30:00+08:00');
  return at;
}

/** The same instant makes the same name, by which a later run finds what an earlier one began. */
export function restoredNameOf(tableName: string, at: Date): string {
  return `${tableName}-at-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
}

/** What is sent for one table. Nothing reads a restored table by an index, and without them it is there sooner. */
export function restoreInput(
  { tableName, restoredName }: Pick<PlannedRestore, 'tableName' | 'restoredName'>,
  at: Date,
): RestoreTableToPointInTimeCommandInput {
  return {
    SourceTableName: tableName,
    TargetTableName: restoredName,
    RestoreDateTime: at,
    GlobalSecondaryIndexOverride: [],
  };
}

/**
 * Looks at every table before any is restored: tables of which some can be had as of the instant are of no use. Throws
 * with all that is wrong, a line each.
 */
export async function planRestores(
  client: DynamoDBClient,
  tables: readonly StackTable[],
  at: Date,
): Promise<readonly PlannedRestore[]> {
  const looked = await Promise.all(
    tables.map(async (table) => {
      try {
        return await planRestore(client, table, at);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    }),
  );
  const faults = looked.filter((each) => typeof each === 'string');
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return looked.filter((each) => typeof each !== 'string');
}

async function planRestore(
  client: DynamoDBClient,
  table: StackTable,
  at: Date,
): Promise<PlannedRestore> {
  const live = await describe(client, table.tableName);
  if (live?.TableArn === undefined)
    throw new Error(
      `${table.name}: the stack names ${table.tableName}, which is not there: a deleted table comes back from its system backup only (RestoreTableFromBackup)`,
    );
  const restoredName = restoredNameOf(table.tableName, at);
  const restored = await describe(client, restoredName);
  const planned = { ...table, tableArn: live.TableArn, restoredName };
  if (restored) {
    mustBeOurs(planned, restored, at);
    return { ...planned, isBegun: true };
  }
  await mustBeWithinWindow(client, table, at);
  return { ...planned, isBegun: false };
}

async function mustBeWithinWindow(
  client: DynamoDBClient,
  { name, tableName }: StackTable,
  at: Date,
): Promise<void> {
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName: tableName }),
  );
  const {
    PointInTimeRecoveryStatus,
    EarliestRestorableDateTime: earliest,
    LatestRestorableDateTime: latest,
  } = ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
  if (PointInTimeRecoveryStatus !== 'ENABLED' || earliest === undefined || latest === undefined)
    throw new Error(`${name}: point-in-time recovery is not enabled on ${tableName}`);
  if (at < earliest || at > latest)
    throw new Error(
      `${name}: ${instantOf(at)} is outside of what can be restored, ${instantOf(earliest)} to ${instantOf(latest)}`,
    );
}

/** Refuses a table of that name which is not this table as of this instant. */
function mustBeOurs(
  { name, tableArn, restoredName }: Omit<PlannedRestore, 'isBegun'>,
  { RestoreSummary }: TableDescription,
  at: Date,
): void {
  const seconds = RestoreSummary?.RestoreDateTime?.getTime();
  if (RestoreSummary?.SourceTableArn !== tableArn || seconds !== at.getTime())
    throw new Error(
      `${name}: ${restoredName} is there and was not restored from this table as of ${instantOf(at)}`,
    );
}

/** Restores what is planned, each to its new name, and answers when all are ready. Run again, it goes on. */
export async function restoreTables(
  planned: readonly PlannedRestore[],
  settings: RestoreSettings,
): Promise<void> {
  const rest = new Map(planned.map((each) => [each, new TableRestore(each, settings)]));
  for (;;) {
    for (const [each, restore] of rest) if (await restore.advance()) rest.delete(each);
    if (rest.size === 0) return;
    await new Promise((resolve) => setTimeout(resolve, settings.pollMs));
  }
}

class TableRestore {
  readonly #planned: PlannedRestore;
  readonly #settings: RestoreSettings;
  #isBegun: boolean;
  #unseen = 0;

  constructor(planned: PlannedRestore, settings: RestoreSettings) {
    this.#planned = planned;
    this.#settings = settings;
    this.#isBegun = planned.isBegun;
    if (planned.isBegun) settings.tell(`${planned.name}: goes on with ${planned.restoredName}`);
  }

  /** One step on; true when the table is ready. */
  async advance(): Promise<boolean> {
    if (!this.#isBegun) {
      await this.#begin();
      return false;
    }
    const { client, at, tags, tell } = this.#settings;
    const { name, restoredName } = this.#planned;
    const restored = await describe(client, restoredName);
    if (!restored) return this.#wasUnseen();
    mustBeOurs(this.#planned, restored, at);
    const { TableStatus: status, TableArn: arn, RestoreSummary: summary } = restored;
    if (status === 'CREATING' || summary?.RestoreInProgress === true) return false;
    if (status !== 'ACTIVE' && status !== 'UPDATING')
      throw new Error(`${name}: ${restoredName} is ${status ?? 'of no status'}`);
    await client.send(
      new TagResourceCommand({
        ResourceArn: arn,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    tell(`${name}: restored as ${restoredName}`);
    return true;
  }

  async #begin(): Promise<void> {
    const { client, at, tell } = this.#settings;
    try {
      await client.send(new RestoreTableToPointInTimeCommand(restoreInput(this.#planned, at)));
    } catch (error) {
      // Fifty restores of an account at a time: this one begins when another has ended.
      if (error instanceof LimitExceededException) return;
      throw new Error(`${this.#planned.name}: ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    }
    this.#isBegun = true;
    tell(`${this.#planned.name}: restoring`);
  }

  #wasUnseen(): false {
    this.#unseen += 1;
    if (this.#unseen > UNSEEN_POLLS_MAX)
      throw new Error(
        `${this.#planned.name}: the restore ended without ${this.#planned.restoredName}`,
      );
    return false;
  }
}

/** Deletes a restored table, and only one: the live table's name never gets here, and its origin is looked up again. */
export async function dropRestored(
  client: DynamoDBClient,
  planned: PlannedRestore,
  at: Date,
): Promise<boolean> {
  const restored = await describe(client, planned.restoredName);
  if (!restored) return false;
  mustBeOurs(planned, restored, at);
  if (restored.DeletionProtectionEnabled === true)
    await client.send(
      new UpdateTableCommand({
        TableName: planned.restoredName,
        DeletionProtectionEnabled: false,
      }),
    );
  await client.send(new DeleteTableCommand({ TableName: planned.restoredName }));
  return true;
}

async function describe(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function instantOf(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
