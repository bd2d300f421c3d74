import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { tablesOfStack } from '#local/releases/stack-tables.ts';

type Item = Record<string, unknown>;

interface Stage {
  readonly region: string;
  readonly stage: string;
}

/** Items of a deployment that are deleted behind its back and brought back by `restore:tables`. */
export class LostItems {
  readonly #stage: Stage;
  readonly #client: DynamoDBClient;
  readonly #documents: DynamoDBDocumentClient;
  #tableNames = new Map<string, string>();
  #chosen: { readonly name: string; readonly items: readonly Item[] }[] = [];
  #at = '';

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#client = new DynamoDBClient({ region: stage.region });
    this.#documents = DynamoDBDocumentClient.from(this.#client);
  }

  /** Restores every table as of now; then nothing is gone yet. By table: the attribute and value of what will be. */
  async prepare(chosen: Readonly<Record<string, readonly [string, string]>>): Promise<void> {
    const { region, stage } = this.#stage;
    const tables = await tablesOfStack(region, `zhudai-${stage}-data`);
    this.#tableNames = new Map(tables.map(({ name, tableName }) => [name, tableName]));
    for (const [name, [attribute, value]] of Object.entries(chosen)) {
      const items = (await this.#itemsOf(name)).filter((item) => item[attribute] === value);
      assert.ok(items.length > 0, `${name} has nothing to lose`);
      this.#chosen.push({ name, items });
    }
    this.#at = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
    const calls = await this.#restore('--dry-run');
    assert.equal(calls.match(/would call RestoreTableToPointInTime/g)?.length, tables.length);
    const said = await this.#restore();
    assert.equal(said.match(/ 0 gone$/gm)?.length, tables.length, said);
  }

  async happen(): Promise<void> {
    for (const { name, items } of this.#chosen) {
      const keyNames = await this.#keyNamesOf(name);
      for (const item of items)
        await this.#documents.send(
          new DeleteCommand({
            TableName: this.#tableNames.get(name),
            Key: Object.fromEntries(keyNames.map((key) => [key, item[key]])),
          }),
        );
    }
  }

  /** Puts everything back, finds nothing the second time, and deletes the restored tables. */
  async undo(): Promise<void> {
    const list = join(tmpdir(), `zhudai-lost-${process.pid}.jsonl`);
    const said = await this.#restore('--put-back', '--list', list);
    const named = (await readFile(list, 'utf8')).match(/"fate":"Lost"/g)?.length;
    await rm(list);
    assert.equal(
      named,
      this.#chosen.reduce((sum, { items }) => sum + items.length, 0),
    );
    for (const { name, items } of this.#chosen) {
      assert.match(said, new RegExp(`^${name}: .* ${items.length} put back$`, 'm'));
      const now = await this.#itemsOf(name);
      for (const item of items)
        assert.ok(
          now.some((each) => JSON.stringify(each) === JSON.stringify(item)),
          `${name} has an item that is not as it was`,
        );
    }
    assert.doesNotMatch(await this.#restore('--put-back'), /[1-9]\d* put back/);
    const dropped = await this.#restore('--drop');
    assert.equal(dropped.match(/: deleted /g)?.length, this.#tableNames.size);
    await assert.rejects(
      this.#restore('--only', 'Loan'),
      /no table Loan; there are Applications, /,
    );
  }

  close(): void {
    this.#client.destroy();
  }

  async #restore(...words: readonly string[]): Promise<string> {
    const { region, stage } = this.#stage;
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, '../../local/releases/run-table-restore.ts'),
      ...['--at', this.#at, '--stage', stage, '--region', region, '--poll-seconds', '0.1'],
      ...words,
    ]);
    return stdout;
  }

  async #itemsOf(name: string): Promise<readonly Item[]> {
    const { Items = [], LastEvaluatedKey } = await this.#documents.send(
      new ScanCommand({ TableName: this.#tableNames.get(name), ConsistentRead: true }),
    );
    assert.equal(LastEvaluatedKey, undefined, `${name} is longer than a page`);
    return Items;
  }

  async #keyNamesOf(name: string): Promise<readonly string[]> {
    const { Table } = await this.#client.send(
      new DescribeTableCommand({ TableName: this.#tableNames.get(name) }),
    );
    return (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
  }
}
