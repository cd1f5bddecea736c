/**
 * Schemas: expressions as a pattern of JSON Schema. The pattern checks words and their order, but not the number of
 * arguments. It accepts everything that the loader accepts (src/rules/expression).
 */
import {wellKnownFunctions} from '@actions/expressions/funcs';
import {MEMBERS} from '../rules/expression/expression-members.ts';

/** Two consecutive single quotes are an escaped quote. The lookahead prevents a second reading, which could take exponential time. */
const STRING = "'(?:[^']|'')*'(?!')";
const NUMBER = '[+-]?(?:[.\\d][\\w.]*(?:[Ee][+-]\\d+)?|Infinity)|NaN';
const MEMBER = '(?:[A-Za-z_][\\w-]*|\\*)';

/** Matches the words case-insensitively, because patterns in JSON Schema have no flags. */
function anyOf(words: readonly string[]): string {
  const either = (letter: string) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`;
  return `(?:${words.map(word => word.replace(/[A-Za-z]/g, either)).join('|')})`;
}

/** A name that an expression can start with, and its members. */
const ROOTS = Object.entries(MEMBERS).map(([root, members]) => {
  const known = `\\s*\\.\\s*(?:${anyOf(Object.keys(members))}(?![\\w-])|\\*)`;
  return `${anyOf([root])}(?![\\w-])(?:${known}|(?!\\s*\\.))`;
});

const OPEN = `(?:\\s*(?:!(?!=)|\\(|${anyOf(Object.keys(wellKnownFunctions))}\\s*\\())*`;
const ATOM = `\\s*(?:${[STRING, NUMBER, '(?:true|false|null)(?![\\w-])', ...ROOTS].join('|')})`;
const CLOSE = `(?:\\s*(?:\\)|\\]|\\.\\s*${MEMBER}|\\[\\s*\\*\\s*\\]))*`;
const BETWEEN = '\\s*(?:&&|\\|\\||[=!<>]=|[<>,\\[])';
const OPERAND = `${OPEN}${ATOM}${CLOSE}`;
const EXPRESSION = `${OPERAND}(?:${BETWEEN}${OPERAND})*\\s*`;

/** Checks that parentheses are balanced, up to four levels. */
const BALANCED = [1, 2, 3, 4].reduce(inner => `(?:[^'()]|'[^']*'|\\((?:${inner})*\\))`, `(?:[^']|${STRING})`);
const CHECKED = `(?=(?:${BALANCED})*$)`;

/** A condition, optionally in `${{ }}`, as in workflows. */
export const CONDITION = `^${CHECKED}(?:${EXPRESSION}|\\s*\\$\\{\\{${EXPRESSION}\\}\\}\\s*)$`;

/** One expression in braces, without anchors. */
export const ENCLOSED = `\\$?\\{\\{${EXPRESSION}\\}\\}`;

/** A text with expressions in braces and without mentions. */
export const TEMPLATE = `^(?:[^{}$<]|\\$(?!\\{\\{)|\\{(?!\\{)|\\}(?!\\})|<(?![!@])|\\{\\{${EXPRESSION}\\}\\})*$`;
