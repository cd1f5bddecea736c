/** Parse: scalars of a YAML document as they are written, which is not always what YAML reads: 3.10 is the number 3.1. */
import {type Document, isScalar, type Scalar, visit} from 'yaml';

/** Names are names: `3.10:` and `0123:` in a mapping keep their text, and are not numbers that become another text. */
export function keepNames(document: Document): void {
  visit(document, {
    Pair(_, {key}) {
      if (isScalar(key) && ['number', 'boolean'].includes(typeof key.value)) key.value = textOf(key);
    },
  });
}

/** The text of the scalar at the path. Empty without a scalar. */
export function sourceAt(document: Document, path: readonly PropertyKey[]): string {
  const node = path.length > 0 ? document.getIn(path, true) : document.contents;
  return isScalar(node) ? textOf(node) : '';
}

function textOf({source, value}: Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}
