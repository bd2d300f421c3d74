import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const PARAMETER = 'function';
const roots = new Set<string>();

/** What an import of a handler ends with, so that everything it imports of ours is loaded for this function alone. */
export function ownModules(functionName: string): string {
  return `?${PARAMETER}=${encodeURIComponent(functionName)}`;
}

/**
 * Modules of the folder that a function imports are its own: what one function has read and remembers (a secret, a
 * catalog, a client), no other finds there, as in the cloud. Libraries are shared; they remember nothing of that kind.
 */
export function isolateModules(root: string): void {
  const own = pathToFileURL(root).href;
  if (roots.has(own)) return;
  roots.add(own);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const owner =
        context.parentURL === undefined
          ? null
          : new URL(context.parentURL).searchParams.get(PARAMETER);
      const isOurs = resolved.url.startsWith(own) && !resolved.url.includes('/node_modules/');
      if (owner === null || !isOurs || resolved.url.includes('?')) return resolved;
      return { ...resolved, url: `${resolved.url}${ownModules(owner)}` };
    },
  });
}
