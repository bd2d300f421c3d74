/** A request to an AWS service, wherever it came from. */
export interface AwsRequest {
  readonly method: string;
  /** Still encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** An answer in the JSON protocols of AWS. */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
    body: JSON.stringify(body),
  };
}

/** An error in the JSON protocols of AWS. */
export function errorAnswer(status: number, type: string, message: string): AwsAnswer {
  return jsonAnswer(status, { __type: type, message }, { 'x-amzn-errortype': type });
}

/** An answer in XML. */
export function xmlAnswer(
  status: number,
  xml: string,
  headers: Readonly<Record<string, string>> = {},
): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
  };
}

/** Text as it may stand inside an element. */
export function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The body as an object, empty when there is none. */
export function jsonBody(request: AwsRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  const parsed: unknown = JSON.parse(request.body.toString('utf8'));
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}
