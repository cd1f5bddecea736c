/** Plan: the values of the expressions in routes and message texts for a match, or why they are unknown. Pure. */

import {messageOf} from '../base/errors.ts';
import type {Change} from '../change/change.ts';
import {cutAmong, resolveReads} from '../change/reads.ts';
import type {Transition} from '../change/transition.ts';
import {type ExpressionContext, toExpressionContext, type ValueExpression} from '../rules/expression/expression.ts';
import type {Rule} from '../rules/rules.ts';
import type {Unknown} from '../rules/truth-value.ts';

/** The input of the expressions. */
export interface Subject {
  readonly rule: Rule;
  readonly change: Change;
  readonly transition?: Transition;
}

export type GetValue = (expression: ValueExpression) => {readonly value: unknown} | Unknown;

/** Evaluates each expression once. Builds the context on first use, because expressions are rare. */
export function createGetValue({rule, change, transition}: Subject): GetValue {
  const results = new Map<ValueExpression, ReturnType<GetValue>>();
  let context: ExpressionContext | undefined;
  const evaluate: GetValue = ({reads, valueIn}) => {
    const cut = cutAmong(change, resolveReads(reads, rule.property));
    if (cut !== undefined) return {cut};
    try {
      context ??= toExpressionContext(change, transition);
      return {value: valueIn(context)};
    } catch (error) {
      return {error: messageOf(error)};
    }
  };
  return expression => {
    const result = results.get(expression) ?? evaluate(expression);
    results.set(expression, result);
    return result;
  };
}
