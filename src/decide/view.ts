/** Evaluate: a change as several rules look at it. What they share is computed once, and only if one of them asks. Pure. */
import type {Change} from '../change/change.ts';
import {cutAmong, resolveReads} from '../change/reads.ts';
import {type Transition, transitionOf} from '../change/transition.ts';
import type {Answer, FindCut} from '../rules/answer.ts';
import {
  type Expression,
  type ExpressionContext,
  type ExpressionSides,
  toExpressionContext,
  toExpressionSides,
} from '../rules/expression/expression.ts';

export class ChangeView {
  readonly change: Change;
  readonly #transitions = new Map<string, Transition>();
  readonly #contexts = new Map<string | undefined, ExpressionContext>();
  #sides: ExpressionSides | undefined;

  constructor(change: Change) {
    this.change = change;
  }

  /** How the property went. Undefined for a rule that names no property. */
  transitionOf(property: string | undefined): Transition | undefined {
    if (property === undefined) return undefined;
    let transition = this.#transitions.get(property);
    if (transition === undefined) {
      transition = transitionOf(this.change, property);
      this.#transitions.set(property, transition);
    }
    return transition;
  }

  /** What the expressions of a rule see. `property` is the rule's. */
  contextFor(property: string | undefined): ExpressionContext {
    let context = this.#contexts.get(property);
    if (context === undefined) {
      this.#sides ??= toExpressionSides(this.change);
      context = toExpressionContext(this.change, this.transitionOf(property), this.#sides);
      this.#contexts.set(property, context);
    }
    return context;
  }

  /** Whether an expression of a rule holds. `property` is the rule's. */
  answerTo(expression: Expression, property: string | undefined): Answer {
    return expression.answer(this.contextFor(property), this.#findCutFor(property));
  }

  /** What is missing of that which an expression of a rule reads. Undefined for a change of which nothing was cut. */
  #findCutFor(property: string | undefined): FindCut | undefined {
    if (this.change.truncated === undefined) return undefined;
    return reads => cutAmong(this.change, resolveReads(reads, property));
  }
}
