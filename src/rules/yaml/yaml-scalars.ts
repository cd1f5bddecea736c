/** Parse: the written text of scalars in a YAML document. YAML can read a different value: 3.10 is the number 3.1. */
import {type Document, isAlias, isMap, isScalar, isSeq, type Scalar, visit} from 'yaml';
import {isReadAsWritten} from '../../change/event/inexact-numbers.ts';

/** Keeps keys such as `3.10:` and `0123:` as text, because a conversion to a number would change them. */
export function keepNames(document: Document): void {
  visit(document, {
    Pair(_, {key}) {
      if (isScalar(key) && ['number', 'boolean'].includes(typeof key.value)) key.value = textOf(key);
    },
  });
}

/** Matches every text with a number that can be rounded. Most files do not match and are not searched. */
const MAY_BE_ROUNDED = /[\d.]{16}|[eE][+-]?\d{3}|0x[\da-fA-F]{14}|0o[0-7]{17}/;

/**
 * The paths of numbers that JavaScript cannot represent: integers beyond 2^53, 1e400, too many digits.
 * @param document without cycles, with limited nesting
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

/** The text of the scalar at the path. Empty if there is no scalar. */
export function sourceAt(document: Document, path: readonly PropertyKey[]): string {
  const found = path.length > 0 ? document.getIn(path, true) : document.contents;
  const node = isAlias(found) ? found.resolve(document) : found;
  return isScalar(node) ? textOf(node) : '';
}

function textOf({source, value}: Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}
