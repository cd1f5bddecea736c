/** Parse: the text of an expression → GitHub's syntax tree, or an error with a position and a suggestion. Pure. */
import {type Expr, Lexer, Parser} from '@actions/expressions';
import {FunctionCall, IndexAccess, Literal} from '@actions/expressions/ast';
import {wellKnownFunctions} from '@actions/expressions/funcs';
import {type Token, TokenType} from '@actions/expressions/lexer';
import {messageOf} from '../../base/errors.ts';
import {nearest, suggest} from '../../base/text/nearest.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import {isReadAsWritten} from '../../change/event/inexact-numbers.ts';
import {memberMistake} from './expression-members.ts';
import {nodesOf, pathOf} from './expression-nodes.ts';

/** The names that an expression can start with. */
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
  /** Without surrounding white space. */
  readonly source: string;
  readonly tree: Expr;
}

/**
 * @param offset the number of characters before it in the written text
 * @param what a description for the error about an empty text: `a condition`
 * @throws {ExpressionError} for anything that GitHub's parser rejects, including unknown names and functions
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
      // The lexer unescapes only the first of several doubled quotes.
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

/**
 * Rejects rounded numbers. GitHub's lexer reads decimal numbers, 0x… and 0o…, and rounds those that JavaScript cannot
 * represent.
 */
function requireExact({lexeme, value, range}: Token): void {
  const isExact = /^[+-]?0[xo]/i.test(lexeme)
    ? Number.isSafeInteger(value)
    : /^[+-]?(NaN|Infinity)$/.test(lexeme) || isReadAsWritten(lexeme);
  if (isExact) return;
  const message = `${clip(lexeme, 60)} is rounded to ${value}. Write a number of at most 15 digits`;
  throw Object.assign(new Error(message), {pos: range.start});
}

/** Rejects names such as `constructor`, which the parser finds because it looks names up in a plain object. */
function requireFunction({functionName: {lexeme, range}}: FunctionCall): void {
  if (Object.hasOwn(wellKnownFunctions, lexeme.toLowerCase())) return;
  throw Object.assign(new Error(`Unrecognized function: '${lexeme}'`), {pos: range.start});
}

/**
 * Rejects unknown members, which are empty for every change: a rule would never match, a text would never show a value.
 * Computed names are not checked.
 */
function requireMember(access: IndexAccess, offset: number): void {
  const path = pathOf(access);
  // A path longer than the invalid one is skipped. Its invalid part is a separate node.
  if (path === undefined || memberMistake(path.slice(0, -1)) !== undefined) return;
  const mistake = memberMistake(path);
  if (mistake === undefined) return;
  const pos = access.index instanceof Literal ? access.index.token.range.start : undefined;
  throw new ExpressionError(mistake, columnOf({pos}, offset));
}

/** GitHub's parser reports a position in two ways. Positions after the first line are incorrect. */
function columnOf(error: unknown, offset: number): number | undefined {
  const pos = (error as {pos?: {line: number; column: number}}).pos;
  if (pos?.line === 0) return offset + pos.column;
  const [, position] = /Located at position (\d+)/.exec(messageOf(error)) ?? [];
  return position === undefined ? undefined : offset + Number(position) - 1;
}

/** Hints for syntax of other languages, by the character that the parser rejects. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['=', 'To compare, write =='],
  ['&', 'For "and", write &&'],
  ['|', 'For "or", write ||'],
  ['"', "Put strings in single quotes: 'text'"],
  ["'", 'Close the string with a single quote'],
  ['$', 'Remove ${{ inside the condition'],
  ...['+', '-', '*', '/', '%'].map(sign => [sign, 'Expressions have no arithmetic'] as const),
]);

/** Hints by the whole word. */
const WORD_HINTS: ReadonlyMap<string, string> = new Map([
  ['and', 'For "and", write &&'],
  ['or', 'For "or", write ||'],
  ['not', 'For "not", write ! before the condition'],
  ['in', 'To find a value in a list, write contains(fromJSON(\'["a", "b"]\'), value)'],
  ['is', 'To compare, write =='],
  ['{{', 'Remove {{ and }} inside the condition'],
]);

/** `.diff.after.properties.cpu`, as jq and Port's automations write it. */
function jqHint(symbol: string): string | undefined {
  const [, path] = /^\.(?:event\.)?(?:diff\.)?((?:before|after)\b.*)$/.exec(symbol) ?? [];
  if (path !== undefined) return `Write ${path}`;
  return symbol.startsWith('.') ? `An expression starts with ${ROOTS.join(', ')}, without a leading dot` : undefined;
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
    return near === undefined ? `. An expression starts with ${ROOTS.join(', ')}.` : `. Did you mean "${near}"?`;
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
