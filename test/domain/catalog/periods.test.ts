import { describe, expect, it } from 'vitest';
import { Funder, isListed } from '../../../domain/catalog/funder.ts';
import { Scorecard } from '../../../domain/catalog/scorecard.ts';
import { isServed, isWithin } from '../../../domain/catalog/texts.ts';
import { funder, personScorecard } from '../catalog-files.ts';

describe('isWithin', () => {
  it.each([
    { period: { from: '2026-01-01' }, date: '2025-12-31', answer: false },
    { period: { from: '2026-01-01' }, date: '2026-01-01', answer: true },
    { period: { from: '2026-01-01' }, date: '2999-12-31', answer: true },
    { period: { from: '2026-01-01', to: '2026-01-31' }, date: '2026-01-31', answer: true },
    { period: { from: '2026-01-01', to: '2026-01-31' }, date: '2026-02-01', answer: false },
  ])('answers $answer for $date in $period', ({ period, date, answer }) => {
    expect(isWithin(period, date)).toBe(answer);
  });
});

describe('isServed', () => {
  it.each([
    { area: 'Nationwide' as const, province: '99', answer: true },
    { area: ['11', '31'], province: '31', answer: true },
    { area: ['11', '31'], province: '99', answer: false },
  ])('answers $answer for $province in $area', ({ area, province, answer }) => {
    expect(isServed(area, province)).toBe(answer);
  });
});

describe('isListed', () => {
  const listed = Funder.parse({
    ...funder,
    partners: [
      {
        partnerId: 'demo-partner',
        role: 'Channel',
        period: { from: '2026-01-01', to: '2026-11-22' },
        publishedUrl: 'https://lender.example/list',
      },
    ],
  });

  it.each([
    { partnerId: 'demo-partner', date: '2026-11-22', answer: true },
    { partnerId: 'demo-partner', date: '2026-11-23', answer: false },
    { partnerId: 'nobody', date: '2026-11-22', answer: false },
  ])('answers $answer for $partnerId on $date', ({ partnerId, date, answer }) => {
    expect(isListed(listed, partnerId, date)).toBe(answer);
  });
});

describe('Scorecard', () => {
  it.each([
    { name: 'that rise', grades: [100, 200, 0] },
    { name: 'that repeat', grades: [100, 100, 0] },
    { name: 'that do not reach down to 0', grades: [100, 50] },
  ])('refuses grades $name', ({ grades }) => {
    const patch = grades.map((fromPoints) => ({ grade: 'X', fromPoints, outcome: 'Accept' }));
    expect(Scorecard.safeParse({ ...personScorecard, grades: patch }).success).toBe(false);
  });
});
