import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { synthesised } from './synthesised.ts';

const repositoryRoot = join(import.meta.dirname, '../..');
const runbooks = join(repositoryRoot, 'docs/runbooks');
const cloud = synthesised();
/** Runbooks of work that no alarm asks for. */
const planned = new Set(['README.md', 'rotation-and-erasure.md', 'backup-and-restore.md']);

const descriptions = cloud
  .ofType('AWS::CloudWatch::Alarm')
  .map(({ properties }) => String(properties['AlarmDescription']));
const named = new Set(
  descriptions.map((text) => / Runbook: (docs\/runbooks\/[a-z-]+\.md)\.$/.exec(text)?.[1]),
);

describe('alarms', () => {
  it('say their impact and name a runbook that is there', () => {
    expect(descriptions.length).toBeGreaterThan(50);
    for (const text of descriptions) expect(text).toMatch(/^Impact: .+\. Runbook: .+\.md\.$/);
    for (const file of named) expect(existsSync(join(repositoryRoot, file ?? 'none'))).toBe(true);
  });

  it('are named by every runbook that is there', () => {
    const idle = readdirSync(runbooks).filter(
      (file) => !planned.has(file) && !named.has(`docs/runbooks/${file}`),
    );
    expect(idle).toEqual([]);
  });
});

describe('runbooks', () => {
  it('ask only queries that are saved', () => {
    const saved = new Set(
      cloud
        .ofType('AWS::Logs::QueryDefinition')
        .map(({ properties }) => String(properties['Name']).split('/').at(-1)),
    );
    const asked = readdirSync(runbooks).flatMap((file) =>
      Array.from(
        readFileSync(join(runbooks, file), 'utf8').matchAll(/`zhudai\/([a-z-]+)`/g),
        ([, name]) => name,
      ),
    );
    expect(asked.length).toBeGreaterThan(3);
    for (const name of asked) expect(saved).toContain(name);
  });
});
