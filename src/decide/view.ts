/** Evaluate: a change as several rules look at it: what they share is made once, and only when one of them asks. Pure. */
import type {Change} from '../change/change.ts';
import {type Transition, transitionOf} from '../change/transition.ts';
import {
  type ExpressionContext,
  type ExpressionSides,
  toExpressionContext,
  toExpressionSides,
} from '../rules/expression.ts';
import {showSide} from './show-side.ts';

/** How one property went, or that the rule names none, and what is made of it. */
export interface PropertyView {
  readonly transition: Transition | undefined;
  /** The transition's sides, for people. */
  from(): string;
  to(): string;
  /** What expressions see. */
  context(): ExpressionContext;
}

export interface View {
  readonly change: Change;
  of(property: string | undefined): PropertyView;
}

export function createView(change: Change): View {
  const views = new Map<string | undefined, PropertyView>();
  const sides = once(() => toExpressionSides(change));
  return {
    change,
    of(property) {
      let view = views.get(property);
      if (view === undefined) {
        view = viewProperty(change, property, sides);
        views.set(property, view);
      }
      return view;
    },
  };
}

function viewProperty(change: Change, property: string | undefined, sides: () => ExpressionSides): PropertyView {
  const transition = property === undefined ? undefined : transitionOf(change, property);
  return {
    transition,
    from: once(() => showSide(transition?.from)),
    to: once(() => showSide(transition?.to)),
    context: once(() => toExpressionContext(change, transition, sides())),
  };
}

function once<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined;
  return () => {
    made ??= {value: make()};
    return made.value;
  };
}
