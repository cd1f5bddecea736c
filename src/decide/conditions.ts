/** Evaluate: the conditions of a rule, each asked of a change and answered with both values and a sentence. Pure. */
import type {Change, ChangeAction} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import type {Expression, ExpressionContext} from '../rules/expression.ts';
import type {Rule, Scalar} from '../rules/rules.ts';
import {showValue} from '../text.ts';

/** One condition of a rule for one change. `expected` and `actual` are JSON values. */
export interface Condition {
  readonly condition: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly held: boolean;
  /** What the author may have meant, where the values differ only in letter case. */
  readonly hint?: string;
}

/** A condition with the sentence that explains it where it does not hold. */
interface Answer extends Condition {
  readonly reason: string;
}

export const ACTION_WORDS: Record<ChangeAction, string> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
  TIMER_EXPIRED: 'timer-expired',
};

/** The conditions that the rule states, in the order in which they decide. */
export function* conditionsOf(
  rule: Rule,
  change: Change,
  transition: Transition | undefined,
  context: () => ExpressionContext,
): Generator<Answer> {
  yield askBlueprint(rule, change);
  yield askAction(rule, change);
  if (transition !== undefined) yield* askTransition(rule, change, transition);
  if (rule.if !== undefined) yield askExpression(rule.if, context());
}

function askBlueprint({blueprint}: Rule, change: Change): Answer {
  const held = blueprint === change.blueprint;
  const hint = held ? undefined : caseHint(change.blueprint, [blueprint]);
  return withHint(
    {
      condition: 'blueprint',
      expected: blueprint,
      actual: change.blueprint,
      held,
      reason: `the rule watches blueprint ${blueprint}, the entity is of ${showValue(change.blueprint)}`,
    },
    hint,
  );
}

function askAction({on}: Rule, change: Change): Answer {
  const words = on.map(action => ACTION_WORDS[action]);
  const actual = ACTION_WORDS[change.action];
  const held = on.includes(change.action);
  return {
    condition: 'on',
    expected: words,
    actual,
    held,
    reason: `the rule reacts to ${words.join(', ')}; this was ${actual}`,
  };
}

function* askTransition(rule: Rule, change: Change, transition: Transition): Generator<Answer> {
  yield change.action === 'TIMER_EXPIRED' ? askTimer(change, transition) : askChanged(transition);
  if (rule.from !== undefined) yield askValue('from', rule.from, transition);
  if (rule.to !== undefined) yield askValue('to', rule.to, transition);
  if (rule.above !== undefined) yield askEdge('above', rule.above, transition);
  if (rule.below !== undefined) yield askEdge('below', rule.below, transition);
}

/** Legacy timer events do not say which timer expired: then it may be this one. */
function askTimer({timer}: Change, {property}: Transition): Answer {
  const held = timer === undefined || timer === property;
  const reason = `the timer that expired is ${showValue(timer)}, not ${property}`;
  return {condition: 'property', expected: property, actual: timer ?? null, held, reason};
}

function askChanged({property, from, to, changed, truncated}: Transition): Answer {
  const reason = truncated
    ? `${property} was cut from the payload to keep GitHub's size limit: whether it changed is not known`
    : `${property} did not change: it stays ${showSide(to)}`;
  const actual = changed ? `${showSide(from)} → ${showSide(to)}` : `stays ${showSide(to)}`;
  return {condition: 'property', expected: `${property} changes`, actual, held: changed && !truncated, reason};
}

function askValue(condition: 'from' | 'to', wanted: readonly Scalar[], transition: Transition): Answer {
  const actual = transition[condition];
  const held = wanted.some(value => value === actual);
  const hint = held ? undefined : caseHint(actual, wanted);
  const list = wanted.map(value => showSide(value)).join(' or ');
  const reason = `${transition.property} went ${condition} ${showSide(actual)}, not ${condition} ${list}`;
  return withHint({condition, expected: wanted.length === 1 ? wanted[0] : wanted, actual, held, reason}, hint);
}

/**
 * An edge: the new value is at the threshold or past it, the old one was not. What is no number never fires; an old value
 * that is absent or no number counts as "not there yet".
 */
function askEdge(condition: 'above' | 'below', threshold: number, {property, from, to}: Transition): Answer {
  const isPast = (value: unknown) =>
    typeof value === 'number' && (condition === 'above' ? value >= threshold : value <= threshold);
  const held = isPast(to) && !isPast(from);
  return {
    condition,
    expected: threshold,
    actual: to,
    held,
    reason: edgeReason(condition, threshold, {property, from, to}, isPast(to)),
  };
}

function edgeReason(
  condition: 'above' | 'below',
  threshold: number,
  {property, from, to}: {property: string; from: unknown; to: unknown},
  isPast: boolean,
): string {
  const edge = condition === 'above' ? `${threshold} or more` : `${threshold} or less`;
  if (typeof to !== 'number') {
    return to === null ? `${property} is not set` : `${property} is no number but ${showValue(JSON.stringify(to))}`;
  }
  if (isPast) return `${property} was at ${edge} already: it went from ${showSide(from)} to ${to}`;
  return `${property} is at ${to}, not at ${edge}`;
}

function askExpression(expression: Expression, context: ExpressionContext): Answer {
  const {held, values, error} = expression.evaluate(context);
  const seen = values.map(({path, value}) => `${path} is ${showSide(value)}`).join(', ');
  const why =
    error === undefined
      ? `does not hold${seen === '' ? '' : `: ${seen}`}`
      : `could not be evaluated: ${showValue(error)}`;
  const actual = error ?? Object.fromEntries(values.map(({path, value}) => [path, value]));
  return {condition: 'if', expected: expression.source, actual, held, reason: `${showValue(expression.source)} ${why}`};
}

/** "not set", or the value; a text that could be taken for a value of another kind is quoted. */
export function showSide(value: unknown): string {
  if (typeof value !== 'string') return showValue(value);
  const ambiguous = value.trim() === '' || /^(true|false|null|not set|-?\d+(\.\d+)?)$/.test(value);
  return ambiguous ? JSON.stringify(value) : showValue(value);
}

/** What happened to the entity, for a rule that names no property. */
export function describeAction(change: Change, property?: string): string {
  if (change.action !== 'TIMER_EXPIRED') return `the entity was ${ACTION_WORDS[change.action]}`;
  const timer = change.timer ?? property;
  return timer === undefined ? 'a timer of the entity expired' : `the timer ${showValue(timer)} expired`;
}

function caseHint(actual: unknown, wanted: readonly Scalar[]): string | undefined {
  if (typeof actual !== 'string') return undefined;
  const meant = wanted.find(value => typeof value === 'string' && value.toLowerCase() === actual.toLowerCase());
  return meant === undefined ? undefined : `"${showValue(actual)}" and "${meant}" differ only in letter case`;
}

function withHint(answer: Answer, hint: string | undefined): Answer {
  return hint === undefined ? answer : {...answer, hint, reason: `${answer.reason}; ${hint}`};
}
