import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdk from '../../cdk.json' with { type: 'json' };
import { addStacks } from '#lib/stacks.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface SynthesisedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Json;
  readonly metadata: Json;
  readonly declaration: Json;
}

export interface Synthesised {
  readonly resources: readonly SynthesisedResource[];
  readonly text: string;
  ofType(type: string): readonly SynthesisedResource[];
}

/** Every resource of every stack, without code. Synthesised in memory: call once per test file. */
export function synthesised({
  region,
  isDisposable = false,
  isGradual = false,
}: {
  readonly region?: string;
  readonly isDisposable?: boolean;
  readonly isGradual?: boolean;
} = {}): Synthesised {
  const app = new App({
    builtinCloudFormationValidation: false,
    analyticsReporting: false,
    treeMetadata: false,
    context: { ...cdk.context, 'aws:cdk:disable-stack-trace': true },
  });
  addStacks(
    app,
    { stage: 'test', isDisposable, isGradual },
    region === undefined ? {} : { region },
  );
  const stacks = app.node.findAll().filter((child) => Stack.isStack(child));
  // A nested stack goes by its path: `Api/Api/Permissions`.
  const templates = stacks.map(
    (stack) => [stack.node.path, Template.fromStack(stack).toJSON()] as const,
  );
  const resources = templates.flatMap(([stack, template]) =>
    Object.entries(template['Resources'] as Record<string, Json>).map(([logicalId, each]) => ({
      stack,
      logicalId,
      type: each['Type'] as string,
      properties: (each['Properties'] ?? {}) as Json,
      metadata: (each['Metadata'] ?? {}) as Json,
      declaration: each,
    })),
  );
  return {
    resources,
    text: JSON.stringify(templates),
    ofType: (type) => resources.filter((resource) => resource.type === type),
  };
}

/** The functions that a value names through their aliases, whether in its own stack or imported from another. */
export function functionsBehind(cloud: Synthesised, value: unknown): SynthesisedResource[] {
  const text = JSON.stringify(value);
  return cloud
    .ofType('AWS::Lambda::Alias')
    .filter(({ logicalId }) => text.includes(`"${logicalId}"`) || text.includes(`Ref${logicalId}`))
    .flatMap(({ stack, properties }) => {
      const { Ref: id } = properties['FunctionName'] as { Ref: string };
      return cloud
        .ofType('AWS::Lambda::Function')
        .filter((each) => each.stack === stack && each.logicalId === id);
    });
}

export interface Statement {
  readonly owner: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly effect: string;
  readonly conditions: unknown;
}

/** Every statement of every identity policy. */
export function statementsOf({ resources }: Synthesised): readonly Statement[] {
  return resources
    .filter(({ type }) => type === 'AWS::IAM::Policy')
    .flatMap(({ logicalId, properties }) =>
      (properties as { PolicyDocument: { Statement: Json[] } }).PolicyDocument.Statement.map(
        (statement) => ({
          owner: logicalId,
          actions: [statement['Action']].flat() as string[],
          resources: [statement['Resource']].flat(),
          effect: statement['Effect'] as string,
          conditions: statement['Condition'],
        }),
      ),
    );
}
