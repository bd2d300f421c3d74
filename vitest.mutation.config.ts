import { defineConfig } from 'vitest/config';

/** Fewer tests for a run over one module: MUTATION_TESTS=test/domain/shared/money.test.ts,… */
const chosen = process.env['MUTATION_TESTS']?.split(',');

/** The tests that a changed operator in the arithmetic must fail: those of the pure core, and nothing slower. */
export default defineConfig({
  test: {
    include: chosen ?? [
      'test/domain/lending/**/*.test.ts',
      'test/domain/shared/present.test.ts',
      'test/domain/shared/money.test.ts',
      'test/domain/shared/calendar.test.ts',
    ],
    // Slow, and the oracle next to it finds what they would.
    exclude: ['test/domain/lending/schedule.properties.test.ts'],
    testTimeout: 30_000,
  },
});
