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

/** Whether a condition holds, known at once. The words are made for who asks: most answers, nobody reads. */
export interface Answer {
  readonly held: boolean;
  /** As in {@link Condition}. */
  readonly unknown?: true;
  /** The condition with both values. */
  describe(): Condition;
  /** The sentence that says why it does not hold. */
  explain(): string;
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
  const isEnough = () => isBrief && answers.some(({held}) => !held);
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
  return {
    held,
    describe: () => hinted({condition: 'blueprint', expected: blueprint, actual, held}, [blueprint]),
    explain: () =>
      withHint(`the rule watches blueprint ${blueprint}, the entity is of ${showValue(actual)}`, actual, [blueprint]),
  };
}

function askAction({on}: Rule, action: ChangeAction): Answer {
  const held = on.includes(action);
  const expected = on.map(item => ACTION_WORDS[item]);
  const actual = ACTION_WORDS[action];
  return {
    held,
    describe: () => ({condition: 'on', expected, actual, held}),
    explain: () => `the rule reacts to ${expected.join(', ')}; this was ${actual}`,
  };
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
  const held = timer === undefined || timer === property;
  return {
    held,
    describe: () => ({condition: 'property', expected: property, actual: timer ?? null, held}),
    explain: () => `the timer that expired is ${showValue(timer)}, not ${property}`,
  };
}

function askChanged({property, changed: held, truncated}: Transition, {from, to}: PropertyView): Answer {
  const question = () => ({condition: 'property', expected: `${property} changes`});
  if (truncated) return notKnown(question, property);
  return {
    held,
    describe: () => ({...question(), actual: held ? `${from()} → ${to()}` : `stays ${to()}`, held}),
    explain: () => `${property} did not change: it stays ${to()}`,
  };
}

function askValue(condition: 'from' | 'to', wanted: readonly Scalar[], transition: Transition): Answer {
  const actual = transition[condition];
  const held = wanted.some(value => value === actual);
  return {
    held,
    describe: () => hinted({condition, expected: wanted.length === 1 ? wanted[0] : wanted, actual, held}, wanted),
    explain() {
      const list = wanted.map(value => showSide(value)).join(' or ');
      const sentence = `${transition.property} went ${condition} ${showSide(actual)}, not ${condition} ${list}`;
      return withHint(sentence, actual, wanted);
    },
  };
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
    held,
    describe: () => ({condition, expected: threshold, actual: to, held}),
    explain() {
      const edge = `${threshold} or ${condition === 'above' ? 'more' : 'less'}`;
      if (to === null) return `${property} is not set`;
      if (typeof to !== 'number') return `${property} is no number but ${showValue(JSON.stringify(to))}`;
      if (!isPast(to)) return `${property} is at ${to}, not at ${edge}`;
      return `${property} was at ${edge} already: it went from ${showSide(from)} to ${to}`;
    },
  };
}

function askExpression(expression: Expression, change: Change, {context}: PropertyView): Answer {
  const {source, properties} = expression;
  const question = () => ({condition: 'if', expected: source});
  const cut = change.truncated && properties.find(property => isCut(change, property));
  if (cut !== undefined) return notKnown(question, cut);
  const {held, values, error} = expression.evaluate(context());
  return {
    held,
    describe() {
      const actual = error ?? Object.fromEntries(values.map(({path, value}) => [path, value]));
      return {...question(), actual, held};
    },
    explain() {
      if (error !== undefined) return `${showValue(source)} could not be evaluated: ${showValue(error)}`;
      const seen = values.map(({path, value}) => `${path} is ${showSide(value)}`).join(', ');
      return `${showValue(source)} does not hold${seen === '' ? '' : `: ${seen}`}`;
    },
  };
}

function notKnown(question: () => Pick<Condition, 'condition' | 'expected'>, property: string): Answer {
  return {
    held: false,
    unknown: true,
    describe: () => ({...question(), actual: 'not known', held: false, unknown: true}),
    explain: () => `${property} was cut from the payload to keep GitHub's size limit: what it was is not known`,
  };
}

/** What happened to the entity, for a rule that names no property. */
export function describeAction(change: Change, property?: string): string {
  if (change.action !== 'TIMER_EXPIRED') return `the entity was ${ACTION_WORDS[change.action]}`;
  const timer = change.timer ?? property;
  return timer === undefined ? 'a timer of the entity expired' : `the timer ${showValue(timer)} expired`;
}

/** The condition with what the author may have meant, where it does not hold. */
function hinted(condition: Condition, wanted: readonly Scalar[]): Condition {
  const hint = condition.held ? undefined : lookalikeHint(condition.actual, wanted);
  return hint === undefined ? condition : {...condition, hint};
}

function withHint(sentence: string, actual: unknown, wanted: readonly Scalar[]): string {
  const hint = lookalikeHint(actual, wanted);
  return hint === undefined ? sentence : `${sentence}; ${hint}`;
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
