/**
 * Conditions in GitHub's expression language, compiled once and evaluated for many changes.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
import type {Expr} from '@actions/expressions';
import {lazy} from '../../base/lazy.ts';
import type {Change, SIDES, Snapshot} from '../../change/change.ts';
import type {Reads} from '../../change/reads.ts';
import {evaluateCondition, type FindCut, type TruthValue} from '../truth-value.ts';
import type {Value} from './coercion.ts';
import {compileTree, type Evaluate} from './compile-tree.ts';
import {ExpressionContext, toJson, toValue} from './expression-data.ts';
import {accessesOf, namesAfter} from './expression-nodes.ts';
import {type Parsed, parseExpression} from './expression-parser.ts';
import {readsOf} from './expression-reads.ts';

export {ExpressionContext} from './expression-data.ts';
export {ExpressionError} from './expression-parser.ts';

export interface Expression extends ValueExpression {
  /** Names of the relations that it reads. Computed names are not included. */
  readonly relations: readonly string[];
  /** Everything in a change that the result can depend on. */
  readonly conditionReads: Reads;
  /** Evaluates it as a condition. @param findCut for a change with cut values */
  evaluate(context: ExpressionContext, findCut?: FindCut): TruthValue;
  /** The first values that it reads, for an explanation. */
  valuesIn(context: ExpressionContext): readonly {readonly path: string; readonly value: unknown}[];
}

/** An expression that is evaluated for its value. */
export interface ValueExpression {
  readonly source: string;
  /** Names of the entity properties that it reads. Computed names are not included. GitHub reads names case-insensitively. */
  readonly properties: readonly string[];
  /** Everything in a change that the value can depend on. */
  readonly reads: Reads;
  /** As JSON. @throws {Error} if it cannot be evaluated */
  valueIn(context: ExpressionContext): unknown;
}

const ENCLOSED = /^(\s*\$\{\{)([\s\S]*)\}\}\s*$/;

/** More values would make an explanation hard to read. */
const MAX_VALUES = 5;

/**
 * Compiles a condition. An enclosing `${{ }}` is accepted, as in workflows.
 * @throws {ExpressionError} as {@link parseExpression} does
 */
export function compileExpression(written: string): Expression {
  const parsed = parseWritten(written);
  const {tree} = parsed;
  const conditionReads = readsOf(tree, 'truth');
  const evaluate = compileTree(tree);
  const accesses = lazy(() =>
    accessesOf(tree)
      .slice(0, MAX_VALUES)
      .map(({path, node}) => ({path, evaluate: compileTree(node)})),
  );
  return {
    ...toValueExpression(parsed, evaluate),
    relations: namesAfter('relations', tree),
    conditionReads,
    evaluate: (context, findCut) => evaluateCondition({tree, reads: conditionReads, evaluate}, context, findCut),
    valuesIn: context => accesses().map(({path, evaluate}) => ({path, value: valueAt(evaluate, context)})),
  };
}

/**
 * Compiles the text between `{{` and `}}`. @param offset the number of characters before it in the written text
 * @throws {ExpressionError} as {@link parseExpression} does
 */
export function compileValue(inner: string, offset: number): ValueExpression {
  const parsed = parseExpression(inner, offset, 'an expression');
  return toValueExpression(parsed, compileTree(parsed.tree));
}

/** Parses a condition without compiling it. @throws {ExpressionError} as {@link compileExpression} does */
export function parseCondition(written: string): Expr {
  return parseWritten(written).tree;
}

function parseWritten(written: string): Parsed {
  const [, opening = '', inner = written] = ENCLOSED.exec(written) ?? [];
  return parseExpression(inner, opening.length, 'a condition');
}

function toValueExpression({source, tree}: Parsed, evaluate: Evaluate): ValueExpression {
  return {
    source,
    properties: namesAfter('properties', tree),
    reads: readsOf(tree, 'value'),
    valueIn: context => toJson(evaluate(context)),
  };
}

function valueAt(evaluate: Evaluate, context: ExpressionContext): unknown {
  try {
    return toJson(evaluate(context));
  } catch {
    return null; // the evaluation of the whole expression reports the error
  }
}

/** The two sides of a change, shared by the expressions of several rules. Each is converted once, on first use. */
export type ExpressionSides = Readonly<Record<(typeof SIDES)[number], () => Value>>;

export function toExpressionSides({before, after, title, team}: Change): ExpressionSides {
  const toSide = (side: Snapshot | null) => lazy(() => toValue(side && {title, team, ...side}));
  return {before: toSide(before), after: toSide(after)};
}

/** The context of expressions for a change: `change`, `before`, `after`. */
export function toExpressionContext(
  change: Change,
  transition: {property: string; from: unknown; to: unknown} | undefined,
  sides = toExpressionSides(change),
): ExpressionContext {
  const toChange = () => {
    const {before, after, ...rest} = change;
    const {property, from, to} = transition ?? {};
    return toValue({...rest, property, from, to});
  };
  return new ExpressionContext({change: toChange, ...sides});
}
