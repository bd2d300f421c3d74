import { describe, expect, it } from 'vitest';
import { firstOpenInstant, quietHoursOf } from '../../../domain/shared/quiet-hours.ts';

describe('firstOpenInstant', () => {
  const night = { from: '22:00', to: '08:00' };

  it.each([
    ['2026-12-01T21:59:59.999+08:00', '2026-12-01T13:59:59.999Z'],
    ['2026-12-01T22:00:00+08:00', '2026-12-02T00:00:00.000Z'],
    ['2026-12-01T23:59:59+08:00', '2026-12-02T00:00:00.000Z'],
    ['2026-12-02T00:00:00+08:00', '2026-12-02T00:00:00.000Z'],
    ['2026-12-02T07:59:59.999+08:00', '2026-12-02T00:00:00.000Z'],
    ['2026-12-02T08:00:00+08:00', '2026-12-02T00:00:00.000Z'],
    ['2026-12-31T22:30:00+08:00', '2027-01-01T00:00:00.000Z'],
    ['2026-12-01T12:00:00+08:00', '2026-12-01T04:00:00.000Z'],
  ])('says for %s: %s', (at, opens) => {
    expect(firstOpenInstant(at, night)).toBe(opens);
  });

  it.each([
    ['2026-12-01T11:59:59+08:00', '2026-12-01T03:59:59.000Z'],
    ['2026-12-01T12:00:00+08:00', '2026-12-01T06:00:00.000Z'],
    ['2026-12-01T14:00:00+08:00', '2026-12-01T06:00:00.000Z'],
  ])('keeps hours within one day as well: %s opens %s', (at, opens) => {
    expect(firstOpenInstant(at, { from: '12:00', to: '14:00' })).toBe(opens);
  });
});

describe('quietHoursOf', () => {
  it('reads two times of day', () => {
    expect(quietHoursOf(['22:00', '08:00'])).toEqual({ from: '22:00', to: '08:00' });
  });

  it.each([[[]], [['22:00']], [['22:00', '24:00']], [['22', '8']], [['22:00', '08:00', '09:00']]])(
    'refuses %j',
    (words) => {
      expect(() => quietHoursOf(words)).toThrow('quiet hours are two times of day');
    },
  );
});
