/** Schemas: text patterns that are shared by rules and rule tests. */
import {ENCLOSED} from './expression-pattern.ts';
import {trimmed} from './json-schema.ts';

export const ADDRESS = '\\S*(?:[Hh][Oo][Oo][Kk][Ss]\\.[Ss][Ll][Aa][Cc][Kk](?:-[Gg][Oo][Vv])?\\.[Cc][Oo][Mm]|://)';
export const PLAIN_NAME = `(?!${ADDRESS})[^\\s=#{}]+`;
export const DESTINATION = trimmed(`${PLAIN_NAME}|${ENCLOSED}`);
export const DAY = '(?:mon|tue|wed|thu|fri|sat|sun)';
export const CLOCK = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const DATE = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
const OFFSET = '(?:[Zz]|[+-](?:[01]\\d|2[0-4]):[0-5]\\d)';
export const INSTANT = trimmed(`${DATE}[Tt ](?:[01]\\d|2[0-4]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?${OFFSET}`);
const MENTION = '(?:<!subteam\\^S[A-Z0-9]+(?:\\|[^<>|]*)?>|<@[UW][A-Z0-9]+>|<!(?:here|channel|everyone)>)';
export const MENTIONS = trimmed(`${MENTION}(?:\\s+${MENTION})*`);
export const VARIABLE_NAME = '[A-Za-z_][A-Za-z0-9_]*';
export const OURS = '[Rr][Ee][Aa][Cc][Tt][Oo][Rr]_';
export const WHOLE = {type: 'integer', maximum: Number.MAX_SAFE_INTEGER};
