import type { IncomingHttpHeaders } from 'node:http';

/** One HTTP request as a simulator sees it: `path` is what follows `/sandbox/<provider>`. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
  /** Rises by one with every request the sandbox receives, whatever happens to it later. */
  readonly arrival: number;
}

/** What a simulator answers. `isCut` closes the connection instead: the caller never learns what happened. */
export interface SandboxAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly isCut?: boolean;
  /** Runs once the answer has left, for example to call back. */
  readonly afterwards?: () => void;
}

/** One simulated outside party with its own books. */
export interface SandboxProvider {
  /** False for what a person, a browser or a webhook sender calls without the provider key. */
  needsKey(path: string): boolean;
  handle(request: SandboxRequest): SandboxAnswer;
  /** What this party would show an auditor; personal data only in masked form. */
  books(query?: URLSearchParams): unknown;
  close(): void;
}

/** The answer to a path or method a simulator does not have. */
export const noSuchRoute: SandboxAnswer = {
  status: 404,
  body: { code: 'NotFound', detail: 'the sandbox has no such route' },
};

/** The answer to a body a simulator cannot read. */
export function malformed(detail: string): SandboxAnswer {
  return { status: 400, body: { code: 'InvalidInput', detail } };
}

/** The answer of a provider that is down. */
export const outOfService: SandboxAnswer = {
  status: 503,
  body: { code: 'Unavailable', detail: 'the sandbox provider is out of service' },
};
