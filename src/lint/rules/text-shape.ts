/** Lint: detects texts that look like patterns or comparisons of other tools: `>=80`, `Crash*`, `!Healthy`. Pure. */

/** The pattern or comparison that a text looks like. */
export type Shape =
  | {readonly kind: 'any'}
  | {readonly kind: 'not'; readonly text: string}
  | {readonly kind: 'list'; readonly texts: readonly string[]}
  /** Matches texts by start, end or content. Empty parts match anything. */
  | {readonly kind: 'pattern'; readonly start: string; readonly end: string; readonly within: string}
  | {readonly kind: 'more' | 'less'; readonly number: string}
  | {readonly kind: 'equal'; readonly text: string}
  | {readonly kind: 'expression'}
  | {readonly kind: 'unset'};

/** @param text the text as written @returns undefined if it looks like a plain text */
export function shapeOf(text: string): Shape | undefined {
  const word = text.trim();
  const [, comparison = '', number = ''] = /^(<=?|>=?|≤|≥)\s*(-?\d+(?:\.\d+)?)\s*%?$/.exec(word) ?? [];
  if (number !== '') return {kind: /[>≥]/.test(comparison) ? 'more' : 'less', number};
  const [, edge = '', more] =
    /^(-?\d+(?:\.\d+)?)(?:\+| or (?:(more|above|higher)|less|below|lower))$/i.exec(word) ?? [];
  if (edge !== '') return {kind: more !== undefined || word.endsWith('+') ? 'more' : 'less', number: edge};
  if (word.includes('{{')) return {kind: 'expression'};
  if (/^(any|anything|any value|\*+|\.\*|\/\.\*\/)$/i.test(word)) return {kind: 'any'};
  if (/^(null|undefined|not set)$/i.test(word)) return {kind: 'unset'};
  const [, negated] = /^(?:!=?|<>|not\s|except\s)\s*(\S.*)$/i.exec(word) ?? [];
  if (negated !== undefined) return {kind: 'not', text: bare(negated)};
  const [, equal] = /^={1,3}\s*([^=\s].*)$/.exec(word) ?? [];
  if (equal !== undefined) return {kind: 'equal', text: bare(equal)};
  return regexShape(word) ?? listShape(word) ?? globShape(word);
}

function bare(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, '$2').trim();
}

function regexShape(word: string): Shape | undefined {
  const [, inSlashes] = /^\/(.+)\/[dgimsuvy]*$/.exec(word) ?? [];
  if (inSlashes === undefined && !/^\^|[^$]\$$/.test(word)) return undefined;
  const source = inSlashes ?? word;
  const inner = source.replace(/^\^/, '').replace(/\$$/, '');
  const list = listShape(inner.replace(/^\((.*)\)$/, '$1'));
  if (list !== undefined) return list;
  const text = inner.replace(/^\.[*+]|\.[*+]$/g, '');
  const [isStart, isEnd] = [/^\^(?!\.[*+])/.test(source), /(?<!\.[*+])\$$/.test(source)];
  if (isStart && isEnd && text === inner) return {kind: 'equal', text};
  return {
    kind: 'pattern',
    start: isStart ? text : '',
    end: isEnd && !isStart ? text : '',
    within: isStart || isEnd ? '' : text,
  };
}

function listShape(word: string): Shape | undefined {
  const inside = word.replace(/^[[{(](.*)[\]})]$/, '$1');
  const parts = inside.split(/\s*(?:\|\|?|,|\sor\s)\s*/i).map(bare);
  const isList = parts.length > 1 && parts.every(part => /^[^\s,|]+$/.test(part));
  return isList ? {kind: 'list', texts: parts} : undefined;
}

export function globShape(word: string): Shape | undefined {
  if (!word.includes('*')) return undefined;
  const [start = '', ...rest] = word.split(/\*+/);
  return {
    kind: 'pattern',
    start,
    end: rest.at(-1) ?? '',
    within: rest
      .slice(0, -1)
      .filter(part => part !== '')
      .join(''),
  };
}
