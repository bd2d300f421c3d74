import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  assertAnswered,
  Questionnaire,
  worriesIn,
} from '../../../domain/follow-up/questionnaire.ts';

const file = new URL('../../../catalog/questionnaires/follow-up.json', import.meta.url);
const shipped = Questionnaire.parse(JSON.parse(readFileSync(file, 'utf8')));
const { questions } = shipped;
const calm = { contact: 'Reached', useOfFunds: 'AsAgreed', income: 'Stable', intent: 'Willing' };

describe('the shipped questionnaire', () => {
  it('asks for contact, use of funds, income and intent', () => {
    expect(questions.map(({ questionId }) => questionId)).toEqual(Object.keys(calm));
  });

  it('can be answered without a worry and with one, in every question', () => {
    for (const { options } of questions)
      expect(new Set(options.map(({ isWorrying }) => isWorrying)).size).toBe(2);
  });

  it.each([
    ['asked twice', { ...shipped, questions: [...questions, ...questions.slice(0, 1)] }],
    [
      'offers the same answer twice',
      {
        ...shipped,
        questions: questions.map((question) => ({
          ...question,
          options: [...question.options, ...question.options.slice(0, 1)],
        })),
      },
    ],
  ])('is refused when a question is %s', (message, changed) => {
    expect(Questionnaire.safeParse(changed).error?.message).toContain(message);
  });
});

describe('assertAnswered', () => {
  it('takes one option for every question', () => {
    expect(() => {
      assertAnswered(questions, calm);
    }).not.toThrow();
  });

  it.each([
    ['a question left out', { ...calm, intent: undefined }, 'answers.intent must be one of'],
    ['an answer nobody offered', { ...calm, income: 'Rich' }, 'answers.income must be one of'],
    ['an answer to no question', { ...calm, mood: 'Good' }, 'nobody asked mood'],
  ])('refuses %s by name', (_name, answers, message) => {
    const given = Object.fromEntries(
      Object.entries(answers).filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    expect(() => {
      assertAnswered(questions, given);
    }).toThrow(message);
  });
});

describe('worriesIn', () => {
  it.each([
    [calm, []],
    [{ ...calm, useOfFunds: 'Otherwise' }, ['useOfFunds.Otherwise']],
    [
      { contact: 'NotReached', useOfFunds: 'NotAsked', income: 'Lost', intent: 'Refuses' },
      ['contact.NotReached', 'income.Lost', 'intent.Refuses'],
    ],
  ])('finds in %j %j', (answers, worries) => {
    expect(worriesIn(questions, answers)).toEqual(worries);
  });
});
