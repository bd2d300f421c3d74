/** What a REQUEST authoriser of a REST API is handed; only what is read. */
export interface AuthoriserEvent {
  readonly methodArn: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
}

/** The bearer token of a request, or undefined when there is none that could be valid. */
export function bearerOf(event: AuthoriserEvent): string | undefined {
  const headers = event.headers ?? {};
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'authorization');
  const value = name === undefined ? undefined : headers[name];
  return /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(value ?? '')?.[1];
}

/** API Gateway answers 401 when, and only when, an authoriser fails with exactly this word. */
export function refuse(): never {
  throw new Error('Unauthorized');
}

/**
 * Lets the caller in, to the whole stage: the answer is cached per credential, and a policy for one path would refuse the
 * next. What the caller may do there is decided by each route.
 */
export function authorise(
  { methodArn }: AuthoriserEvent,
  principalId: string,
  context: Readonly<Record<string, string>>,
) {
  const [api = '', stage = ''] = methodArn.split('/');
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${api}/${stage}/*` }],
    },
    context,
  };
}
