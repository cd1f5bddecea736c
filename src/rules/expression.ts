/**
 * Conditions in GitHub's expression language, compiled when rules are loaded and asked of many changes.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
import {data, Evaluator, type Expr, Lexer, Parser} from '@actions/expressions';
import {ContextAccess, FunctionCall, Grouping, IndexAccess, Literal, Logical, Unary} from '@actions/expressions/ast';
import {truthy} from '@actions/expressions/result';
import type {Change} from '../change/change.ts';
import {messageOf} from '../errors.ts';

/** The names that an expression can start from. */
const ROOTS = ['change', 'before', 'after'] as const;

export type ExpressionContext = data.Dictionary;
type Pair = ReturnType<data.Dictionary['pairs']>[number];

/** Whether the condition holds, and the values that it looked at, for the explanation. */
export interface ExpressionResult {
  readonly held: boolean;
  readonly values: readonly {readonly path: string; readonly value: unknown}[];
  /** Why it could not be evaluated; it does not hold then. */
  readonly error?: string;
}

export interface Expression {
  readonly source: string;
  /** Names of entity properties that it reads, as far as they are written out. */
  readonly properties: readonly string[];
  evaluate(context: ExpressionContext): ExpressionResult;
}

/** An expression that can't be compiled; `column` counts from 0 within the source, where it is known. */
export class ExpressionError extends Error {
  readonly column: number | undefined;

  constructor(message: string, column?: number) {
    super(message);
    this.column = column;
  }
}

/**
 * Compiles a condition; an enclosing `${{ }}` is accepted, as in workflows.
 * @throws {ExpressionError} for anything that GitHub's parser refuses, unknown names and functions among it
 */
export function compileExpression(written: string): Expression {
  const [, inner] = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(written) ?? [];
  const source = (inner ?? written).trim();
  if (source === '') throw new ExpressionError('is empty; write a condition, or remove the key');
  const tree = parseSource(source, written.indexOf(source));
  const accesses = accessesOf(tree);
  return {
    source,
    properties: accesses.flatMap(({parts: [root, part, name]}) =>
      (root === 'before' || root === 'after') && part === 'properties' && name !== undefined ? [name] : [],
    ),
    evaluate: context => evaluateTree(tree, accesses, context),
  };
}

function parseSource(source: string, offset: number): Expr {
  try {
    return new Parser(new Lexer(source).lex().tokens, [...ROOTS], []).parse();
  } catch (error) {
    throw new ExpressionError(readable(messageOf(error), source), columnOf(error, offset));
  }
}

/** GitHub's parser tells a position in three ways. */
function columnOf(error: unknown, offset: number): number | undefined {
  const pos = (error as {pos?: {line: number; column: number}}).pos;
  if (pos?.line === 0) return offset + pos.column;
  const [, position] = /Located at position (\d+)/.exec(messageOf(error)) ?? [];
  return position === undefined ? undefined : offset + Number(position) - 1;
}

function readable(message: string, source: string): string {
  if (message.includes('ErrorExceededMaxLength')) return 'is longer than 21,000 characters';
  const short = message.replace(/\.? Located at position \d+ within expression: [\s\S]*$/, '');
  if (/Unrecognized named-value/.test(short)) return `${short}; an expression starts from ${ROOTS.join(', ')}`;
  if (/(^|[^=!<>])=([^=]|$)/.test(source)) return `${short}; to compare, write ==`;
  if (source.includes('"')) return `${short}; texts are written in single quotes: 'text'`;
  return short;
}

function evaluateTree(tree: Expr, accesses: readonly Access[], context: ExpressionContext): ExpressionResult {
  const values = accesses.slice(0, 5).map(({path, node}) => ({path, value: valueAt(node, context)}));
  try {
    return {held: truthy(new Evaluator(tree, context).evaluate()), values};
  } catch (error) {
    return {held: false, values, error: messageOf(error)};
  }
}

function valueAt(node: Expr, context: ExpressionContext): unknown {
  try {
    return JSON.parse(JSON.stringify(new Evaluator(node, context).evaluate(), data.replacer));
  } catch {
    return null; // `fromJSON` of no JSON, say: the evaluation of the whole reports it
  }
}

/** `after.properties.locked` in a tree: its text, its names, its node. */
interface Access {
  readonly path: string;
  readonly parts: readonly string[];
  readonly node: Expr;
}

function accessesOf(tree: Expr): Access[] {
  const found: Access[] = [];
  collect(tree, found);
  return found.filter(({path}, index) => found.findIndex(other => other.path === path) === index);
}

function collect(node: Expr, found: Access[]): void {
  const parts = pathOf(node);
  if (parts !== undefined) {
    found.push({path: parts.join('.'), parts, node});
  } else {
    for (const child of childrenOf(node)) collect(child, found);
  }
}

function childrenOf(node: Expr): Expr[] {
  if (node instanceof IndexAccess) return [node.expr, node.index];
  if (node instanceof Logical || node instanceof FunctionCall) return node.args;
  if (node instanceof Unary) return [node.expr];
  if (node instanceof Grouping) return [node.group];
  return 'left' in node && 'right' in node ? [node.left as Expr, node.right as Expr] : [];
}

function pathOf(node: Expr): string[] | undefined {
  if (node instanceof ContextAccess) return [node.name.lexeme];
  if (!(node instanceof IndexAccess) || !(node.index instanceof Literal)) return undefined;
  const parent = pathOf(node.expr);
  return parent && [...parent, node.index.literal.coerceString()];
}

/** What expressions see of a change: `change`, `before`, `after`. Convert once, ask often. */
export function toExpressionContext(
  change: Change,
  transition: {property: string; from: unknown; to: unknown} | undefined,
): ExpressionContext {
  const {before, after, ...rest} = change;
  return toData({change: {...rest, ...transition}, before, after}) as ExpressionContext;
}

function toData(value: unknown): data.ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) {
    const array = new data.Array();
    for (const item of value) array.add(toData(item));
    return array;
  }
  return new SafeDictionary(Object.entries(value as object).map(([key, item]) => ({key, value: toData(item)})));
}

/** The library's own dictionary looks names up in a plain object: a property named `constructor` would break it. */
class SafeDictionary extends data.Dictionary {
  readonly #items = new Map<string, Pair>();

  constructor(pairs: readonly Pair[]) {
    super();
    for (const pair of pairs.toReversed()) this.#items.set(pair.key.toLowerCase(), pair); // the first of two wins
  }

  override get(key: string): data.ExpressionData | undefined {
    return this.#items.get(key.toLowerCase())?.value;
  }

  override values(): data.ExpressionData[] {
    return this.pairs().map(({value}) => value);
  }

  override pairs(): Pair[] {
    return [...this.#items.values()].toReversed();
  }
}
