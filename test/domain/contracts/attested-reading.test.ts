import { describe, expect, it } from 'vitest';
import { assertRead, AttestedReading } from '#domain/contracts/attested-reading.ts';
import { InvalidInput } from '#domain/shared/errors.ts';

const preparedAt = '2026-11-26T10:00:00+08:00';
const at = '2026-11-26T10:30:00+08:00';
const judged = (shownAt: string, readSeconds: number) => () => {
  assertRead({ shownAt, readSeconds }, { minReadSeconds: 10, preparedAt, at });
};

describe('assertRead', () => {
  it.each([
    { name: 'of the least time', shownAt: '2026-11-26T10:10:00+08:00', readSeconds: 10 },
    {
      name: 'as early as a clock may be slow',
      shownAt: '2026-11-26T09:55:00+08:00',
      readSeconds: 10,
    },
    {
      name: 'as late as a clock may be fast',
      shownAt: '2026-11-26T10:34:50+08:00',
      readSeconds: 10,
    },
    { name: 'in another zone', shownAt: '2026-11-26T02:10:00Z', readSeconds: 60 },
  ])('takes a reading $name', ({ shownAt, readSeconds }) => {
    expect(judged(shownAt, readSeconds)).not.toThrow();
  });

  it.each([
    { name: 'a second too short', shownAt: '2026-11-26T10:10:00+08:00', readSeconds: 9 },
    { name: 'of no time', shownAt: '2026-11-26T10:10:00+08:00', readSeconds: 0 },
  ])('says for how long to read instead of $name', ({ shownAt, readSeconds }) => {
    expect(judged(shownAt, readSeconds)).toThrow(
      new InvalidInput('the cost sheet must be read for at least 10 seconds'),
    );
  });

  it.each([
    { name: 'before there was a sheet', shownAt: '2026-11-26T09:54:59.999+08:00', readSeconds: 10 },
    { name: 'until after now', shownAt: '2026-11-26T10:34:50.001+08:00', readSeconds: 10 },
    {
      name: 'for longer than there was time',
      shownAt: '2026-11-26T10:00:00+08:00',
      readSeconds: 2_101,
    },
  ])('refuses a reading $name', ({ shownAt, readSeconds }) => {
    expect(judged(shownAt, readSeconds)).toThrow(/do not fit between the offer and now/);
  });
});

describe('AttestedReading', () => {
  const reading = { sheetHash: 'a'.repeat(64), shownAt: at, readSeconds: 10 };

  it.each([
    { ...reading, readSeconds: -1 },
    { ...reading, readSeconds: 86_401 },
    { ...reading, readSeconds: 1.5 },
    { ...reading, shownAt: 'soon' },
    { ...reading, sheetHash: 'abc' },
    { ...reading, more: 1 },
  ])('is not %j', (wrong) => {
    expect(AttestedReading.safeParse(wrong).success).toBe(false);
    expect(AttestedReading.safeParse(reading).success).toBe(true);
  });
});
