/** Evaluate: the answer of a condition: yes, no, or unknown with the cause. Unknown is never no. Pure. */
import type {Expr} from '@actions/expressions';
import {FunctionCall, Grouping, Logical, Unary} from '@actions/expressions/ast';
import {TokenType} from '@actions/expressions/lexer';
import {messageOf} from '../base/errors.ts';
import {showValue} from '../base/text.ts';
import type {Reads} from '../change/reads.ts';
import {isTruthy} from './expression/coercion.ts';
import {compileTree, type Evaluate} from './expression/compile-tree.ts';
import type {ExpressionContext} from './expression/expression-data.ts';
import {nodesOf} from './expression/expression-nodes.ts';
import {readsOf} from './expression/expression-reads.ts';

/** Why there is no answer. One of the two is set. */
export interface Unknown {
  /** What was cut from the change, or is a number that JavaScript cannot hold: `after.properties.readme`. */
  readonly cut?: string;
  /** Why the expression could not be evaluated. */
  readonly error?: string;
}

export type Answer = boolean | Unknown;

/** Why there is no answer, as a sentence without its full stop. @param source of the expression */
export function sentenceOfUnknown({cut, error}: Unknown, source: string): string {
  if (error !== undefined) return `${showValue(source)} could not be evaluated: ${showValue(error)}`;
  return `${showValue(cut)} is not known: it was cut from the payload to keep GitHub's size limit, or it is a number with more digits than JavaScript keeps`;
}

/** What was cut of the reads. Undefined if all is there. */
export type FindCut = (reads: Reads) => string | undefined;

/** An expression that is asked whether it holds. */
export interface CompiledCondition {
  readonly tree: Expr;
  /** Everything of a change that its answer may depend on. */
  readonly reads: Reads;
  readonly evaluate: Evaluate;
}

/**
 * Whether the condition holds. What can be answered without what was cut, is: `after.properties.tier == 'gold' && x` is
 * false for every other tier, whatever `x` is.
 */
export function answerOf(
  condition: CompiledCondition,
  context: ExpressionContext,
  findCut: FindCut | undefined,
): Answer {
  const {tree, reads, evaluate} = condition;
  if (findCut?.(reads) === undefined) return ask(evaluate, context);
  return answerInParts(tree, leaf => {
    const cut = findCut(readsOf(leaf, 'truth'));
    return cut === undefined ? ask(compileTree(leaf), context) : {cut};
  });
}

function ask(evaluate: Evaluate, context: ExpressionContext): Answer {
  try {
    return isTruthy(evaluate(context));
  } catch (error) {
    return {error: messageOf(error)};
  }
}

/** Logic with three values: a part that decides alone makes up for one that is unknown. */
function answerInParts(node: Expr, answerLeaf: (leaf: Expr) => Answer): Answer {
  if (node instanceof Grouping) return answerInParts(node.group, answerLeaf);
  if (node instanceof Unary) {
    const answer = answerInParts(node.expr, answerLeaf);
    return typeof answer === 'boolean' ? !answer : answer;
  }
  if (!(node instanceof Logical)) return answerLeaf(node);
  const decisive = node.operator.type === TokenType.OR;
  let unknown: Unknown | undefined;
  for (const arg of node.args) {
    const answer = answerInParts(arg, answerLeaf);
    if (answer === decisive) return decisive;
    if (typeof answer === 'boolean') continue;
    unknown ??= answer;
    if (answer.error !== undefined || mayFail(arg)) break; // what follows would not be evaluated
  }
  return unknown ?? !decisive;
}

/** The functions that throw, depending on what they are given. */
const FAILING = new Set(['fromjson', 'format', 'case']);

function mayFail(tree: Expr): boolean {
  return [...nodesOf(tree)].some(
    node => node instanceof FunctionCall && FAILING.has(node.functionName.lexeme.toLowerCase()),
  );
}
