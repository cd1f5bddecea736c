/**
 * Evaluate: a table of the conditions that a rule can have. For each: whether it holds for a change, and its description.
 * Pure.
 */

import {showValue} from '../base/text/show.ts';
import type {Change, ChangeAction} from '../change/change.ts';
import {mayReplace} from '../change/payload/cut-mark.ts';
import {isMarked, type Transition} from '../change/transition.ts';
import type {Rule, Scalar} from '../rules/rules.ts';
import {sentenceOfUnknown, type Unknown} from '../rules/truth-value.ts';
import type {ChangeView} from './change-view.ts';
import {showSide} from './show-side.ts';

export type ConditionName = 'blueprint' | 'on' | 'property' | 'from' | 'to' | 'above' | 'below' | 'if';

/** A rule and the change that it is evaluated for. */
export interface Question {
  readonly rule: Rule;
  readonly view: ChangeView;
  /** The transition of the rule's property. Undefined if the rule has no property. */
  readonly transition: Transition | undefined;
}

/** The description of a condition. `expected` and `actual` are JSON values. */
interface Words {
  readonly expected: unknown;
  readonly actual: unknown;
  /** Why the condition does not hold, as a sentence. */
  readonly reason: string;
  /** The written values, if `actual` is compared with them. */
  readonly wanted?: readonly Scalar[];
}

/** `isStated` and `holds` are called for every rule and change. `describe` is called only for output. */
export interface ConditionKind {
  readonly name: ConditionName;
  isStated(rule: Rule): boolean;
  /** Undefined if it is unknown: a value that it reads was cut from the payload, or its expression failed. */
  holds(question: Question): boolean | undefined;
  describe(question: Question): Words;
}

export const BLUEPRINT: ConditionKind = {
  name: 'blueprint',
  isStated: () => true,
  holds: ({rule, view}) => rule.blueprint === view.change.blueprint,
  describe({rule, view}) {
    const [expected, actual] = [rule.blueprint, view.change.blueprint];
    const reason = `the rule watches blueprint ${expected}, but the entity is of ${showValue(actual)}`;
    return {expected, actual, reason, wanted: [expected]};
  },
};

export const ACTION_WORDS: Record<ChangeAction, string> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
  TIMER_EXPIRED: 'timer-expired',
};

const on: ConditionKind = {
  name: 'on',
  isStated: () => true,
  holds: ({rule, view}) => rule.on.includes(view.change.action),
  describe({rule, view}) {
    const expected = rule.on.map(action => ACTION_WORDS[action]);
    const actual = ACTION_WORDS[view.change.action];
    return {expected, actual, reason: `the rule reacts to ${expected.join(', ')}, but the entity was ${actual}`};
  },
};

/** Legacy timer events do not report which timer expired, so it is possibly this one. */
function isTimer({timer, truncated}: Change, name: string | undefined): boolean | undefined {
  if (truncated?.includes('timer')) return undefined;
  return timer === undefined || timer === name;
}

const property: ConditionKind = {
  name: 'property',
  isStated: rule => rule.property !== undefined,
  holds({view: {change}, transition}) {
    if (change.action === 'TIMER_EXPIRED') return isTimer(change, transition?.property);
    return transition?.truncated ? undefined : transition?.changed;
  },
  describe({rule, view: {change}, transition}) {
    const name = rule.property ?? '';
    if (change.action === 'TIMER_EXPIRED') {
      if (isTimer(change, name) === undefined) return notKnown(name, 'change.timer');
      const reason = `the timer that expired is ${showValue(change.timer)}, not ${name}`;
      return {expected: name, actual: change.timer ?? null, reason};
    }
    const expected = `${name} changes`;
    if (transition?.truncated) return notKnown(expected, name);
    const [from, to] = [showSide(transition?.from), showSide(transition?.to)];
    const actual = transition?.changed ? `${from} → ${to}` : `${to}, as before`;
    return {expected, actual, reason: `${name} did not change: it is still ${to}`};
  },
};

