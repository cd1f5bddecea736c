/** Evaluate: the conditions of a rule, each asked of a change and answered with both values and a sentence. Pure. */
import type {Change, ChangeAction} from '../change/change.ts';
import {isCut, type Transition} from '../change/transition.ts';
import type {Expression} from '../rules/expression.ts';
import type {Rule, Scalar} from '../rules/rules.ts';
import {showValue} from '../text.ts';
import {showSide} from './show-side.ts';
import type {PropertyView} from './view.ts';

export {showSide} from './show-side.ts';

/** One condition of a rule for one change. `expected` and `actual` are JSON values. */
export interface Condition {
  readonly condition: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly held: boolean;
  /** The value was cut from the payload, so whether the condition holds can't be told; `held` is false then. */
  readonly unknown?: true;
  /** What the author may have meant, where the values differ only in letter case or in what can't be seen. */
  readonly hint?: string;
}

/** A condition, and the sentence that says why it does not hold: asked for only where it decides. */
interface Answer {
  readonly condition: Condition;
  readonly explain: () => string;
}

const ACTION_WORDS: Record<ChangeAction, string> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
  TIMER_EXPIRED: 'timer-expired',
};

/**
 * The conditions that the rule states about a change of its blueprint, in the order in which they decide.
 * @param isBrief once one does not hold, what is asked next may be left out
 */
export function conditionsOf(rule: Rule, change: Change, property: PropertyView, isBrief: boolean): Answer[] {
  const answers = [...openingOf(rule, change.action)];
  const isEnough = () => isBrief && answers.some(({condition}) => !condition.held);
  const {transition} = property;
  if (transition !== undefined && !isEnough()) addTransition(answers, rule, change, property, transition);
  if (rule.if !== undefined && !isEnough()) answers.push(askExpression(rule.if, change, property));
  return answers;
}

/** What is asked first has the same answer for every change of the blueprint, by its action: made once for each rule. */
const openings = new WeakMap<Rule, Map<ChangeAction, readonly Answer[]>>();

function openingOf(rule: Rule, action: ChangeAction): readonly Answer[] {
  const byAction = openings.get(rule) ?? new Map<ChangeAction, readonly Answer[]>();
  let opening = byAction.get(action);
  if (opening === undefined) {
    opening = [askBlueprint(rule, rule.blueprint), askAction(rule, action)];
    openings.set(rule, byAction.set(action, opening));
  }
  return opening;
}

/** Whether the rule watches the blueprint at all. */
export function askBlueprint({blueprint}: Rule, actual: string): Answer {
  const held = blueprint === actual;
  return answer(
    {condition: 'blueprint', expected: blueprint, actual, held},
    () => `the rule watches blueprint ${blueprint}, the entity is of ${showValue(actual)}`,
    held ? undefined : lookalikeHint(actual, [blueprint]),
  );
}

function askAction({on}: Rule, action: ChangeAction): Answer {
  const expected = on.map(item => ACTION_WORDS[item]);
  const actual = ACTION_WORDS[action];
  return answer(
    {condition: 'on', expected, actual, held: on.includes(action)},
    () => `the rule reacts to ${expected.join(', ')}; this was ${actual}`,
  );
}

function addTransition(
  answers: Answer[],
  rule: Rule,
  change: Change,
  property: PropertyView,
  transition: Transition,
): void {
  answers.push(change.action === 'TIMER_EXPIRED' ? askTimer(change, transition) : askChanged(transition, property));
  if (transition.truncated) return; // of a value that is not there, nothing more can be asked
  if (rule.from !== undefined) answers.push(askValue('from', rule.from, transition));
  if (rule.to !== undefined) answers.push(askValue('to', rule.to, transition));
  if (rule.above !== undefined) answers.push(askEdge('above', rule.above, transition));
  if (rule.below !== undefined) answers.push(askEdge('below', rule.below, transition));
}

/** Legacy timer events do not say which timer expired: then it may be this one. */
function askTimer({timer}: Change, {property}: Transition): Answer {
  return answer(
    {condition: 'property', expected: property, actual: timer ?? null, held: timer === undefined || timer === property},
    () => `the timer that expired is ${showValue(timer)}, not ${property}`,
  );
}

