import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Half a minute and more each, most of it waiting: begun last, one of them would hold up the end of the run. */
const long = [
  'test/functions/disbursement/money-step.test.ts',
  'test/journeys/late-detours.test.ts',
  'test/journeys/kill-and-restart.test.ts',
  'test/journeys/collections-operators.test.ts',
  'test/journeys/collections-disposal.test.ts',
  'test/journeys/detours.test.ts',
  'test/journeys/least-privilege.test.ts',
  'test/journeys/collections-relief.test.ts',
  'test/journeys/cost-budget.test.ts',
  'test/local/cli/start.test.ts',
  'test/journeys/bad-input-everywhere.test.ts',
  'test/journeys/portfolio.test.ts',
];

/** The files of tests in the order in which they are begun: a clean clone knows of no earlier run that would tell. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const place = ({ moduleId }: TestSpecification): number => {
      const at = long.indexOf(relative(this.ctx.config.root, moduleId).replaceAll('\\', '/'));
      return at < 0 ? long.length : at;
    };
    return others.toSorted((a, b) => place(a) - place(b));
  }
}
