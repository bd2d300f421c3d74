import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { repositoryRoot } from './constructs/repository-root.ts';
import { addStacks } from './stacks.ts';

const app = new App();

/** A setting given by `-c name=value`, or as the environment says. */
function setting(name: string, fallback: string): string {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === 'string' ? value : fallback;
}

/** Bundles every handler, unless only the templates are wanted. */
async function bundles(): Promise<string | undefined> {
  if (setting('bundling', process.env['ZHUDAI_BUNDLING'] ?? 'on') === 'off') return undefined;
  const directory = join(repositoryRoot, 'cdk.out', 'bundles');
  const { bundleFunctions } = await import('./bundle-functions.ts');
  await bundleFunctions(directory);
  return directory;
}

const account = process.env['CDK_DEFAULT_ACCOUNT'];
const region = setting('region', process.env['CDK_DEFAULT_REGION'] ?? '');

addStacks(
  app,
  {
    stage: setting('stage', 'development'),
    isDisposable: setting('disposable', 'no') === 'yes',
    isGradual: setting('gradual', 'no') === 'yes',
    bundleDirectory: await bundles(),
  },
  {
    ...(account === undefined ? {} : { account }),
    ...(region === '' ? {} : { region }),
  },
);
app.synth();
