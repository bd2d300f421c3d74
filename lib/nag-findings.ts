import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import * as z from 'zod';
import { acknowledgements, type Acknowledgement } from './acknowledgements.ts';
import { addStacks } from './stacks.ts';

export interface NagFinding {
  readonly id: string;
  readonly where: string;
  readonly acknowledgement: Acknowledgement | undefined;
}

const Report = z.object({
  pluginReports: z.array(
    z.object({
      violations: z.array(
        z.object({
          ruleName: z.string(),
          violatingConstructs: z.array(z.object({ constructPath: z.string().optional() })),
        }),
      ),
    }),
  ),
});

/** Runs the rule packs AwsSolutions and Serverless over a production deployment of one Region. */
export function nagFindings(region: string): readonly NagFinding[] {
  const outdir = mkdtempSync(join(tmpdir(), 'zhudai-nag-'));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      treeMetadata: false,
      context: { 'aws:cdk:disable-stack-trace': true },
    });
    addStacks(app, { stage: 'production', isDisposable: false }, { region });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    synthesiseQuietly(app);
    return read(join(outdir, 'validation-report.json'));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Findings make the synthesis fail and are printed, the meant ones too; the report has them all. */
function synthesiseQuietly(app: App): void {
  try {
    app.synth();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationFailed') throw error;
  }
}

function read(file: string): readonly NagFinding[] {
  const { pluginReports } = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  return pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath = '' }) => ({
        id: ruleName,
        where: constructPath,
        acknowledgement: acknowledgements.find(
          ({ finding, where }) => finding.test(ruleName) && where.test(constructPath),
        ),
      })),
    ),
  );
}
