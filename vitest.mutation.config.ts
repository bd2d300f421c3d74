import { defineConfig } from 'vitest/config';

/** The tests that a changed operator in the arithmetic must fail: those of the pure core, and nothing slower. */
export default defineConfig({
  test: {
    include: [
      'test/domain/lending/**/*.test.ts',
      'test/domain/shared/money.test.ts',
      'test/domain/shared/calendar.test.ts',
    ],
    testTimeout: 30_000,
  },
});
