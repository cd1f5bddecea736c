/** Evaluate: a change with cached derived values that several rules share, computed on first use. Pure. */
import type {Change} from '../change/change.ts';
import {cutAmong, resolveReads} from '../change/reads.ts';
import {type Transition, transitionOf} from '../change/transition.ts';
import {
  type Expression,
  type ExpressionContext,
  type ExpressionSides,
  toExpressionContext,
  toExpressionSides,
} from '../rules/expression/expression.ts';
import type {FindCut, TruthValue} from '../rules/truth-value.ts';

export class ChangeView {
  readonly change: Change;
  readonly #transitions = new Map<string, Transition>();
  readonly #contexts = new Map<string | undefined, ExpressionContext>();
  #sides: ExpressionSides | undefined;

  constructor(change: Change) {
    this.change = change;
  }

  /** The transition of the property. Undefined for a rule without a property. */
  transitionOf(property: string | undefined): Transition | undefined {
    if (property === undefined) return undefined;
    let transition = this.#transitions.get(property);
    if (transition === undefined) {
      transition = transitionOf(this.change, property);
      this.#transitions.set(property, transition);
    }
    return transition;
  }

  /**
   * The context for expressions of a rule.
   * @param property the property of the rule
   */
  contextFor(property: string | undefined): ExpressionContext {
    let context = this.#contexts.get(property);
    if (context === undefined) {
      this.#sides ??= toExpressionSides(this.change);
      context = toExpressionContext(this.change, this.transitionOf(property), this.#sides);
      this.#contexts.set(property, context);
    }
    return context;
  }

  /**
   * Whether an expression of a rule holds.
   * @param property the property of the rule
   */
  evaluate(expression: Expression, property: string | undefined): TruthValue {
    return expression.evaluate(this.contextFor(property), this.#findCutFor(property));
  }

  /** Finds a cut value among the reads of an expression. Undefined if nothing was cut from the change. */
  #findCutFor(property: string | undefined): FindCut | undefined {
    if (this.change.truncated === undefined) return undefined;
    return reads => cutAmong(this.change, resolveReads(reads, property));
  }
}
