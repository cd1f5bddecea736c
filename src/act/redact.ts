/** Act: secrets blanked in text that leaves the runner, whose own masking covers the log only. Pure. */

/** Shorter values are no secrets, and blanking them would shred the text. */
const MIN_LENGTH = 6;

/** Escape sequences of terminals (ECMA-48 CSI and OSC): colours mean nothing in Slack or in a summary. */
const ESCAPES = /\u001b(\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Other control characters, but for tabs and ends of lines. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** The text without the secrets, and without what steers terminals. Long secrets first, as one may contain another. */
export function redact(text: string, secrets: readonly string[]): string {
  const worthHiding = secrets.flatMap(secret => secret.split('\n')).map(secret => secret.trim());
  const ordered = worthHiding.filter(secret => secret.length >= MIN_LENGTH).toSorted((a, b) => b.length - a.length);
  const plain = text.replace(ESCAPES, '').replace(CONTROLS, '');
  return ordered.reduce((rest, secret) => rest.replaceAll(secret, '***'), plain);
}
