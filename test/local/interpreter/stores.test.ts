import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoExecutionStore } from '#local/interpreter/dynamo-store.ts';
import { FileExecutionStore } from '#local/interpreter/file-store.ts';
import type { JournalRecord } from '#local/interpreter/journal.ts';
import { MemoryExecutionStore } from '#local/interpreter/memory-store.ts';
import type { ExecutionStore, ExecutionSummary } from '#local/interpreter/store.ts';
import { benchWith, invoke, machineOf, runToEnd, settle, startOn, ask } from './support/bench.ts';
import { startLocalDatabase } from './support/local-database.ts';

let database: Awaited<ReturnType<typeof startLocalDatabase>>;
let folder: string;
let count = 0;
const opened: FileExecutionStore[] = [];
beforeAll(async () => {
  [database, folder] = await Promise.all([
    startLocalDatabase(),
    mkdtemp(join(tmpdir(), 'executions-')),
  ]);
});
afterAll(async () => {
  await Promise.all([database.stop(), ...opened.map((store) => store.close())]);
  await rm(folder, { recursive: true });
});

function newPlace(): string {
  count += 1;
  return `executions-${count}`;
}

const pathOf = (place: string): string => join(folder, `${place}.log`);

function openFile(place: string): FileExecutionStore {
  const store = new FileExecutionStore(pathOf(place));
  opened.push(store);
  return store;
}

/** Stores that outlive the process: opened twice on one place, the second sees what the first has left. */
const lasting: { name: string; open: (place: string) => ExecutionStore }[] = [
  { name: 'the DynamoDB store', open: (place) => new DynamoExecutionStore(database.client, place) },
  { name: 'the file store', open: openFile },
];

const stores: { name: string; open: () => ExecutionStore }[] = [
  { name: 'the memory store', open: () => new MemoryExecutionStore() },
  ...lasting.map(({ name, open }) => ({ name, open: () => open(newPlace()) })),
];

function summaryOf(name: string, more: Partial<ExecutionSummary> = {}): ExecutionSummary {
  return {
    executionArn: `arn:execution:${name}`,
    name,
    stateMachineArn: 'arn:machine',
    machineName: 'machine',
    machineType: 'STANDARD',
    definitionHash: 'hash',
    roleArn: 'arn:role',
    input: {},
    startedAtMs: 1_700_000_000_000 + Number(name) * 1000,
    status: 'RUNNING',
    redriveCount: 0,
    ...more,
  };
}

const record = (text: string): JournalRecord => ({
  branch: '0',
  type: 'Note',
  atMs: 1,
  hidden: { text },
});

