/**
 * Conditions in GitHub's expression language, compiled when rules are loaded and asked of many changes.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
import {Evaluator, type Expr, Lexer, Parser} from '@actions/expressions';
import {FunctionCall, IndexAccess, Literal} from '@actions/expressions/ast';
import {wellKnownFunctions} from '@actions/expressions/funcs';
import {type Token, TokenType} from '@actions/expressions/lexer';
import {messageOf} from '../../base/errors.ts';
import {nearest, suggest} from '../../base/nearest.ts';
import {clip, oneLine} from '../../base/text.ts';
import type {Change, Snapshot} from '../../change/change.ts';
import {isReadAsWritten} from '../../change/event/inexact-numbers.ts';
import type {Reads} from '../../change/reads.ts';
import {type Answer, answerOf, type FindCut} from '../answer.ts';
import {type ExpressionContext, type ExpressionData, fromData, toContext, toData} from './expression-data.ts';
import {memberMistake} from './expression-members.ts';
import {accessesOf, namesBehind, nodesOf, pathOf} from './expression-nodes.ts';
import {readsOf} from './expression-reads.ts';

export type {ExpressionContext} from './expression-data.ts';

/** The names that an expression can start from. */
const ROOTS = ['change', 'before', 'after'] as const;

export interface Expression extends ValueExpression {
  /** Names of relations that it reads, as far as they are written out. */
  readonly relations: readonly string[];
  /** Everything of a change that its answer may depend on. */
  readonly conditionReads: Reads;
  /**
   * Whether it holds, as a condition.
   * @param findCut for a change of which something was cut
   */
  answer(context: ExpressionContext, findCut?: FindCut): Answer;
  /** The first values that it looks at, for an explanation. */
  valuesIn(context: ExpressionContext): readonly {readonly path: string; readonly value: unknown}[];
}

/** An expression that is asked for its value. */
export interface ValueExpression {
  readonly source: string;
  /** Names of entity properties that it reads, as far as they are written out. GitHub reads them in any letter case. */
  readonly properties: readonly string[];
  /** Everything of a change that its value may depend on. */
  readonly reads: Reads;
  /** As JSON. @throws {Error} if it cannot be evaluated */
  valueIn(context: ExpressionContext): unknown;
}

/** An expression that can't be compiled. `column` counts from 0 within the source, if it is known. */
export class ExpressionError extends Error {
  readonly column: number | undefined;

  constructor(message: string, column?: number) {
    super(message);
    this.column = column;
  }
}

const ENCLOSED = /^(\s*\$\{\{)([\s\S]*)\}\}\s*$/;

/**
 * Compiles a condition. An enclosing `${{ }}` is accepted, as in workflows.
 * @throws {ExpressionError} for anything that GitHub's parser refuses, unknown names and functions among it
 */
export function compileExpression(written: string): Expression {
  const [, opening = '', inner = written] = ENCLOSED.exec(written) ?? [];
  const {source, tree} = compileTree(inner, opening.length, 'a condition');
  const accesses = accessesOf(tree);
  return {
    ...toValueExpression(source, tree),
    relations: namesBehind('relations', tree),
    conditionReads: readsOf(tree, 'truth'),
    answer: (context, findCut) => answerOf(tree, context, findCut),
    valuesIn: context => accesses.slice(0, MAX_VALUES).map(({path, node}) => ({path, value: valueAt(node, context)})),
  };
}

/**
 * Compiles what stands between `{{` and `}}`.
 * @param offset how many characters of the written text stand before it
 * @throws {ExpressionError} as {@link compileExpression} does
 */
export function compileValue(inner: string, offset: number): ValueExpression {
  const {source, tree} = compileTree(inner, offset, 'an expression');
  return toValueExpression(source, tree);
}

function toValueExpression(source: string, tree: Expr): ValueExpression {
  return {
    source,
    properties: namesBehind('properties', tree),
    reads: readsOf(tree, 'value'),
    valueIn: context => fromData(new Evaluator(tree, context).evaluate()),
  };
}

function compileTree(inner: string, offset: number, what: string): {source: string; tree: Expr} {
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

/** Of more, an explanation would hide what matters. */
const MAX_VALUES = 5;

function valueAt(node: Expr, context: ExpressionContext): unknown {
  try {
    return fromData(new Evaluator(node, context).evaluate());
  } catch {
    return null; // the evaluation of the whole reports it
  }
}

/** What {@link compileExpression} compiles, for those who look at its parts. @throws {ExpressionError} as it does */
export function parseCondition(written: string): Expr {
  const [, , inner = written] = ENCLOSED.exec(written) ?? [];
  return compileTree(inner, 0, 'a condition').tree;
}

/** What the expressions of several rules about one change share: converted once, and only if it is read. */
export interface ExpressionSides {
  readonly before: ExpressionData;
  readonly after: ExpressionData;
  /** The change but for its sides. */
  readonly rest: object;
}

export function toExpressionSides({before, after, ...rest}: Change): ExpressionSides {
  const {title, team} = rest;
  const withUsual = (side: Snapshot | null) => toData(side && {title, team, ...side});
  return {before: withUsual(before), after: withUsual(after), rest};
}

/** What expressions see of a change: `change`, `before`, `after`. */
export function toExpressionContext(
  change: Change,
  transition: {property: string; from: unknown; to: unknown} | undefined,
  sides = toExpressionSides(change),
): ExpressionContext {
  const {property, from, to} = transition ?? {};
  return toContext({
    change: () => toData({...sides.rest, property, from, to}),
    before: () => sides.before,
    after: () => sides.after,
  });
}
