/** Written values in a sentence. */
import {clip, oneLine} from '../../base/text.ts';

/** "the text "80"", "a list": what was written, in a sentence. */
export function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the text "${show(value)}"`;
  return typeof value === 'number' ? describeNumber(value) : String(value);
}

/** The same of a number, with its text in the file, which YAML may read as another: 3.10, 0123, 1e400. */
export function describeNumber(value: number, written = String(value)): string {
  if (!Number.isFinite(value)) return `${written}, which is not a finite number`;
  return written === String(value) ? `the number ${value}` : `${written}, which YAML reads as the number ${value}`;
}

/** Written text on one line, clipped. The secret part of a webhook's address, wherever it was written, is left out. */
export function show(text: string): string {
  return clip(oneLine(text).replace(/(hooks\.slack(?:-gov)?\.com)\S*/gi, '$1/…'), 60);
}
