import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { statementsOf, synthesised, type Json, type SynthesisedResource } from './synthesised.ts';

const cloud = synthesised();
const functions = cloud.ofType('AWS::Lambda::Function');
const machines = cloud.ofType('AWS::StepFunctions::StateMachine');
const unqualified = [...functions, ...machines].flatMap(({ logicalId }) => [
  `{"Ref":"${logicalId}"}`,
  `{"Fn::GetAtt":["${logicalId}","Arn"]}`,
]);

/** The one resource of a type whose property refers to another resource of its stack. */
function theOne(type: string, property: string, of: SynthesisedResource): SynthesisedResource {
  const found = cloud
    .ofType(type)
    .filter(
      ({ stack, properties }) =>
        stack === of.stack && JSON.stringify(properties[property]).includes(`"${of.logicalId}"`),
    );
  expect(found).toHaveLength(1);
  const [one] = found;
  if (!one) throw new Error(`${of.logicalId} has no ${type}`);
  return one;
}

function namesUnqualified(value: unknown): string[] {
  const text = JSON.stringify(value);
  return unqualified.filter((name) => text.includes(name));
}

describe('every function', () => {
  it.each(functions.map((each) => [String(each.metadata['zhudai:entry']), each] as const))(
    '%s has a version that stays, and an alias that leads to it',
    (_, target) => {
      const version = theOne('AWS::Lambda::Version', 'FunctionName', target);
      expect(version.declaration['DeletionPolicy']).toBe('Retain');
      expect(version.declaration['UpdateReplacePolicy']).toBe('Retain');
      const alias = theOne('AWS::Lambda::Alias', 'FunctionName', target);
      expect(alias.properties['Name']).toBe('live');
      expect(alias.properties['FunctionVersion']).toEqual({
        'Fn::GetAtt': [version.logicalId, 'Version'],
      });
    },
  );

  it('says in what is versioned which release it is of', () => {
    for (const { properties, metadata } of functions)
      expect(properties['Description']).toBe(
        `${String(metadata['zhudai:entry'])} (test, release ${manifest.version})`,
      );
  });
});

describe('every machine', () => {
  it.each(machines.map((each) => [String(each.properties['StateMachineName']), each] as const))(
    '%s has a version for each revision, that stays, and an alias that leads to it',
    (_, machine) => {
      const version = theOne('AWS::StepFunctions::StateMachineVersion', 'StateMachineArn', machine);
      expect(version.properties['StateMachineRevisionId']).toEqual({
        'Fn::GetAtt': [machine.logicalId, 'StateMachineRevisionId'],
      });
      expect(version.declaration['DeletionPolicy']).toBe('Retain');
      expect(version.declaration['UpdateReplacePolicy']).toBe('Retain');
      const alias = theOne(
        'AWS::StepFunctions::StateMachineAlias',
        'RoutingConfiguration',
        version,
      );
      expect(alias.properties).toEqual({
        Name: 'live',
        RoutingConfiguration: [
          { StateMachineVersionArn: { 'Fn::GetAtt': [version.logicalId, 'Arn'] }, Weight: 100 },
        ],
      });
    },
  );

  it('says in its definition which release it is of', () => {
    for (const { properties } of machines) {
      const { Comment } = JSON.parse(String(properties['DefinitionString'])) as Json;
      expect(Comment).toMatch(new RegExp(` \\(release ${manifest.version}\\)$`));
    }
  });

  it('calls functions and other machines by their aliases alone', () => {
    for (const { properties } of machines) {
      const substitutions = Object.values(properties['DefinitionSubstitutions'] as Json);
      expect(substitutions.flatMap(namesUnqualified)).toEqual([]);
    }
  });
});

