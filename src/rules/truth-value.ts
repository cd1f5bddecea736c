/** Evaluate: the result of a condition: true, false, or unknown with the cause. Unknown is never treated as false. Pure. */
import type {Expr} from '@actions/expressions';
import {FunctionCall, Grouping, Logical, Unary} from '@actions/expressions/ast';
import {TokenType} from '@actions/expressions/lexer';
import {messageOf} from '../base/errors.ts';
import {showValue} from '../base/text/show.ts';
import type {Reads} from '../change/reads.ts';
import {isTruthy} from './expression/coercion.ts';
import {compileTree, type Evaluate} from './expression/compile-tree.ts';
import type {ExpressionContext} from './expression/expression-data.ts';
import {nodesOf} from './expression/expression-nodes.ts';
import {readsOf} from './expression/expression-reads.ts';

/** Why the result is unknown. Exactly one of the two is set. */
export interface Unknown {
  /**
   * The path of a value that was cut from the change, or of a number that JavaScript cannot represent:
   * `after.properties.readme`.
   */
  readonly cut?: string;
  /** Why the expression could not be evaluated. */
  readonly error?: string;
}

export type TruthValue = boolean | Unknown;

/** Why the result is unknown, as a sentence without a full stop. @param source the text of the expression */
export function sentenceOfUnknown({cut, error}: Unknown, source: string): string {
  if (error !== undefined) return `${showValue(source)} could not be evaluated: ${showValue(error)}`;
  return `${showValue(cut)} is not known: it was removed from the payload to stay within GitHub's size limit, or it is a number with more digits than JavaScript can represent`;
}

/** Finds a value among the reads that was cut. Undefined if none was cut. */
export type FindCut = (reads: Reads) => string | undefined;

/** An expression that is evaluated as a condition. */
export interface CompiledCondition {
  readonly tree: Expr;
  /** Everything in a change that the result can depend on. */
  readonly reads: Reads;
  readonly evaluate: Evaluate;
}

/**
 * Whether the condition holds. The result is known if it does not depend on a cut value: `after.properties.tier == 'gold' &&
 * x` is false for every other tier, even if `x` was cut.
 */
export function evaluateCondition(
  condition: CompiledCondition,
  context: ExpressionContext,
  findCut: FindCut | undefined,
): TruthValue {
  const {tree, reads, evaluate} = condition;
  if (findCut?.(reads) === undefined) return evaluateLeaf(evaluate, context);
  return evaluateInParts(tree, leaf => {
    const cut = findCut(readsOf(leaf, 'truth'));
    return cut === undefined ? evaluateLeaf(compileTree(leaf), context) : {cut};
  });
}

function evaluateLeaf(evaluate: Evaluate, context: ExpressionContext): TruthValue {
  try {
    return isTruthy(evaluate(context));
  } catch (error) {
    return {error: messageOf(error)};
  }
}

/** Three-valued logic: if one part decides the result, an unknown part does not matter. */
function evaluateInParts(node: Expr, valueOfLeaf: (leaf: Expr) => TruthValue): TruthValue {
  if (node instanceof Grouping) return evaluateInParts(node.group, valueOfLeaf);
  if (node instanceof Unary) {
    const result = evaluateInParts(node.expr, valueOfLeaf);
    return typeof result === 'boolean' ? !result : result;
  }
  if (!(node instanceof Logical)) return valueOfLeaf(node);
  const decisive = node.operator.type === TokenType.OR;
  let unknown: Unknown | undefined;
  for (const arg of node.args) {
    const result = evaluateInParts(arg, valueOfLeaf);
    if (result === decisive) return decisive;
    if (typeof result === 'boolean') continue;
    unknown ??= result;
    if (result.error !== undefined || mayFail(arg)) break; // the evaluation stops here
  }
  return unknown ?? !decisive;
}

/** The functions that throw for some arguments. */
const FAILING = new Set(['fromjson', 'format', 'case']);

function mayFail(tree: Expr): boolean {
  return [...nodesOf(tree)].some(
    node => node instanceof FunctionCall && FAILING.has(node.functionName.lexeme.toLowerCase()),
  );
}
