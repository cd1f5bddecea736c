/**
 * Conditions in GitHub's expression language, compiled when rules are loaded and asked of many changes.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
import type {Expr} from '@actions/expressions';
import {lazy} from '../../base/lazy.ts';
import type {Change, SIDES, Snapshot} from '../../change/change.ts';
import type {Reads} from '../../change/reads.ts';
import {type Answer, answerOf, type FindCut} from '../answer.ts';
import type {Value} from './coercion.ts';
import {compileTree, type Evaluate} from './compile-tree.ts';
import {ExpressionContext, toJson, toValue} from './expression-data.ts';
import {accessesOf, namesBehind} from './expression-nodes.ts';
import {type Parsed, parseExpression} from './expression-parser.ts';
import {readsOf} from './expression-reads.ts';

export {ExpressionContext} from './expression-data.ts';
export {ExpressionError} from './expression-parser.ts';

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

const ENCLOSED = /^(\s*\$\{\{)([\s\S]*)\}\}\s*$/;

/** Of more, an explanation would hide what matters. */
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
    relations: namesBehind('relations', tree),
    conditionReads,
    answer: (context, findCut) => answerOf({tree, reads: conditionReads, evaluate}, context, findCut),
    valuesIn: context => accesses().map(({path, evaluate}) => ({path, value: valueAt(evaluate, context)})),
  };
}

/**
 * Compiles what stands between `{{` and `}}`.
 * @param offset how many characters of the written text stand before it
 * @throws {ExpressionError} as {@link parseExpression} does
 */
export function compileValue(inner: string, offset: number): ValueExpression {
  const parsed = parseExpression(inner, offset, 'an expression');
  return toValueExpression(parsed, compileTree(parsed.tree));
}

/** What {@link compileExpression} compiles, for those who look at its parts. @throws {ExpressionError} as it does */
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
    properties: namesBehind('properties', tree),
    reads: readsOf(tree, 'value'),
    valueIn: context => toJson(evaluate(context)),
  };
}

function valueAt(evaluate: Evaluate, context: ExpressionContext): unknown {
  try {
    return toJson(evaluate(context));
  } catch {
    return null; // the evaluation of the whole reports it
  }
}

/** The two sides as the expressions of several rules about one change share them: each converted once, and only if it is read. */
export type ExpressionSides = Readonly<Record<(typeof SIDES)[number], () => Value>>;

export function toExpressionSides({before, after, title, team}: Change): ExpressionSides {
  const toSide = (side: Snapshot | null) => lazy(() => toValue(side && {title, team, ...side}));
  return {before: toSide(before), after: toSide(after)};
}

/** What expressions see of a change: `change`, `before`, `after`. */
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