function askChanged({property, changed, truncated}: Transition, {from, to}: PropertyView): Answer {
  const expected = `${property} changes`;
  if (truncated) {
    const condition = {condition: 'property', expected, actual: 'not known', held: false, unknown: true} as const;
    return {condition, explain: () => isNotKnown(property)};
  }
  const actual = changed ? `${from()} → ${to()}` : `stays ${to()}`;
  return {
    condition: {condition: 'property', expected, actual, held: changed},
    explain: () => `${property} did not change: it stays ${to()}`,
  };
}

function askValue(condition: 'from' | 'to', wanted: readonly Scalar[], transition: Transition): Answer {
  const actual = transition[condition];
  const held = wanted.some(value => value === actual);
  return answer(
    {condition, expected: wanted.length === 1 ? wanted[0] : wanted, actual, held},
    () => {
      const list = wanted.map(value => showSide(value)).join(' or ');
      return `${transition.property} went ${condition} ${showSide(actual)}, not ${condition} ${list}`;
    },
    held ? undefined : lookalikeHint(actual, wanted),
  );
}

/**
 * An edge: the new value is at the threshold or past it, the old one was not. What is no number never fires; an old value
 * that is absent or no number counts as "not there yet".
 */
function askEdge(condition: 'above' | 'below', threshold: number, {property, from, to}: Transition): Answer {
  const isPast = (value: unknown) =>
    typeof value === 'number' && (condition === 'above' ? value >= threshold : value <= threshold);
  return answer({condition, expected: threshold, actual: to, held: isPast(to) && !isPast(from)}, () => {
    const edge = `${threshold} or ${condition === 'above' ? 'more' : 'less'}`;
    if (to === null) return `${property} is not set`;
    if (typeof to !== 'number') return `${property} is no number but ${showValue(JSON.stringify(to))}`;
    if (!isPast(to)) return `${property} is at ${to}, not at ${edge}`;
    return `${property} was at ${edge} already: it went from ${showSide(from)} to ${to}`;
  });
}

function askExpression(expression: Expression, change: Change, {context}: PropertyView): Answer {
  const {source, properties} = expression;
  const cut = change.truncated && properties.find(property => isCut(change, property));
  if (cut !== undefined) {
    const unknown = {actual: 'not known', held: false, unknown: true} as const;
    return answer({condition: 'if', expected: source, ...unknown}, () => isNotKnown(cut));
  }
  const {held, values, error} = expression.evaluate(context());
  const actual = error ?? Object.fromEntries(values.map(({path, value}) => [path, value]));
  return answer({condition: 'if', expected: source, actual, held}, () => {
    if (error !== undefined) return `${showValue(source)} could not be evaluated: ${showValue(error)}`;
    const seen = values.map(({path, value}) => `${path} is ${showSide(value)}`).join(', ');
    return `${showValue(source)} does not hold${seen === '' ? '' : `: ${seen}`}`;
  });
}

function isNotKnown(property: string): string {
  return `${property} was cut from the payload to keep GitHub's size limit: what it was is not known`;
}

function answer(condition: Condition, explain: () => string, hint?: string): Answer {
  if (hint === undefined) return {condition, explain};
  return {condition: {...condition, hint}, explain: () => `${explain()}; ${hint}`};
}

/** What happened to the entity, for a rule that names no property. */
export function describeAction(change: Change, property?: string): string {
  if (change.action !== 'TIMER_EXPIRED') return `the entity was ${ACTION_WORDS[change.action]}`;
  const timer = change.timer ?? property;
  return timer === undefined ? 'a timer of the entity expired' : `the timer ${showValue(timer)} expired`;
}

/** Where the author can't see why a text is not the one that was wanted. */
function lookalikeHint(actual: unknown, wanted: readonly Scalar[]): string | undefined {
  if (typeof actual !== 'string' || actual.length > 200) return undefined;
  const texts = wanted.filter(value => typeof value === 'string');
  const sameLetters = texts.find(text => text.toLowerCase() === actual.toLowerCase());
  if (sameLetters !== undefined) return `"${showValue(actual)}" and "${sameLetters}" differ only in letter case`;
  const sameLook = INVISIBLE.test(actual) ? texts.find(text => visible(text) === visible(actual)) : undefined;
  return sameLook && `"${showValue(actual)}" and "${sameLook}" differ only in spaces, or in what can't be seen`;
}

/** White space, and what has no look at all, like a zero-width space. */
const INVISIBLE = /[\s\p{Cf}]/u;

function visible(text: string): string {
  return text.split(INVISIBLE).join('').toLowerCase();
}
