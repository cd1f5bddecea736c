/** Evaluate: rules × change → a verdict for each rule, with the condition that decided. Pure. */
import type {Change} from '../change/change.ts';
import {type Transition, transitionOf} from '../change/transition.ts';
import {type ExpressionSides, toExpressionContext, toExpressionSides} from '../rules/expression.ts';
import type {Rule, Rules} from '../rules/rules.ts';
import {type Condition, conditionsOf, describeAction, showSide} from './conditions.ts';

export type {Condition} from './conditions.ts';

/** Whether a rule matched a change, and why. */
export interface Verdict {
  readonly rule: Rule;
  readonly matched: boolean;
  /** It did not match only because a value was cut from the payload: whether it should have, nobody can tell. */
  readonly undecided: boolean;
  /** A sentence for people: the condition that decided, with both values. */
  readonly reason: string;
  readonly conditions: readonly Condition[];
  /** How the rule's property went; absent where the rule names none. */
  readonly transition?: Transition;
}

/** The verdicts of the rules that watch the change's blueprint, in the order of the file: all that can match. */
export function evaluate(rules: Rules, change: Change): Verdict[] {
  return evaluateAll(rules.byBlueprint.get(change.blueprint) ?? [], change);
}

/** The same, for who needs no more than what decided: the conditions end with the first that does not hold. */
export function evaluateBriefly(rules: Rules, change: Change): Verdict[] {
  return evaluateAll(rules.byBlueprint.get(change.blueprint) ?? [], change, true);
}

/** What was decided about one change: the verdicts of all rules, in the order of the file. */
export interface Decision {
  readonly change: Change;
  readonly verdicts: readonly Verdict[];
}

/** The verdicts that nobody could reach: what is lost quietly unless it is told. */
export function undecidedIn(decisions: readonly Decision[]): {change: Change; verdict: Verdict}[] {
  return decisions.flatMap(({change, verdicts}) =>
    verdicts.filter(({undecided}) => undecided).map(verdict => ({change, verdict})),
  );
}

/** Decides each change, with a verdict of every rule: those that watch other blueprints say so. */
export function decide(rules: Rules, changes: readonly Change[]): Decision[] {
  return changes.map(change => ({change, verdicts: evaluateAll(rules.rules, change)}));
}

function evaluateAll(rules: readonly Rule[], change: Change, isBrief = false): Verdict[] {
  const sides = toExpressionSides(change);
  return rules.map(rule => evaluateRule(rule, change, sides, isBrief));
}

function evaluateRule(rule: Rule, change: Change, sides: ExpressionSides, isBrief: boolean): Verdict {
  const transition = rule.property === undefined ? undefined : transitionOf(change, rule.property);
  const context = () => toExpressionContext(change, transition, sides);
  const conditions: Condition[] = [];
  let blocker: string | undefined;
  for (const {condition, explain} of conditionsOf(rule, change, transition, context)) {
    conditions.push(condition);
    if (condition.held) continue;
    blocker ??= explain();
    if (isBrief || condition.condition === 'blueprint') break; // else the rest would compare unlike things
  }
  const reason = blocker ?? matchReason(change, transition);
  const missed = conditions.filter(({held}) => !held);
  const undecided = missed.length > 0 && missed.every(({unknown}) => unknown === true);
  return {rule, matched: blocker === undefined, undecided, reason, conditions, ...(transition ? {transition} : {})};
}

function matchReason(change: Change, transition: Transition | undefined): string {
  if (transition === undefined || change.action === 'TIMER_EXPIRED')
    return describeAction(change, transition?.property);
  return `${transition.property} went from ${showSide(transition.from)} to ${showSide(transition.to)}`;
}
