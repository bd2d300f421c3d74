/** Every `code` a client may meet, with its status and title. Stable: clients branch on them. */
export const problems = {
  MalformedJson: { status: 400, title: 'The body is not valid JSON' },
  InvalidInput: { status: 400, title: 'The request does not fit its schema' },
  IdempotencyKeyMissing: { status: 400, title: 'Every POST needs an Idempotency-Key header' },
  Unauthorized: { status: 401, title: 'No valid credentials' },
  Forbidden: { status: 403, title: 'Not allowed' },
  NotFound: { status: 404, title: 'Not found' },
  MethodNotAllowed: { status: 405, title: 'Method not allowed' },
  InvalidTransition: { status: 409, title: 'The present status does not allow this' },
  ConcurrentChange: { status: 409, title: 'Somebody else changed it meanwhile' },
  ExternalIdTaken: { status: 409, title: 'This externalId was used before' },
  RequestInProgress: { status: 409, title: 'The first request with this key is still running' },
  ApplicationErased: { status: 410, title: 'The data of this application was erased' },
  PayloadTooLarge: { status: 413, title: 'The body is larger than 64 KB' },
  UnsupportedMediaType: { status: 415, title: 'The body must be application/json' },
  IdempotencyKeyReused: {
    status: 422,
    title: 'This Idempotency-Key came with another body before',
  },
  TooManyRequests: { status: 429, title: 'Too many requests' },
  InternalError: { status: 500, title: 'Something is wrong on our side' },
  Unavailable: { status: 503, title: 'Not available for the moment' },
} as const;
export type ProblemCode = keyof typeof problems;

export interface FieldError {
  readonly path: string;
  /** The steps of the path, where a name among them holds a dot. */
  readonly steps?: readonly string[];
  readonly message: string;
}

/** A refusal of the API itself, as opposed to one of the domain. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;

  constructor(code: ProblemCode, detail: string, errors?: readonly FieldError[]) {
    super(detail);
    this.code = code;
    this.errors = errors;
  }
}

const codeOfError: ReadonlyMap<string, ProblemCode> = new Map([
  ['InvalidInput', 'InvalidInput'],
  ['NotFound', 'NotFound'],
  ['InvalidTransition', 'InvalidTransition'],
  ['ApplicationClosed', 'InvalidTransition'],
  ['ApplicationErased', 'ApplicationErased'],
  ['ConcurrentChange', 'ConcurrentChange'],
  ['Forbidden', 'Forbidden'],
  ['Unavailable', 'Unavailable'],
]);

/** What AWS says when it is the one with too much to do: the caller may try again. */
const overloaded = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
  'TimeoutError',
  'ECONNREFUSED',
  'ECONNRESET',
]);

export interface ProblemAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** RFC 9457. The text of a 404 never depends on the id: a foreign id looks exactly like an unknown one. */
export function problemAnswer(problem: {
  readonly code: ProblemCode;
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly correlationId?: string | undefined;
}): ProblemAnswer {
  const { status, title } = problems[problem.code];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(status === 503 || status === 429 ? { 'retry-after': '1' } : {}),
    },
    body: JSON.stringify({
      type: `https://zhudai.dev/problems/${problem.code}`,
      title,
      status,
      code: problem.code,
      ...(problem.detail === undefined ? {} : { detail: problem.detail }),
      ...(problem.errors === undefined ? {} : { errors: problem.errors.map(shownError) }),
      ...(problem.correlationId === undefined ? {} : { correlationId: problem.correlationId }),
    }),
  };
}

/** A field error with its JSON pointer as a URI fragment, the form RFC 9457 shows. */
function shownError({ path, steps, message }: FieldError): Record<string, string> {
  const names = steps ?? (path === '' ? [] : path.split('.'));
  const escaped = names.map((name) =>
    encodeURIComponent(name.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  return { path, pointer: ['#', ...escaped].join('/'), message };
}

/** The code an error travels under; undefined for a bug, whose text must not leave the house. */
export function problemCodeOf(error: unknown): ProblemCode | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof ApiProblem) return error.code;
  if (overloaded.has(error.name)) return 'Unavailable';
  if ('code' in error && typeof error.code === 'string' && overloaded.has(error.code))
    return 'Unavailable';
  return codeOfError.get(error.name);
}
