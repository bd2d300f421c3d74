import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statementsOf, synthesised, type Json } from './synthesised.ts';

const cloud = synthesised();
const machines = cloud.ofType('AWS::StepFunctions::StateMachine').map((each) => ({
  ...each,
  name: String(each.properties['StateMachineName']),
}));

/** What the definitions that earlier releases recorded call their functions. */
function earlierTokens(machine: string): Set<string> {
  const golden = join(import.meta.dirname, '../golden');
  const texts = globSync(`*/definitions/${machine}.asl.json`, { cwd: golden }).map((file) =>
    readFileSync(join(golden, file), 'utf8'),
  );
  expect(texts.length).toBeGreaterThan(0);
  const found = texts.flatMap((text) => [...text.matchAll(/\$\{(\w+)FunctionArn\}/g)]);
  return new Set(found.map(([, token = '']) => token));
}

describe.each(machines)('$name', ({ name, logicalId, properties, metadata }) => {
  it('comes from its definition file', () => {
    expect(metadata['zhudai:definition']).toBe(`statemachines/${name}.asl.json`);
    expect(properties['StateMachineType']).toBe('STANDARD');
  });

  it('gives every token of its definition a value', () => {
    const tokens = String(properties['DefinitionString']).match(/\$\{\w+\}/g) ?? [];
    const given = Object.keys(properties['DefinitionSubstitutions'] as Json);
    expect(new Set(tokens)).toEqual(new Set(given.map((token) => `\${${token}}`)));
  });

  it('logs every transition, without what it carries', () => {
    expect(properties['LoggingConfiguration']).toMatchObject({
      Level: 'ALL',
      IncludeExecutionData: false,
    });
  });

  it('raises alarms when an execution fails or runs out of time', () => {
    const metrics = cloud
      .ofType('AWS::CloudWatch::Alarm')
      .filter((alarm) => JSON.stringify(alarm.properties['Dimensions'] ?? '').includes(logicalId))
      .map((alarm) => alarm.properties['MetricName']);
    expect(metrics.sort()).toEqual(['ExecutionsFailed', 'ExecutionsTimedOut']);
  });

  it('may call the functions of its definition, those of earlier releases, and no other', () => {
    const [invocation] = statementsOf(cloud).filter(
      ({ owner, actions }) =>
        owner.includes(logicalId.replace(/StateMachine[0-9A-F]{8}$/, 'Role')) &&
        actions.includes('lambda:InvokeFunction'),
    );
    const substituted = Object.entries(properties['DefinitionSubstitutions'] as Json)
      .filter(([token]) => token.endsWith('FunctionArn'))
      .map(([, value]) => JSON.stringify(value));
    const allowed = invocation?.resources.map((each) => JSON.stringify(each)) ?? [];
    expect(allowed).toEqual(expect.arrayContaining(substituted));
    // What runs keeps the definition it began with, and this machine's role.
    const others = allowed.filter((each) => !substituted.includes(each));
    const gone = [...earlierTokens(name)].filter(
      (token) => !(`${token}FunctionArn` in (properties['DefinitionSubstitutions'] as Json)),
    );
    expect(others).toHaveLength(gone.length);
    for (const token of gone)
      expect(others.filter((each) => each.includes(`${token}FunctionAlias`))).toHaveLength(1);
  });
});

describe('the machines', () => {
  it('are those of origination, of the close of the day and of collections', () => {
    expect(machines.map(({ name }) => name).sort()).toEqual([
      'close-business-day',
      'disburse-loan',
      'escalate-collections',
      'originate-loan',
    ]);
  });
});
