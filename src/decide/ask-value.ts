/** Plan: the values that the expressions of routes and message texts give for a match, or why they are not known. Pure. */

import {messageOf} from '../base/errors.ts';
import type {Change} from '../change/change.ts';
import {cutAmong, resolveReads} from '../change/reads.ts';
import type {Transition} from '../change/transition.ts';
import type {Unknown} from '../rules/answer.ts';
import {type ExpressionContext, toExpressionContext, type ValueExpression} from '../rules/expression/expression.ts';
import type {Rule} from '../rules/rules.ts';

/** What expressions are asked about. */
export interface Subject {
  readonly rule: Rule;
  readonly change: Change;
  readonly transition?: Transition;
}

export type AskValue = (expression: ValueExpression) => {readonly value: unknown} | Unknown;

/** Asks each expression once. Expressions are rare, so what they read is made when the first is asked. */
export function createAskValue({rule, change, transition}: Subject): AskValue {
  const answers = new Map<ValueExpression, ReturnType<AskValue>>();
  let context: ExpressionContext | undefined;
  const ask: AskValue = ({reads, valueIn}) => {
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
    const answer = answers.get(expression) ?? ask(expression);
    answers.set(expression, answer);
    return answer;
  };
}