describe('whoever starts a machine', () => {
  const starters = statementsOf(cloud).filter(({ actions }) =>
    actions.includes('states:StartExecution'),
  );

  it('may start its alias and nothing else of it', () => {
    const other = starters.filter(
      ({ conditions }) =>
        JSON.stringify(conditions) !==
        '{"ForAnyValue:StringEquals":{"states:StateMachineQualifier":["live"]}}',
    );
    // The children of a distributed Map are started by the machine itself, on the definition of their parent.
    expect(other.map(({ owner }) => owner)).toEqual([
      expect.stringContaining('DayCloseCloseBusinessDayRole'),
    ]);
    expect(starters.length).toBeGreaterThan(other.length + 3);
  });

  it('is told the ARN of the alias', () => {
    const told = functions.flatMap(({ properties }) => {
      const { Variables } = properties['Environment'] as { Variables: Json };
      return Object.entries(Variables)
        .filter(([name]) => name.endsWith('_ARN') && !/^(PII_KEY|PROVIDER_SECRET)/.test(name))
        .map(([name, value]) => [name, JSON.stringify(value)] as const);
    });
    expect(new Set(told.map(([name]) => name))).toEqual(
      new Set(['ORIGINATE_LOAN_ARN', 'CLOSE_BUSINESS_DAY_ARN', 'ESCALATE_COLLECTIONS_ARN']),
    );
    for (const [, value] of told) expect(value).toMatch(/:live"|Live[0-9A-Z]*","Arn"\]/);
  });
});

describe('whatever calls a function', () => {
  it.each([
    'AWS::Events::Rule',
    'AWS::Scheduler::Schedule',
    'AWS::Lambda::EventSourceMapping',
    'AWS::ApiGateway::Authorizer',
    'AWS::ApiGateway::Method',
    'AWS::Lambda::Permission',
    // What a nested stack is told.
    'AWS::CloudFormation::Stack',
  ])('calls its alias: %s', (type) => {
    const callers = cloud.ofType(type);
    expect(callers.length).toBeGreaterThan(0);
    for (const { properties } of callers) expect(namesUnqualified(properties)).toEqual([]);
    const text = JSON.stringify(callers.map(({ properties }) => properties));
    // What another stack exports is exported as the alias as well.
    expect(text).not.toMatch(/ExportsOutputFnGetAtt\w*Function\w*Arn/);
  });

  it('may invoke aliases, not functions', () => {
    const invoked = statementsOf(cloud)
      .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
      .flatMap(({ resources }) => resources);
    expect(invoked.length).toBeGreaterThan(20);
    expect(invoked.flatMap(namesUnqualified)).toEqual([]);
  });
});

describe('a gradual release', () => {
  it('gives a tenth of the executions to the new version, and takes it back when one fails', () => {
    const gradual = synthesised({ isGradual: true });
    const aliases = gradual.ofType('AWS::StepFunctions::StateMachineAlias');
    expect(aliases).toHaveLength(machines.length);
    for (const { properties, stack } of aliases) {
      expect(properties['RoutingConfiguration']).toBeUndefined();
      const preference = properties['DeploymentPreference'] as Json & { Alarms: [{ Ref: string }] };
      expect(preference).toMatchObject({ Type: 'CANARY', Percentage: 10, Interval: 30 });
      const alarm = gradual.resources.find(
        (each) => each.stack === stack && each.logicalId === preference.Alarms[0].Ref,
      );
      expect(alarm?.properties['MetricName']).toBe('ExecutionsFailed');
    }
  });
});

describe('no stack', () => {
  /** CloudFormation allows 500. Who comes to a bound reads ADR 079 before raising it. */
  const bounds: Readonly<Record<string, number>> = {
    Api: 420,
    'Api/Api/Permissions': 200,
    Callbacks: 60,
    Data: 60,
    Operations: 440,
    // Full: a new route of operators has its function in the stack of what it is about.
    Operators: 460,
    Risk: 120,
    Servicing: 320,
  };

  it('comes near the 500 resources that CloudFormation allows', () => {
    const counts = Map.groupBy(cloud.resources, ({ stack }) => stack);
    expect([...counts.keys()].sort()).toEqual(Object.keys(bounds).sort());
    for (const [stack, resources] of counts)
      expect(resources.length, stack).toBeLessThan(bounds[stack] ?? 0);
  });
});
