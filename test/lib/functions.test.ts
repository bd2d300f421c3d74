import { describe, expect, it } from 'vitest';
import { listEntries } from '#lib/bundle-functions.ts';
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

  it.each(byEntry)('%s runs on Node 24 within bounds', (_, { properties }) => {
    expect(properties['Runtime']).toBe('nodejs24.x');
    expect(properties['Architectures']).toEqual(['arm64']);
    expect(properties['Timeout']).toBeGreaterThanOrEqual(10);
    expect(properties['Timeout']).toBeLessThanOrEqual(60);
    expect(properties['MemorySize']).toBeGreaterThanOrEqual(512);
    expect(properties['TracingConfig']).toEqual({ Mode: 'Active' });
  });

  it('answers the gateway before it gives up after 29 seconds', () => {
    const behindGateway = functions.filter(({ stack }) => ['Api', 'Operators'].includes(stack));
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
  const dimensions = JSON.stringify(properties['Dimensions'] ?? []);
  return properties['MetricName'] === 'Errors' && dimensions.includes(`"Ref":"${functionId}"`);
}
