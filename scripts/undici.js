/**
 * Stands for the package `undici` in the bundles (tsconfig.bundle.json).
 *
 * `@actions/core` loads `@actions/http-client` for an OIDC helper that we never call, and that loads undici for proxies of
 * a kind of client that we never make: about half of the action's whole start-up time, for nothing. `@actions/github`
 * takes its `fetch` from there too; the platform's is the same one.
 */
export class ProxyAgent {
  constructor() {
    throw new Error('undici is not part of this bundle');
  }
}

export const fetch = globalThis.fetch;
