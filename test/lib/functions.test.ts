import { describe, expect, it } from 'vitest';
import { refusalNames } from '#domain/shared/errors.ts';
import { listEntries } from '#lib/bundle-functions.ts';
import { states } from '../statemachines/machine-files.ts';
import { synthesised, type Json } from './synthesised.ts';

const cloud = synthesised();
const functions = cloud.ofType('AWS::Lambda::Function').map((each) => ({
  ...each,
  entry: String(each.metadata['zhudai:entry']),
}));
const byEntry = functions.map((each) => [each.entry, each] as const);

describe('every function', () => {
  it('is known by its source file', () => {
    expect(functions.length).toBeGreaterThan(50);
    for (const { metadata } of functions)
      expect(metadata['zhudai:entry']).toMatch(/^functions\/[a-z-]+\/[a-z-]+\.ts$/);
  });

  it('has a source file of its own, and every handler has its function', () => {
    expect(functions.map(({ entry }) => entry).sort()).toEqual([...listEntries()]);
  });

  it.each(byEntry)('%s runs on Node 24 within bounds', (entry, { properties }) => {
    expect(properties['Runtime']).toBe('nodejs24.x');
    expect(properties['Architectures']).toEqual(['arm64']);
    expect(properties['Timeout']).toBeGreaterThanOrEqual(10);
    // Nobody waits for what works through a night's share.
    const isSweep = entry === 'functions/privacy/sweep-retention.ts';
    expect(properties['Timeout']).toBeLessThanOrEqual(isSweep ? 900 : 60);
    expect(properties['MemorySize']).toBeGreaterThanOrEqual(512);
    expect(properties['TracingConfig']).toEqual({ Mode: 'Active' });
  });

  it('answers the gateway before it gives up after 29 seconds', () => {
    const behindGateway = functions.filter(({ stack }) =>
      ['Api', 'Callbacks', 'Operators', 'Risk'].includes(stack),
    );
    for (const { properties } of behindGateway) expect(properties['Timeout']).toBeLessThan(29);
  });

  it.each(byEntry)('%s logs as JSON to a group that keeps 400 days', (_, { properties, stack }) => {
    const logging = properties['LoggingConfig'] as { LogFormat: string; LogGroup: { Ref: string } };
    const group = cloud.resources.find(
      (each) => each.stack === stack && each.logicalId === logging.LogGroup.Ref,
    );
    expect(logging.LogFormat).toBe('JSON');
    expect(group?.properties['RetentionInDays']).toBe(400);
    expect(group?.declaration['DeletionPolicy']).toBe('Retain');
  });

  it.each(byEntry)('%s raises an alarm that says what it costs', (_, { logicalId, stack }) => {
    const alarms = cloud
      .ofType('AWS::CloudWatch::Alarm')
      .filter((alarm) => alarm.stack === stack && watchesErrorsOf(alarm.properties, logicalId));
    expect(alarms).toHaveLength(1);
    expect(alarms[0]?.properties['AlarmDescription']).toMatch(/^Impact: [a-z].{15,}\.$/);
    expect(alarms[0]?.properties['AlarmActions']).toHaveLength(1);
  });

  it.each(refusingStates())('%s rings for no refusal that its state catches', (_, name) => {
    const [target] = functions.filter(({ entry }) => entry.endsWith(`/${name}.ts`));
    const [alarm] = cloud
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ properties }) => watchesErrorsOf(properties, target?.logicalId ?? 'none'));
    const text = JSON.stringify(alarm?.properties['Metrics']);
    expect(text).toContain('"Expression":"errors - FILL(refusals, 0)"');
    expect(text).toContain(`{"Name":"service","Value":"${name}"}`);
    expect(text).toContain('"MetricName":"Refusals"');
  });

  it('has a role of its own', () => {
    const roles = functions.map(
      ({ stack, properties }) => `${stack} ${JSON.stringify(properties['Role'])}`,
    );
    expect(new Set(roles).size).toBe(functions.length);
  });

  it('knows its stage and its name', () => {
    for (const { entry, properties } of functions) {
      const { Variables } = properties['Environment'] as { Variables: Record<string, unknown> };
      expect(Variables['STAGE']).toBe('test');
      expect(Variables['POWERTOOLS_SERVICE_NAME']).toBe(entry.replace(/^.*\/|\.ts$/g, ''));
    }
  });

  it('holds no secret in its environment', () => {
    for (const { properties } of functions)
      expect(JSON.stringify(properties['Environment'])).not.toMatch(/resolve:(ssm|secretsmanager)/);
  });
});

function watchesErrorsOf(properties: Json, functionId: string): boolean {
  const text = JSON.stringify(properties['Metrics'] ?? properties);
  return text.includes('"MetricName":"Errors"') && text.includes(`"Ref":"${functionId}"`);
}

/** Every state that catches a refusal, with the file of the function it calls. */
function refusingStates(): (readonly [string, string])[] {
  return states.flatMap(({ machine, name, state }) => {
    const [, called] = /\$\{(\w+)FunctionArn\}/.exec(JSON.stringify(state)) ?? [];
    const caught = (state.Catch ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
    if (called === undefined || !caught.some((error) => refusalNames.includes(error))) return [];
    const file = called.replaceAll(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
    return [[`${machine}.${name}`, file] as const];
  });
}
