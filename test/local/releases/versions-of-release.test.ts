import { describe, expect, it } from 'vitest';
import {
  moveOfFunction,
  moveOfMachine,
  releaseNamedIn,
} from '#local/releases/versions-of-release.ts';

const versions = [
  { number: 4, release: '0.3.0' },
  { number: 3, release: '0.2.0' },
  { number: 2, release: '0.2.0' },
  { number: 1, release: '0.1.0' },
];

describe('the release that a text names', () => {
  it.each([
    ['Pays one loan out exactly once. (release 0.1.0)', '0.1.0'],
    ['functions/tasks/open-task.ts (production, release 1.10.2-rc.1)', '1.10.2-rc.1'],
    ['functions/tasks/open-task.ts (production)', undefined],
    ['the release 0.1.0 of something', undefined],
    ['', undefined],
  ])('%j: %s', (text, release) => {
    expect(releaseNamedIn(text)).toBe(release);
  });
});

describe('a machine goes', () => {
  it.each([
    ['to the version before when nothing is wished for', 4, undefined, 3],
    ['to the version before although newer ones are kept', 3, undefined, 2],
    ['to a version by its number', 4, '1', 1],
    ['forward as well', 1, '4', 4],
    ['to the newest version of a release', 4, '0.2.0', 3],
  ])('%s', (_, current, wish, to) => {
    expect(moveOfMachine(versions, current, wish)).toMatchObject({ from: current, to });
  });

  it('nowhere when it is there already', () => {
    const move = moveOfMachine(versions, 3, '0.2.0');
    expect(move).toMatchObject({ from: 3, release: '0.2.0', because: 'it is there already' });
    expect(move).not.toHaveProperty('to');
  });

  it.each([
    ['7', 4],
    ['0.9.0', 4],
    [undefined, 1],
  ])('nowhere, and says so, when there is no such version: %s from %i', (wish, current) => {
    expect(() => moveOfMachine(versions, current, wish)).toThrow(/no version/);
  });
});

describe('a function follows', () => {
  it('to its newest version of the release', () => {
    expect(moveOfFunction(versions, 4, '0.2.0')).toEqual({ from: 4, to: 3, release: '0.2.0' });
  });

  it.each([
    ['it is of that release', 2, '0.2.0'],
    ['no version of release 0.9.0 is kept', 4, '0.9.0'],
    ['it is of that release', 4, undefined],
  ])('not when %s', (because, current, release) => {
    expect(moveOfFunction(versions, current, release)).toEqual({ from: current, because });
  });
});
