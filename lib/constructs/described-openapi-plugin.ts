import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from './repository-root.ts';

/** Where the description of the API is computed, from the schemas of every route. */
const source = 'functions/partner-api/described-openapi.ts';

interface Described {
  readonly describedOpenapi: () => object;
}

/** Computes the description once, here: a function that computed it would carry every route and its libraries (1 MB). */
export const describedOpenapiPlugin: Plugin = {
  name: 'described-openapi',
  setup(build) {
    build.onLoad({ filter: /\/partner-api\/described-openapi\.ts$/ }, async () => {
      const described: unknown = await import(join(repositoryRoot, source));
      if (!isDescribed(described)) throw new Error(`${source} describes nothing`);
      const document = JSON.stringify(JSON.stringify(described.describedOpenapi()));
      return {
        contents: `const document = JSON.parse(${document}); export const describedOpenapi = () => document;`,
        loader: 'js',
      };
    });
  },
};

function isDescribed(module: unknown): module is Described {
  return (
    typeof module === 'object' &&
    module !== null &&
    'describedOpenapi' in module &&
    typeof module.describedOpenapi === 'function'
  );
}
