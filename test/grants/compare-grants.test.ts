import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareGrants, readUses } from './compare-grants.ts';

const read = { role: 'Reader', action: 'dynamodb:GetItem', resource: 'table/A' };
const write = { role: 'Reader', action: 'dynamodb:PutItem', resource: 'table/A' };
const nothing = { used: [], refused: [] };

describe('grants and uses', () => {
  it('agree when everything granted was used', () => {
    expect(compareGrants([read], { used: [read, read], refused: [] }, [])).toEqual({
      refused: [],
      unused: [],
      idleExcuses: [],
    });
  });

  it('differ by what was refused and by what nobody used', () => {
    const { refused, unused } = compareGrants([read], { used: [], refused: [write] }, []);
    expect(refused).toEqual(['Reader dynamodb:PutItem table/A']);
    expect(unused).toEqual(['Reader dynamodb:GetItem table/A']);
  });

  it('tell apart the same action on another table and by another role', () => {
    const others = [
      { ...read, resource: 'table/B' },
      { ...read, role: 'Other' },
    ];
    expect(compareGrants([read], { used: others, refused: [] }, []).unused).toHaveLength(1);
  });

  it('excuse a grant by its action and role, and report the excuse that covers none', () => {
    const excuse = { action: /GetItem$/, role: /^Reader$/, reason: 'a test' };
    const idle = { action: /Scan$/, role: /./, reason: 'a test' };
    const { unused, idleExcuses } = compareGrants([read, write], nothing, [excuse, idle]);
    expect(unused).toEqual(['Reader dynamodb:PutItem table/A']);
    expect(idleExcuses).toHaveLength(1);
  });

  it('are read from what several platforms wrote, half a line at the end left out', () => {
    const directory = mkdtempSync(join(tmpdir(), 'zhudai-uses-'));
    const line = (isAllowed: boolean, use: object): string => JSON.stringify({ ...use, isAllowed });
    writeFileSync(join(directory, '1.jsonl'), `${line(true, read)}\n{"role":"Re`);
    writeFileSync(join(directory, '2.jsonl'), `${line(false, write)}\n`);
    const uses = readUses(directory);
    rmSync(directory, { recursive: true });
    expect(uses).toEqual({ used: [read], refused: [write] });
  });
});
