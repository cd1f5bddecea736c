/**
 * Stands for `undici` and `@actions/exec` in the bundles (tsconfig.bundle.json).
 *
 * `@actions/core` loads both for helpers that we never call: `@actions/http-client`, for OIDC, takes undici for proxies of a
 * kind of client that we never make, and that alone was half of the action's start-up time.
 */
export class ProxyAgent {
  constructor() {
    leftOut();
  }
}

export const exec = leftOut;
export const getExecOutput = leftOut;

function leftOut() {
  throw new Error('This part of the GitHub toolkit is not in the bundle: scripts/left-out.js');
}
