/**
 * Replaces `undici` and `@actions/exec` in the bundles (tsconfig.bundle.json).
 *
 * `@actions/core` loads both for helpers that we never call. `@actions/http-client`, which it uses for OIDC, loads undici for a kind
 * of proxy client that we never create. undici alone took half of the action's startup time.
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
