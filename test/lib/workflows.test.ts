import { describe, expect, it } from 'vitest';
import { statementsOf, synthesised, type Json } from './synthesised.ts';

const cloud = synthesised();
const machines = cloud.ofType('AWS::StepFunctions::StateMachine').map((each) => ({
  ...each,
  name: String(each.properties['StateMachineName']),
}));

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

  it('may call the functions of its definition and no other', () => {
    const [invocation] = statementsOf(cloud).filter(
      ({ owner, actions }) =>
        owner.includes(logicalId.replace(/StateMachine[0-9A-F]{8}$/, 'Role')) &&
        actions.includes('lambda:InvokeFunction'),
    );
    const substituted = Object.entries(properties['DefinitionSubstitutions'] as Json)
      .filter(([token]) => token.endsWith('FunctionArn'))
      .map(([, value]) => JSON.stringify(value));
    expect(invocation?.resources.map((each) => JSON.stringify(each)).sort()).toEqual(
      substituted.sort(),
    );
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
