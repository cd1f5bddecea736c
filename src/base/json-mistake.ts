/** The place at which a text stops being JSON. V8 reports it for some mistakes only. Pure. */

/** Control characters within strings are accepted: V8 reports their place itself. */
const TOKEN =
  /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[a-z]+|[^\s]/y;
const SPACE = /[ \t\r\n]*/y;

type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** The offset of the first character that is not allowed there. The length of the text if it ends too early. */
export function offsetOfMistake(text: string): number {
  const open: string[] = [];
  let wanted: Wanted = 'value';
  for (let offset = endOf(SPACE, text, 0); offset < text.length; ) {
    const end = endOf(TOKEN, text, offset);
    const next = after(text.slice(offset, end), wanted, open);
    if (next === undefined) return offset;
    wanted = next;
    offset = endOf(SPACE, text, end);
  }
  return text.length;
}

function endOf(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset + 1;
}

/** What is wanted after the token. Undefined if it is not wanted itself. @param open `{` and `[` that are not closed */
function after(token: string, wanted: Wanted, open: string[]): Wanted | undefined {
  if (wanted === ':') return token === ':' ? 'value' : undefined;
  if (wanted === ', or end') return afterValue(token, open);
  if ((token === '}' && wanted === 'key or }') || (token === ']' && wanted === 'value or ]')) {
    open.pop();
    return ', or end';
  }
  const isText = token.length > 1 && token.startsWith('"');
  if (wanted === 'key' || wanted === 'key or }') return isText ? ':' : undefined;
  if (token === '{' || token === '[') {
    open.push(token);
    return token === '{' ? 'key or }' : 'value or ]';
  }
  return isText || /^(true|false|null|-?\d.*)$/.test(token) ? ', or end' : undefined;
}

function afterValue(token: string, open: string[]): Wanted | undefined {
  const holder = open.at(-1);
  if (token === ',' && holder !== undefined) return holder === '{' ? 'key' : 'value';
  if (holder === undefined || token !== (holder === '{' ? '}' : ']')) return undefined;
  open.pop();
  return ', or end';
}
