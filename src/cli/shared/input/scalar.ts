/** Parses values of properties on the command line. */
import type {Scalar} from '../../../rules/rules.ts';

/** `91`, `true` and `null` are JSON values, `"91"` is the text 91, and everything else is plain text. */
export function parseScalar(text: string): Scalar {
  try {
    const value: unknown = JSON.parse(text);
    return isScalar(value) ? value : text;
  } catch {
    return text;
  }
}

/** Only valid JSON numbers: `1e999` parses as infinity, which JSON cannot represent. */
function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** The inverse of {@link parseScalar}. */
export function writeScalar(value: Scalar): string {
  return typeof value === 'string' && parseScalar(value) === value ? value : JSON.stringify(value);
}

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
