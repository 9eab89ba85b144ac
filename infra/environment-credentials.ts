import type { Plugin } from 'esbuild';

/**
 * Takes a function's credentials from its environment, where Lambda puts them, and leaves the SDK's chain (SSO, profiles, processes,
 * instance metadata) out: 11 modules that a function has no use for, of which one loads undici while it looks for other sources.
 */
export const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credential-provider-node',
      namespace: 'environment-credentials',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'environment-credentials' }, ({ pluginData }) => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: String(pluginData),
    }));
  },
};
