import type { Plugin } from 'esbuild';

/**
 * Lambda hands a function its credentials in the environment. The SDK's chain would look there first and find them, but
 * brings along what other places need: sign-in clients, instance metadata, profiles; about 90 KB in every bundle.
 */
export const credentialsPlugin: Plugin = {
  name: 'credentials',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: '@aws-sdk/credential-provider-node',
      namespace: 'credentials',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'credentials' }, ({ pluginData }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      loader: 'js',
      resolveDir: String(pluginData),
    }));
  },
};
