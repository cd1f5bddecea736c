/** Parse: the text of an expression → GitHub's tree of it, or the mistake in it with its place and the likely word. Pure. */
import {type Expr, Lexer, Parser} from '@actions/expressions';
import {FunctionCall, IndexAccess, Literal} from '@actions/expressions/ast';
import {wellKnownFunctions} from '@actions/expressions/funcs';
import {type Token, TokenType} from '@actions/expressions/lexer';
import {messageOf} from '../../base/errors.ts';
import {nearest, suggest} from '../../base/nearest.ts';
import {clip, oneLine} from '../../base/text.ts';
import {isReadAsWritten} from '../../change/event/inexact-numbers.ts';
import {memberMistake} from './expression-members.ts';
import {nodesOf, pathOf} from './expression-nodes.ts';

/** The names that an expression can start from. */
const ROOTS = ['change', 'before', 'after'] as const;

/** An expression that can't be compiled. `column` counts from 0 within the source, if it is known. */
export class ExpressionError extends Error {
  readonly column: number | undefined;

  constructor(message: string, column?: number) {
    super(message);
    this.column = column;
  }
}

export interface Parsed {
  /** Without white space around it. */
  readonly source: string;
  readonly tree: Expr;
}

/**
 * @param offset how many characters of the written text stand before it
 * @param what it is, for the message about an empty one: `a condition`
 * @throws {ExpressionError} for anything that GitHub's parser refuses, including unknown names and functions
 */
export function parseExpression(inner: string, offset: number, what: string): Parsed {
  const source = inner.trim();
  if (source === '') throw new ExpressionError(`is empty. Write ${what}, or remove the key.`);
  const start = offset + inner.length - inner.trimStart().length;
  const tree = parseSource(source, start);
  for (const node of nodesOf(tree)) if (node instanceof IndexAccess) requireMember(node, start);
  return {source, tree};
}

function parseSource(source: string, offset: number): Expr {
  try {
    const {tokens: written} = new Lexer(source).lex();
    const tokens = written.map(token =>
      // The lexer undoubles only the first of several doubled quotes.
      token.type === TokenType.STRING ? {...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'")} : token,
    );
    const tree = new Parser(tokens, [...ROOTS], []).parse();
    for (const node of nodesOf(tree)) if (node instanceof FunctionCall) requireFunction(node);
    for (const token of written) if (token.type === TokenType.NUMBER) requireExact(token);
    return tree;
  } catch (error) {
    throw new ExpressionError(readable(messageOf(error)), columnOf(error, offset));
  }
}

/** GitHub's lexer reads decimal numbers, 0x… and 0o…, and rounds what JavaScript cannot hold. */
function requireExact({lexeme, value, range}: Token): void {
  const isExact = /^[+-]?0[xo]/i.test(lexeme)
    ? Number.isSafeInteger(value)
    : /^[+-]?(NaN|Infinity)$/.test(lexeme) || isReadAsWritten(lexeme);
  if (isExact) return;
  const message = `${clip(lexeme, 60)} is rounded to ${value}. Write a number of at most 15 digits`;
  throw Object.assign(new Error(message), {pos: range.start});
}

/** The parser looks names up in a plain object: there, it also finds `constructor`. */
function requireFunction({functionName: {lexeme, range}}: FunctionCall): void {
  if (Object.hasOwn(wellKnownFunctions, lexeme.toLowerCase())) return;
  throw Object.assign(new Error(`Unrecognized function: '${lexeme}'`), {pos: range.start});
}

/** A name that does not exist is empty for every change: a rule would never fire, a text never show it. Computed names are not checked. */
function requireMember(access: IndexAccess, offset: number): void {
  const path = pathOf(access);
  // A longer path than the one that is wrong is left to its part, which is a node of its own.
  if (path === undefined || memberMistake(path.slice(0, -1)) !== undefined) return;
  const mistake = memberMistake(path);
  if (mistake === undefined) return;
  const pos = access.index instanceof Literal ? access.index.token.range.start : undefined;
  throw new ExpressionError(mistake, columnOf({pos}, offset));
}

/** GitHub's parser reports a position in two ways. For lines after the first, the position is wrong. */
function columnOf(error: unknown, offset: number): number | undefined {
  const pos = (error as {pos?: {line: number; column: number}}).pos;
  if (pos?.line === 0) return offset + pos.column;
  const [, position] = /Located at position (\d+)/.exec(messageOf(error)) ?? [];
  return position === undefined ? undefined : offset + Number(position) - 1;
}

/** What people write who know other languages, by the character that the parser stumbles over. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['=', 'To compare, write =='],
  ['&', 'For "and", write &&'],
  ['|', 'For "or", write ||'],
  ['"', "Write texts in single quotes: 'text'"],
  ["'", 'Close the text with a single quote'],
  ['$', 'Write names without ${{ within the condition'],
  ...['+', '-', '*', '/', '%'].map(sign => [sign, 'Expressions have no arithmetic'] as const),
]);

/** The same by the whole word. */
const WORD_HINTS: ReadonlyMap<string, string> = new Map([
  ['and', 'For "and", write &&'],
  ['or', 'For "or", write ||'],
  ['not', 'For "not", write ! before the condition'],
  ['in', 'To look for a value in a list, write contains(fromJSON(\'["a", "b"]\'), value)'],
  ['is', 'To compare, write =='],
  ['{{', 'Write names without {{ and }} within the condition'],
]);

/** `.diff.after.properties.cpu`, as jq and Port's automations write it. */
function jqHint(symbol: string): string | undefined {
  const [, path] = /^\.(?:event\.)?(?:diff\.)?((?:before|after)\b.*)$/.exec(symbol) ?? [];
  if (path !== undefined) return `Write ${path}`;
  return symbol.startsWith('.') ? `An expression starts from ${ROOTS.join(', ')}, without a dot before it` : undefined;
}

function readable(message: string): string {
  if (message.includes('ErrorExceededMaxLength')) return 'is longer than 21,000 characters';
  const short = message.replace(/\.? Located at position \d+ within expression: .*$/, '');
  if (short === "Unexpected symbol: 'EOF'") return 'Unexpected end of expression';
  const [, what = '', symbol = ''] = /^([^:]+): '(.*)'$/.exec(short) ?? [];
  return `${clip(oneLine(short), 150)}${hintFor(what, symbol)}`;
}

function hintFor(what: string, symbol: string): string {
  const wordHint =
    what === 'Unexpected symbol' || what === 'Unrecognized named-value'
      ? WORD_HINTS.get(symbol.toLowerCase())
      : undefined;
  if (wordHint !== undefined) return `. ${wordHint}.`;
  if (what === 'Unrecognized named-value') {
    const near = nearest(symbol, ROOTS);
    return near === undefined ? `. An expression starts from ${ROOTS.join(', ')}.` : `. Did you mean "${near}"?`;
  }
  if (what === 'Unrecognized function') {
    return suggest(
      symbol,
      Object.values(wellKnownFunctions).map(({name}) => name),
    );
  }
  const hint = what === 'Unexpected symbol' ? (HINTS.get(symbol.charAt(0)) ?? jqHint(symbol)) : undefined;
  return hint === undefined ? '' : `. ${hint}.`;
}
