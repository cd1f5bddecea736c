/** The line in the message of each commit of the action, by which a write whose answer was lost is found again. Pure. */

const NONCE = /^nonce: (\S+)$/gm;

/** @param nonce `<run>/<attempt>/<n>` */
export function nonceLine(nonce: string): string {
  return `nonce: ${nonce}`;
}

/** Those of the commit itself and, if it replaces others, of these. A commit without one was made by a person. */
export function noncesIn(message: string): string[] {
  return [...message.matchAll(NONCE)].map(([, nonce = '']) => nonce);
}