describe.each(stores)('$name', ({ open }) => {
  async function ready(): Promise<ExecutionStore> {
    const store = open();
    await store.ensure();
    await store.ensure();
    return store;
  }

  it('gives a summary back as it was saved last', async () => {
    const store = await ready();
    await store.saveExecution(summaryOf('1'));
    const ended = summaryOf('1', {
      status: 'SUCCEEDED',
      output: { a: [1, null, '贷款'] },
      stoppedAtMs: 5,
    });
    await store.saveExecution(ended);
    expect(await store.findExecution('arn:execution:1')).toEqual(ended);
    expect(await store.findExecution('arn:execution:2')).toBeUndefined();
  });

  it('keeps a summary with the largest input and output', async () => {
    const store = await ready();
    const text = Array.from({ length: 26_000 }, (_, index) =>
      String(index * 7919).padStart(10),
    ).join('');
    const large = summaryOf('1', { status: 'SUCCEEDED', input: text, output: text });
    await store.saveExecution(large);
    expect(await store.findExecution('arn:execution:1')).toEqual(large);
  });

  it('lists newest first, by status, page by page', async () => {
    const store = await ready();
    for (const index of [1, 2, 3, 4, 5])
      await store.saveExecution(
        summaryOf(String(index), { status: index % 2 ? 'SUCCEEDED' : 'FAILED' }),
      );
    await store.saveExecution(summaryOf('6', { stateMachineArn: 'arn:other' }));
    const seen: string[][] = [];
    let after: string | undefined;
    do {
      const page = await store.listExecutions({
        of: 'arn:machine',
        limit: 2,
        ...(after !== undefined && { after }),
      });
      seen.push(page.executions.map(({ name }) => name));
      after = page.next;
    } while (after !== undefined);
    expect(seen.flat()).toEqual(['5', '4', '3', '2', '1']);
    const failed = await store.listExecutions({ of: 'arn:machine', limit: 10, status: 'FAILED' });
    expect(failed.executions.map(({ name }) => name)).toEqual(['4', '2']);
  });

  it('lists what runs, and only that', async () => {
    const store = await ready();
    for (const index of [1, 2, 3]) await store.saveExecution(summaryOf(String(index)));
    await store.saveExecution(summaryOf('2', { status: 'ABORTED' }));
    expect((await store.listRunning()).map(({ name }) => name).toSorted()).toEqual(['1', '3']);
  });

  it('gives a journal back in order', async () => {
    const store = await ready();
    await store.append('arn:execution:1', 1, [record('a'), record('b')]);
    await store.append('arn:execution:1', 3, [record('c')]);
    await store.append('arn:execution:2', 1, [record('z')]);
    const journal = await store.readJournal('arn:execution:1');
    expect(journal.map(({ hidden }) => hidden?.['text'])).toEqual(['a', 'b', 'c']);
    expect(await store.readJournal('arn:execution:3')).toEqual([]);
  });

  it('keeps lines larger than an item, cut between characters', async () => {
    const store = await ready();
    const lines = [record('😀'.repeat(60_000)), record(`x${'😀贷'.repeat(80_000)}`)];
    await store.append('arn:execution:1', 1, lines);
    expect(await store.readJournal('arn:execution:1')).toEqual(lines);
  });

  it('keeps machines and definitions', async () => {
    const store = await ready();
    const machine = {
      stateMachineArn: 'arn:machine',
      name: 'machine',
      type: 'STANDARD' as const,
      definition: '{}',
      definitionHash: 'hash',
      roleArn: 'arn:role',
      createdAtMs: 1,
      updatedAtMs: 2,
    };
    await store.saveMachine(machine);
    await store.saveDefinition('hash', 'text');
    expect(await store.listMachines()).toEqual([machine]);
    expect(await store.findDefinition('hash')).toBe('text');
    expect(await store.findDefinition('other')).toBeUndefined();
    await store.deleteMachine('arn:machine');
    expect(await store.listMachines()).toEqual([]);
  });

  it('keeps what is published of a machine, apart from the machines', async () => {
    const store = await ready();
    const record = {
      stateMachineArn: 'arn:machine',
      lastNumber: 1,
      versions: [{ number: 1, definitionHash: 'hash', description: '', createdAtMs: 1 }],
      aliases: [],
    };
    await store.savePublication(record);
    await store.savePublication({ ...record, deployedHash: 'hash' });
    expect(await store.listPublications()).toEqual([{ ...record, deployedHash: 'hash' }]);
    expect(await store.listMachines()).toEqual([]);
    await store.deletePublication('arn:machine');
    expect(await store.listPublications()).toEqual([]);
  });
});

describe.each(lasting)('$name', ({ open }) => {
  it('carries a hundred executions at once, each with its whole history', async () => {
    const bench = await benchWith({ work: (payload) => payload }, { store: open(newPlace()) });
    const definition = machineOf({ A: invoke('work', { Next: 'B' }), B: invoke('work') });
    const { stateMachineArn } = await bench.engine.createStateMachine({ name: 'm', definition });
    const started = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        bench.engine.startExecution({ stateMachineArn, name: `run-${index}`, input: { index } }),
      ),
    );
    await bench.engine.idle();
    for (const { executionArn, input } of started) {
      expect(await bench.engine.describeExecution(executionArn)).toMatchObject({
        status: 'SUCCEEDED',
        output: input,
      });
      expect(await bench.engine.history(executionArn)).toHaveLength(12);
    }
  });

  it('lets another process take over what one left', async () => {
    const place = newPlace();
    const tokens: string[] = [];
    const keep = ({ token }: { token: string }): void => void tokens.push(token);
    const first = await benchWith({ keep }, { store: open(place) });
    const executionArn = await startOn(
      first,
      machineOf({ A: ask('keep', { TimeoutSeconds: 60 }) }),
    );
    await first.engine.idle();
    first.engine.stop();
    const second = await benchWith({}, { store: open(place) });
    expect(await second.engine.start()).toEqual({ resumed: 1 });
    await second.engine.sendTaskSuccess(tokens[0] ?? '', 'taken over');
    await second.engine.idle();
    expect(await second.engine.describeExecution(executionArn)).toMatchObject({
      output: 'taken over',
    });
    const third = await benchWith({}, { store: open(place) });
    expect(await third.engine.start()).toEqual({ resumed: 0 });
    expect(await runToEnd(third, machineOf({ A: { Type: 'Succeed' } }))).toMatchObject({
      status: 'SUCCEEDED',
    });
    await settle();
  });
});

