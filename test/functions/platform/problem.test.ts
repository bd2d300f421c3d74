import { describe, expect, it } from 'vitest';
import {
  ApplicationClosed,
  ConcurrentChange,
  Forbidden,
  InvalidInput,
  InvalidTransition,
  NotFound,
  Unavailable,
} from '#domain/shared/errors.ts';
import {
  ApiProblem,
  problemAnswer,
  problemCodeOf,
  problems,
  type ProblemCode,
} from '#platform/problem.ts';

const named = (name: string) => Object.assign(new Error('inner words'), { name });
const coded = (code: unknown) => Object.assign(new Error('inner words'), { code });

describe('problemCodeOf', () => {
  it.each<[string, unknown, ProblemCode | undefined]>([
    ['a problem of the API', new ApiProblem('ExternalIdTaken', 'x'), 'ExternalIdTaken'],
    ['invalid input', new InvalidInput('x'), 'InvalidInput'],
    ['something unknown', new NotFound('x'), 'NotFound'],
    ['a transition the status forbids', new InvalidTransition('x'), 'InvalidTransition'],
    ['a closed application', new ApplicationClosed('x'), 'InvalidTransition'],
    ['a lost race', new ConcurrentChange('x'), 'ConcurrentChange'],
    ['a person who may not', new Forbidden('x'), 'Forbidden'],
    ['a provider that is down', new Unavailable('x'), 'Unavailable'],
    ['a throttled table', named('ProvisionedThroughputExceededException'), 'Unavailable'],
    ['a timeout of the SDK', named('TimeoutError'), 'Unavailable'],
    ['a reset connection', coded('ECONNRESET'), 'Unavailable'],
    ['a numeric code', coded(503), undefined],
    ['a code of no problem', coded('ENOENT'), undefined],
    ['an error of the database', named('ValidationException'), undefined],
    ['a missing right', named('AccessDeniedException'), undefined],
    ['a name that every object has', named('constructor'), undefined],
    ['a thrown text', 'NotFound', undefined],
    ['an object that looks like an error', { name: 'NotFound' }, undefined],
    ['nothing', undefined, undefined],
  ])('answers %s', (...row) => {
    const [, error, code] = row;
    expect(problemCodeOf(error)).toBe(code);
  });
});

describe('problemAnswer', () => {
  it.each(Object.keys(problems) as ProblemCode[])('%s is a problem of RFC 9457', (code) => {
    const { status, title } = problems[code];
    const answer = problemAnswer({ code });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(JSON.parse(answer.body)).toEqual({
      type: `https://zhudai.dev/problems/${code}`,
      title,
      status,
      code,
    });
    expect(answer.headers['retry-after']).toBe([429, 503].includes(status) ? '1' : undefined);
  });
});
