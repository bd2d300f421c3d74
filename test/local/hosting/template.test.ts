import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Assembly, UnsupportedTemplate } from '#local/hosting/template.ts';

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** A cloud assembly of one stack with a nested one, as the construct library writes it. */
function assemblyWithNested(nestedType: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'zhudai-template-'));
  directories.push(directory);
  const files = {
    'manifest.json': {
      artifacts: {
        'Api.assets': { type: 'cdk:asset-manifest', properties: { file: 'Api.assets.json' } },
        Api: {
          type: 'aws:cloudformation:stack',
          properties: { templateFile: 'Api.template.json', stackName: 'zhudai-test-api' },
        },
      },
    },
    'Api.assets.json': {
      files: {
        abc: {
          source: { path: 'ApiNested.nested.template.json' },
          destinations: { here: { objectKey: 'abc.json' } },
        },
      },
    },
    'Api.template.json': {
      Resources: {
        Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
        Nested: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: {
            TemplateURL: {
              'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::Region' }, '/assets/abc.json']],
            },
          },
        },
      },
    },
    'ApiNested.nested.template.json': { Resources: { Thing: { Type: nestedType } } },
  };
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(directory, name), JSON.stringify(content));
  return directory;
}

describe('a nested stack', () => {
  it('is left out while it holds only what changes nothing on one machine', () => {
    const { resources } = new Assembly(assemblyWithNested('AWS::Lambda::Permission'));
    expect(resources.map(({ logicalId }) => logicalId)).toEqual(['Table']);
  });

  it('is refused by name when it holds anything else, which would be missing', () => {
    const directory = assemblyWithNested('AWS::DynamoDB::Table');
    expect(() => new Assembly(directory)).toThrow(UnsupportedTemplate);
    expect(() => new Assembly(directory)).toThrow(
      /zhudai-test-api\/Nested\/Thing: .*AWS::DynamoDB::Table in a nested stack/,
    );
  });
});