function valueOn(side: 'from' | 'to'): ConditionKind {
  const isWanted = ({rule, view, transition}: Question): boolean | undefined => {
    const {[side]: wanted = [], property} = rule;
    if (transition === undefined || transition.truncated || property === undefined) return undefined;
    const actual = transition[side];
    if (!isMarked(view.change, side === 'from' ? 'before' : 'after', property))
      return wanted.includes(actual as Scalar);
    return wanted.some(value => mayReplace(actual, value)) ? undefined : false;
  };
  return {
    name: side,
    isStated: rule => rule[side] !== undefined,
    holds: isWanted,
    describe(question) {
      const {rule, transition} = question;
      const wanted = rule[side] ?? [];
      const expected = wanted.length === 1 ? wanted[0] : wanted;
      if (transition === undefined || isWanted(question) === undefined) return notKnown(expected, rule.property);
      const actual = transition[side];
      const list = wanted.map(value => showSide(value)).join(' or ');
      const reason = `${rule.property} went ${side} ${showSide(actual)}, not ${side} ${list}`;
      return {expected, actual, reason, wanted};
    },
  };
}

/**
 * Holds if the new value is at or past the threshold and the old value was not. A new value that is not a number never
 * matches. An old value that is absent or not a number counts as not past the threshold.
 */
function edge(name: 'above' | 'below'): ConditionKind {
  const isPast = (value: unknown, threshold: number) =>
    typeof value === 'number' && (name === 'above' ? value >= threshold : value <= threshold);
  const crosses = ({rule, view: {change}, transition}: Question): boolean | undefined => {
    if (transition === undefined || transition.truncated) return undefined;
    const {property, from, to} = transition;
    const threshold = rule[name] ?? Number.NaN;
    // A mark can replace a number that JavaScript cannot represent.
    const arrives = isMarked(change, 'after', property) ? undefined : isPast(to, threshold);
    const starts = isMarked(change, 'before', property) ? undefined : !isPast(from, threshold);
    if (arrives === false || starts === false) return false;
    return arrives && starts;
  };
  return {
    name,
    isStated: rule => rule[name] !== undefined,
    holds: crosses,
    describe(question) {
      const {rule, view, transition} = question;
      const threshold = rule[name] ?? Number.NaN;
      if (transition === undefined || crosses(question) === undefined) return notKnown(threshold, rule.property);
      const why = () => {
        const {from, to} = transition;
        const past = `${threshold} or ${name === 'above' ? 'more' : 'less'}`;
        if (isPast(to, threshold) || isMarked(view.change, 'after', transition.property))
          return `was already at ${past}: it went from ${showSide(from)} to ${showSide(to)}`;
        if (to === null) return 'is not set';
        if (typeof to !== 'number') return `is not a number: ${showValue(JSON.stringify(to))}`;
        return `is at ${to}, not at ${past}`;
      };
      return {expected: threshold, actual: transition.to, reason: `${rule.property} ${why()}`};
    },
  };
}

const expression: ConditionKind = {
  name: 'if',
  isStated: rule => rule.if !== undefined,
  holds({rule, view}) {
    const result = rule.if && view.evaluate(rule.if, rule.property);
    return typeof result === 'boolean' ? result : undefined;
  },
  describe({rule, view}) {
    if (rule.if === undefined) return notKnown(null, undefined);
    const {source} = rule.if;
    const result = view.evaluate(rule.if, rule.property);
    if (typeof result !== 'boolean') return describeUnknown(source, result);
    const values = rule.if.valuesIn(view.contextFor(rule.property));
    const details = values.map(({path, value}) => `${path} is ${showSide(value)}`).join(', ');
    const actual = Object.fromEntries(values.map(({path, value}) => [path, value]));
    const reason = `${showValue(source)} is false${details === '' ? '' : `: ${details}`}`;
    return {expected: source, actual, reason};
  },
};

function describeUnknown(source: string, unknown: Unknown): Words {
  if (unknown.error === undefined) return notKnown(source, unknown.cut);
  return {expected: source, actual: unknown.error, reason: sentenceOfUnknown(unknown, source)};
}

function notKnown(expected: unknown, cut: string | undefined): Words {
  return {expected, actual: 'not known', reason: sentenceOfUnknown({cut: cut ?? 'a value'}, '')};
}

/** In order of evaluation. */
export const CONDITIONS: readonly ConditionKind[] = [
  BLUEPRINT,
  on,
  property,
  valueOn('from'),
  valueOn('to'),
  edge('above'),
  edge('below'),
  expression,
];

/** Cached for each rule, because every change is evaluated against the rules. */
const stated = new WeakMap<Rule, readonly ConditionKind[]>();

/** The conditions of the rule, in order of evaluation. */
export function conditionsOf(rule: Rule): readonly ConditionKind[] {
  let kinds = stated.get(rule);
  if (kinds === undefined) {
    kinds = CONDITIONS.filter(({isStated}) => isStated(rule));
    stated.set(rule, kinds);
  }
  return kinds;
}
