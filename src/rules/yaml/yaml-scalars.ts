/** Parse: scalars of a YAML document as they are written, which is not always what YAML reads: 3.10 is the number 3.1. */
import {type Document, isAlias, isMap, isScalar, isSeq, type Scalar, visit} from 'yaml';
import {isReadAsWritten} from '../../change/event/inexact-numbers.ts';

/** Names are names: `3.10:` and `0123:` in a mapping keep their text, and are not numbers that become another text. */
export function keepNames(document: Document): void {
  visit(document, {
    Pair(_, {key}) {
      if (isScalar(key) && ['number', 'boolean'].includes(typeof key.value)) key.value = textOf(key);
    },
  });
}

/** No number without one of these is rounded: so most files are not walked through. */
const MAY_BE_ROUNDED = /[\d.]{16}|[eE][+-]?\d{3}|0x[\da-fA-F]{14}|0o[0-7]{17}/;

/**
 * The paths of numbers that JavaScript cannot hold: integers beyond 2^53, 1e400, more digits than it keeps.
 * @param document without cycles, nested no deeper than the library can read
 */
export function findRoundedNumbers(document: Document, text: string): PropertyKey[][] {
  return MAY_BE_ROUNDED.test(text) ? roundedIn(document.contents, [], document) : [];
}

function roundedIn(node: unknown, path: readonly PropertyKey[], document: Document): PropertyKey[][] {
  if (isAlias(node)) return roundedIn(node.resolve(document), path, document);
  if (isSeq(node)) return node.items.flatMap((item, index) => roundedIn(item, [...path, index], document));
  if (isMap(node)) {
    return node.items.flatMap(({key, value}) =>
      roundedIn(value, [...path, isScalar(key) ? String(key.value) : String(key)], document),
    );
  }
  return isScalar(node) && typeof node.value === 'number' && isRounded(node.source ?? '', node.value)
    ? [[...path]]
    : [];
}

function isRounded(source: string, value: number): boolean {
  if (/^0[xo]/.test(source)) return BigInt(source) !== BigInt(value);
  return /\d/.test(source) && !isReadAsWritten(source);
}

/** The text of the scalar at the path. Empty without a scalar. */
export function sourceAt(document: Document, path: readonly PropertyKey[]): string {
  const found = path.length > 0 ? document.getIn(path, true) : document.contents;
  const node = isAlias(found) ? found.resolve(document) : found;
  return isScalar(node) ? textOf(node) : '';
}

function textOf({source, value}: Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}
