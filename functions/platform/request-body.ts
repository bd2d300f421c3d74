import type * as z from 'zod';
import { ApiProblem, type FieldError } from './problem.ts';

/** Larger bodies are refused before they are parsed: documents travel by presigned upload. */
const BODY_BYTES_MAX = 64 * 1024;
const DEPTH_MAX = 20;
const ERRORS_SHOWN_MAX = 20;

/** Whether nothing was sent: some POSTs have nothing to say. */
export function isEmpty({ body }: RawBody): boolean {
  return body === null || body === '';
}

export interface RawBody {
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly contentType: string | undefined;
}

/** The JSON of a POST: its type, its size, its syntax and its text are checked here, its fields by the route's schema. */
export function readJson({ body, isBase64Encoded, contentType }: RawBody): unknown {
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');
  if (Buffer.byteLength(text) > BODY_BYTES_MAX)
    throw new ApiProblem('PayloadTooLarge', `the body may have ${BODY_BYTES_MAX} bytes`);
  if (!isJson(contentType))
    throw new ApiProblem('UnsupportedMediaType', 'send content-type: application/json');
  const value = parse(text);
  const fault = textFault(value, 0);
  if (fault !== undefined)
    throw new ApiProblem('InvalidInput', fault, [{ path: '', message: fault }]);
  return value;
}

function isJson(contentType: string | undefined): boolean {
  const [mediaType = ''] = (contentType ?? '').split(';');
  return mediaType.trim().toLowerCase() === 'application/json';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text around the error, which may be a name or a number of an identity card.
    throw new ApiProblem('MalformedJson', 'the body could not be parsed');
  }
}

// Text that no name, number or code of ours contains, and that stores, prints and compares badly.
const forbiddenText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function textFault(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) return 'text must be well-formed Unicode';
    return forbiddenText.test(value) ? 'text must not contain control characters' : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= DEPTH_MAX) return `the body nests deeper than ${DEPTH_MAX} levels`;
  for (const [key, entry] of Object.entries(value)) {
    const fault = keyFault(key) ?? textFault(entry, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function keyFault(key: string): string | undefined {
  // A schema drops this key silently instead of refusing it.
  if (key === '__proto__') return 'unknown field';
  return textFault(key, 0);
}

/** Fits a value to its schema, or says where it does not. What was sent is never repeated: it may be personal data. */
export function fitted<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap(fieldErrorsOf).slice(0, ERRORS_SHOWN_MAX);
  throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', errors);
}

function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => fieldError([...issue.path, key.slice(0, 60)], 'unknown field'));
  return [fieldError(issue.path, issue.message)];
}

function fieldError(path: readonly PropertyKey[], message: string): FieldError {
  const steps = path.map(String);
  return { path: steps.join('.'), steps, message };
}
