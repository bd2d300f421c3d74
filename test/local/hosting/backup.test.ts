import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  copyDataFolder,
  endRestore,
  restoreDataFolder,
  stateOf,
  wasRestored,
} from '#local/hosting/backup.ts';
import { Gate } from '#local/hosting/gate.ts';

const takenAt = '2026-11-26T00:00:00.000Z';
let folder: string;
let data: string;
let backup: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zhudai-backup-'));
  data = join(folder, 'data');
  backup = join(folder, 'backup');
  for (const path of ['objects/documents', 'sandbox', 'logs'])
    mkdirSync(join(data, path), { recursive: true });
  writeFileSync(join(data, 'executions.log'), 'steps');
  writeFileSync(join(data, 'objects/documents/o-a'), 'document');
  writeFileSync(join(data, 'sandbox/bank.jsonl'), 'books of the bank');
  writeFileSync(join(data, 'logs/functions.log'), 'said');
  writeFileSync(join(data, 'credentials.json'), '{}');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a backup', () => {
  it('holds what is ours, and neither the books of others nor what belongs to one run', async () => {
    const { files } = await copyDataFolder(data, backup, takenAt);
    expect(files.map(({ path }) => path)).toEqual(['executions.log', 'objects/documents/o-a']);
  });

  it('comes back into a folder that has nothing of ours, whose bank has gone on', async () => {
    await copyDataFolder(data, backup, takenAt);
    rmSync(join(data, 'executions.log'));
    rmSync(join(data, 'objects'), { recursive: true });
    writeFileSync(join(data, 'sandbox/bank.jsonl'), 'later books');
    expect(wasRestored(data)).toBe(false);
    expect(await restoreDataFolder(backup, data)).toMatchObject({ takenAt });
    expect(readFileSync(join(data, 'executions.log'), 'utf8')).toBe('steps');
    expect(readFileSync(join(data, 'sandbox/bank.jsonl'), 'utf8')).toBe('later books');
    expect(wasRestored(data)).toBe(true);
    await endRestore(data);
    expect(wasRestored(data)).toBe(false);
  });

  it('overwrites nothing when it is restored, nor a folder that is none when it is taken', async () => {
    await copyDataFolder(data, backup, takenAt);
    await expect(restoreDataFolder(backup, data)).rejects.toThrow(/no empty data folder/);
    await expect(copyDataFolder(data, data, takenAt)).rejects.toThrow(/no backup/);
    expect(readFileSync(join(data, 'executions.log'), 'utf8')).toBe('steps');
  });

  it('is refused when a byte of it is another, or when it was cut short', async () => {
    await copyDataFolder(data, backup, takenAt);
    writeFileSync(join(backup, 'executions.log'), 'stepz');
    const empty = join(folder, 'empty');
    await expect(restoreDataFolder(backup, empty)).rejects.toThrow(/not what was backed up/);
    rmSync(join(backup, 'backup.json'));
    await expect(restoreDataFolder(backup, empty)).rejects.toThrow(/no whole backup/);
  });

  it('sees that something was written while it was taken', async () => {
    const before = await stateOf(data);
    expect(await stateOf(data)).toBe(before);
    writeFileSync(join(data, 'logs/functions.log'), 'said more');
    expect(await stateOf(data)).toBe(before);
    writeFileSync(join(data, 'executions.log'), 'steps and more');
    expect(await stateOf(data)).not.toBe(before);
  });
});

describe('Gate', () => {
  it('lets nobody through while it is held, and everybody after, whatever became of the work', async () => {
    const gate = new Gate();
    await gate.passed();
    let fail = (): void => undefined;
    const held = gate.hold(
      () =>
        new Promise<void>((_, reject) => {
          fail = () => {
            reject(new Error('the disk is full'));
          };
        }),
    );
    let isThrough = false;
    const passing = gate.passed().then(() => {
      isThrough = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isThrough).toBe(false);
    fail();
    await expect(held).rejects.toThrow('the disk is full');
    await passing;
    expect(isThrough).toBe(true);
  });
});
