/** The position of the first syntax error in JSON text. V8 reports it only for some mistakes. Pure. */

/** Accepts control characters within strings, because V8 reports their position itself. */
const TOKEN =
  /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[a-z]+|[^\s]/y;
const SPACE = /[ \t\r\n]*/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** The offset of the first unexpected character. The length of the text if it ends too early. */
export function offsetOfMistake(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  for (let offset = endOf(SPACE, text, 0); offset < text.length; ) {
    const end = endOf(TOKEN, text, offset);
    const next = after(text.slice(offset, end), expected, open);
    if (next === undefined) return offset;
    expected = next;
    offset = endOf(SPACE, text, end);
  }
  return text.length;
}

function endOf(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset + 1;
}

/**
 * What is expected after the token. Undefined if the token itself is unexpected.
 * @param open `{` and `[` that are not closed
 */
function after(token: string, expected: Expected, open: string[]): Expected | undefined {
  if (expected === ':') return token === ':' ? 'value' : undefined;
  if (expected === ', or end') return afterValue(token, open);
  if ((token === '}' && expected === 'key or }') || (token === ']' && expected === 'value or ]')) {
    open.pop();
    return ', or end';
  }
  const isText = token.length > 1 && token.startsWith('"');
  if (expected === 'key' || expected === 'key or }') return isText ? ':' : undefined;
  if (token === '{' || token === '[') {
    open.push(token);
    return token === '{' ? 'key or }' : 'value or ]';
  }
  return isText || /^(true|false|null|-?\d.*)$/.test(token) ? ', or end' : undefined;
}

function afterValue(token: string, open: string[]): Expected | undefined {
  const holder = open.at(-1);
  if (token === ',' && holder !== undefined) return holder === '{' ? 'key' : 'value';
  if (holder === undefined || token !== (holder === '{' ? '}' : ']')) return undefined;
  open.pop();
  return ', or end';
}
