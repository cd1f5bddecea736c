/** Describes written values for messages. */
import {clip, oneLine} from '../../base/text/show.ts';

/** Describes a value for a message: `the string "80"`, `a list`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the string "${show(value)}"`;
  return typeof value === 'number' ? describeNumber(value) : String(value);
}

/** Describes a number, with its text in the file if YAML reads it as a different number: 3.10, 0123, 1e400. */
export function describeNumber(value: number, written = String(value)): string {
  if (!Number.isFinite(value)) return `${written}, which is not a finite number`;
  return written === String(value) ? `the number ${value}` : `${written}, which YAML reads as the number ${value}`;
}

/** Written text on one line, clipped, with the secret part of any webhook address removed. */
export function show(text: string): string {
  return clip(oneLine(text).replace(/(hooks\.slack(?:-gov)?\.com)\S*/gi, '$1/…'), 60);
}
