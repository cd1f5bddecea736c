/** Values of properties as people type them on a command line. */
import type {Scalar} from '../../rules/rules.ts';

/** `91`, `true` and `null` are what they look like, `"91"` is the text 91, and all else is text as it stands. */
export function parseScalar(text: string): Scalar {
  try {
    const value: unknown = JSON.parse(text);
    return isScalar(value) ? value : text;
  } catch {
    return text;
  }
}

/** JSON's numbers only: `1e999` is read as infinity, which JSON can't hold. */
function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** The text that {@link parseScalar} reads as the value. */
export function writeScalar(value: Scalar): string {
  return typeof value === 'string' && parseScalar(value) === value ? value : JSON.stringify(value);
}

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
