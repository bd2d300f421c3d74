import { AsyncLocalStorage } from 'node:async_hooks';

/** What a function sees as its own while it runs. */
export interface FunctionScope {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (text: string) => void;
}

const scopes = new AsyncLocalStorage<FunctionScope>();
/** Names that templates give to functions: a function that was not given one must not find it either. */
const declaredNames = new Set<string>();
let isInstalled = false;

/** Runs `work` with the function's variables in `process.env` and its standard output in its log. */
export function runAsFunction<Result>(scope: FunctionScope, work: () => Result): Result {
  return scopes.run(scope, work);
}

/** The name of the function that runs at this moment, if one does. */
export function runningFunction(): string | undefined {
  return scopes.getStore()?.name;
}

/** Runs `work` as the platform itself, whoever called. */
export function runAsPlatform<Result>(work: () => Result): Result {
  return scopes.exit(work);
}

/**
 * All functions share this process. Each still sees the variables its template gives it and no other's, so that a
 * forgotten variable fails here as it would in the cloud.
 */
export function isolateEnvironments(names: Iterable<string>): void {
  for (const name of names) declaredNames.add(name);
  if (isInstalled) return;
  isInstalled = true;
  process.env = new Proxy(process.env, {
    get: (target, name): unknown => {
      const scope = typeof name === 'string' && declaredNames.has(name) && scopes.getStore();
      return scope ? scope.environment[name] : Reflect.get(target, name);
    },
    has: (target, name) => {
      const scope = typeof name === 'string' && declaredNames.has(name) && scopes.getStore();
      return scope ? Object.hasOwn(scope.environment, name) : Reflect.has(target, name);
    },
  });
  captureOutput(process.stdout);
  captureOutput(process.stderr);
}

/** What functions print goes to their log, as it would in the cloud, and leaves the terminal to the platform. */
function captureOutput(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  stream.write = (...given: unknown[]): boolean => {
    const scope = scopes.getStore();
    if (!scope) return write(...given);
    const [chunk] = given;
    scope.log(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString());
    const callback = given.find((value) => typeof value === 'function');
    if (callback) (callback as () => void)();
    return true;
  };
}
