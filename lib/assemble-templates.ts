import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { repositoryRoot } from './constructs/repository-root.ts';
import { addStacks } from './stacks.ts';

/** Writes the templates of one stage, without code, and answers their file names. */
export function assembleTemplates(outdir: string, stage: string): readonly string[] {
  const app = new App({
    outdir,
    // What only a deployment needs is left out: it doubles the time.
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: false,
    context: { ...sharedContext(), 'aws:cdk:disable-stack-trace': true },
  });
  addStacks(app, { stage, isDisposable: true });
  return app.synth().stacks.map(({ templateFile }) => templateFile);
}

/** The same feature flags as a deployment: they change what is synthesised. */
function sharedContext(): Record<string, unknown> {
  const settings: unknown = JSON.parse(readFileSync(join(repositoryRoot, 'cdk.json'), 'utf8'));
  if (typeof settings !== 'object' || settings === null || !('context' in settings)) return {};
  const { context } = settings;
  return typeof context === 'object' && context !== null ? { ...context } : {};
}
