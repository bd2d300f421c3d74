/** A request from this process to a server of this process. */
export interface DirectRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

export interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Answers without a network; rejects where a connection would have been cut. */
export type DirectRoute = (request: DirectRequest) => Promise<DirectAnswer>;

const routes = new Map<string, DirectRoute>();

/** Answers what this process sends to an origin of its own. */
export function routeDirectRequests(origin: string, route: DirectRoute): () => void {
  routes.set(origin, route);
  return () => {
    if (routes.get(origin) === route) routes.delete(origin);
  };
}

/** The way to an address of this process, and the path there; undefined for every other address. */
export function directRoute(url: string): { route: DirectRoute; path: string } | undefined {
  for (const [origin, route] of routes)
    if (url.startsWith(`${origin}/`)) return { route, path: url.slice(origin.length) };
  return undefined;
}
