import * as z from 'zod';

/** Schemas of every kind that a bundle builds otherwise than the sources; some are written alike on purpose. */
export const schemas = {
  text: z.string(),
  textToo: z.string(),
  textWithMessage: z.string('a text, please'),
  short: z.string().max(3),
  shortToo: z.string().max(3),
  shortWithMessage: z.string().max(3, 'three at most'),
  longer: z.string().max(4),
  atLeast: z.string().min(3),
  trimmed: z.string().trim().min(1).max(3),
  trimmedToo: z.string().trim().min(1).max(3),
  maybe: z.string().max(3).optional(),
  maybeToo: z.string().max(3).optional(),
  whole: z.int(),
  wholeUpTo: z.int().min(0).max(5),
  wholeUpToToo: z.int().min(0).max(5),
  wholeUpToWithMessage: z.int().min(0).max(5, { error: 'five at most' }),
  positive: z.int().positive(),
  positiveWithMessage: z.int().positive('more than nothing'),
  number: z.number().min(-1).max(1),
  yes: z.boolean(),
  anything: z.unknown(),
  list: z.array(z.string().max(3)),
  listToo: z.array(z.string().max(3)),
  listOfLonger: z.array(z.string().max(4)),
  listWithMessage: z.array(z.string().max(3), 'a list, please'),
  fewOf: z.array(z.int()).min(1).max(2),
  counted: z.int().min(0).default(2),
  refined: z
    .string()
    .max(3)
    .refine((text) => text !== 'no', 'not no'),
  changed: z.string().max(3).transform(Number),
  strict: z.strictObject({ short: z.string().max(3), maybe: z.string().max(3).optional() }),
  extended: z.strictObject({ short: z.string().max(3) }).extend({ whole: z.int().optional() }),
  picked: z.strictObject({ short: z.string().max(3), whole: z.int() }).pick({ whole: true }),
  without: z.strictObject({ short: z.string().max(3), whole: z.int() }).omit({ whole: true }),
  loose: z.looseObject({ short: z.string().max(3) }),
  together: z
    .object({ short: z.string().max(3), whole: z.int().optional() })
    .refine(({ short, whole }) => whole === undefined || short === 'abc', 'only with abc'),
  oneOf: z.enum(['abc', 'no']),
  noneOf: z.enum(['abc', 'no', 'abcd']).exclude(['no']),
  partly: z.object({ short: z.string().max(3), whole: z.int() }).partial(),
  either: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('text'), value: z.string().max(3) }),
    z.strictObject({ kind: z.literal('number'), value: z.int().optional() }),
  ]),
  byName: z.record(z.string().max(3), z.int().min(0)),
};