describe('the DynamoDB store', () => {
  it('ends a journal at a hole instead of reading past it', async () => {
    const store = new DynamoExecutionStore(database.client, newPlace());
    await store.ensure();
    await store.append('arn:execution:1', 1, [record('a')]);
    await store.append('arn:execution:1', 3, [record('c')]);
    expect(await store.readJournal('arn:execution:1')).toHaveLength(1);
  });
});

describe('the file store', () => {
  it('knows after a restart everything that it was told before', async () => {
    const place = newPlace();
    const before = openFile(place);
    await before.saveDefinition('hash', 'text \t 贷款');
    await before.saveExecution(summaryOf('1'));
    await before.append('arn:execution:1', 1, [record('a'), record('b')]);
    await before.saveExecution(summaryOf('2'));
    await before.append('arn:execution:1', 3, [record('c')]);
    await before.saveExecution(summaryOf('1', { status: 'SUCCEEDED' }));
    await before.close();
    const after = openFile(place);
    await after.ensure();
    expect(await after.findDefinition('hash')).toBe('text \t 贷款');
    expect((await after.listRunning()).map(({ name }) => name)).toEqual(['2']);
    expect(await after.readJournal('arn:execution:1')).toEqual(['a', 'b', 'c'].map(record));
  });

  it.each(Array.from({ length: 12 }, (_, index) => 1 + index * 11))(
    'goes on before a line of which the last %i bytes never reached the disk',
    async (missing) => {
      const place = newPlace();
      const before = openFile(place);
      await before.append('arn:execution:1', 1, [record('a')]);
      await before.append('arn:execution:1', 2, [record('b'.repeat(100))]);
      await before.close();
      const { length } = await readFile(pathOf(place));
      await truncate(pathOf(place), length - missing);
      const after = openFile(place);
      await after.ensure();
      expect(await after.readJournal('arn:execution:1')).toEqual([record('a')]);
      await after.append('arn:execution:1', 2, [record('c')]);
      await after.close();
      const last = openFile(place);
      await last.ensure();
      expect(await last.readJournal('arn:execution:1')).toEqual([record('a'), record('c')]);
    },
  );

  it('ends before a line that is not as it was written', async () => {
    const place = newPlace();
    const before = openFile(place);
    for (const [index, text] of ['a', 'b', 'c'].entries())
      await before.append('arn:execution:1', index + 1, [record(text)]);
    await before.close();
    const written = await readFile(pathOf(place), 'utf8');
    await writeFile(pathOf(place), written.replace('"text":"b"', '"text":"x"'));
    const after = openFile(place);
    await after.ensure();
    expect(await after.readJournal('arn:execution:1')).toEqual([record('a')]);
  });

  it('keeps the order it was told in, however much comes at once', async () => {
    const place = newPlace();
    const store = openFile(place);
    await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        store.append('arn:execution:1', index + 1, [record(String(index))]),
      ),
    );
    const journal = await store.readJournal('arn:execution:1');
    expect(journal.map(({ hidden }) => Number(hidden?.['text']))).toEqual(
      Array.from({ length: 500 }, (_, index) => index),
    );
  });

  it('takes nothing more once it is closed', async () => {
    const store = openFile(newPlace());
    await store.ensure();
    await store.close();
    await expect(store.append('arn:execution:1', 1, [record('a')])).rejects.toThrow('closed');
  });
});
