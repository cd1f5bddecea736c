/** Memory: a line in each commit message of the action. It identifies a write whose response was lost. Pure. */

const NONCE = /^nonce: (\S+)$/gm;

/** @param nonce `<run>/<attempt>/<n>` */
export function nonceLine(nonce: string): string {
  return `nonce: ${nonce}`;
}

/** The nonces of the commit, and of the commits that it replaces. A person made a commit without a nonce. */
export function noncesIn(message: string): string[] {
  return [...message.matchAll(NONCE)].map(([, nonce = '']) => nonce);
}
