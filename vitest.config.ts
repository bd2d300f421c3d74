import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** What amounts and decisions rest on is covered whole: `npm run test:coverage` fails below. */
const whole = { statements: 100, branches: 100, functions: 100, lines: 100 };

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/grants/record-uses.ts'],
    // Platforms are tested on DynamoDB Local; tests of the tables in the process, and of kills and starts, unset this.
    env: { ZHUDAI_TABLES: process.env['ZHUDAI_TEST_TABLES'] === 'memory' ? '' : 'dynamodb-local' },
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // More than there are cores: a journey waits half of its time.
    maxWorkers: 3,
    coverage: {
      provider: 'v8',
      include: ['domain/**/*.ts'],
      reporter: ['text'],
      thresholds: {
        'domain/lending/**': whole,
        'domain/shared/{money,calendar,chinese-holidays,present}.ts': whole,
        'domain/underwriting/{evaluate-policy,decide-by-policy,score-application,best-score,locate-bin,mitigation,judge-guarantors,policy-facts,burden,challenge}.ts':
          whole,
        'domain/catalog/decision-table.ts': whole,
      },
    },
  },
});
