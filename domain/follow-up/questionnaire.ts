import * as z from 'zod';
import { Text } from '../catalog/texts.ts';
import { InvalidInput } from '../shared/errors.ts';

const Option = z.strictObject({
  value: z.string().regex(/^[A-Z][A-Za-z]{1,40}$/),
  text: Text,
  /** An answer that somebody has to look at. */
  isWorrying: z.boolean().default(false),
});

const Question = z.strictObject({
  questionId: z.string().regex(/^[a-z][A-Za-z]{1,40}$/),
  text: Text,
  options: z.array(Option).min(2),
});

/** What is asked at a visit. Answers are chosen, not written: nothing personal gets into the file. */
export const Questionnaire = z
  .strictObject({
    questionnaireId: z.string().min(1),
    version: z.int().min(1),
    questions: z.array(Question).min(1),
  })
  .superRefine(({ questions }, context) => {
    for (const [at, { questionId, options }] of questions.entries()) {
      const isRepeated = questions.findIndex((each) => each.questionId === questionId) !== at;
      if (isRepeated)
        context.addIssue({
          code: 'custom',
          path: ['questions', at],
          message: `${questionId} is asked twice`,
        });
      const values = new Set(options.map(({ value }) => value));
      if (values.size < options.length)
        context.addIssue({
          code: 'custom',
          path: ['questions', at],
          message: `${questionId} offers the same answer twice`,
        });
    }
  });
export type Questionnaire = z.infer<typeof Questionnaire>;

/** Chosen answers by question. */
export type Answers = Readonly<Record<string, string>>;

/** Throws `InvalidInput` unless every question, and nothing else, is answered by one of its options. */
export function assertAnswered(questions: Questionnaire['questions'], answers: Answers): void {
  const unknown = Object.keys(answers).filter(
    (id) => !questions.some(({ questionId }) => questionId === id),
  );
  if (unknown.length > 0) throw new InvalidInput(`nobody asked ${unknown.join(', ')}`);
  for (const { questionId, options } of questions) {
    const values = options.map(({ value }) => value);
    const answer = Object.hasOwn(answers, questionId) ? answers[questionId] : undefined;
    if (answer === undefined || !values.includes(answer))
      throw new InvalidInput(`answers.${questionId} must be one of ${values.join(', ')}`);
  }
}

/** The answers that somebody has to look at, as `question.answer`. */
export function worriesIn(questions: Questionnaire['questions'], answers: Answers): string[] {
  return questions.flatMap(({ questionId, options }) =>
    options
      .filter(({ value, isWorrying }) => isWorrying && answers[questionId] === value)
      .map(({ value }) => `${questionId}.${value}`),
  );
}
