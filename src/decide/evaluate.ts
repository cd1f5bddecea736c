/** Evaluate: rules × changes → a verdict for each rule, as plain data. describe.ts turns verdicts into text. Pure. */
import {type Change, type ChangeAction, propertyOf} from '../change/change.ts';
import {isDrill} from '../change/drill.ts';
import type {Transition} from '../change/transition.ts';
import type {Rule, Rules} from '../rules/rules.ts';
import {ChangeView} from './change-view.ts';
import {type ConditionKind, type ConditionName, conditionsOf} from './conditions.ts';
import {type End, endOf} from './ends.ts';

/** Whether a rule matched a change. Plain data that can be serialized, compared and stored. */
export interface Verdict {
  /** The name of the rule, a key of {@link Rules.byName}. */
  readonly rule: string;
  readonly matched: boolean;
  /** The rule did not match, but only because a value was cut from the payload. */
  readonly undecided: boolean;
  /** The condition that decided: the first that does not hold, or the first that is unknown. Absent if the rule matched. */
  readonly decidedBy?: ConditionName;
  /** Whether the change ends the incident of the rule. Set only if the rule did not match. `undecided`: the value was cut. */
  readonly ends?: Exclude<End, 'no'>;
  /** The transition of the rule's property. Set if the rule matched and has a property. */
  readonly transition?: Transition;
}

/** The decision about one change. */
export interface Decision {
  readonly change: Change;
  /** The verdicts of the rules for the blueprint of the change, in the order of the file. No other rule can match. */
  readonly watching: readonly Verdict[];
}

/** Decides each change. The time depends on the number of rules for its blueprint, not on the total number of rules. */
export function decide(rules: Rules, changes: readonly Change[]): Decision[] {
  return changes.map(change => ({change, watching: evaluate(rules, change)}));
}

/** The verdicts of the rules for the blueprint of the change, in the order of the file. No rule matches a drill. */
export function evaluate({byBlueprint}: Rules, change: Change): Verdict[] {
  const watching = byBlueprint.get(change.blueprint);
  if (watching === undefined || isDrill(change)) return [];
  const {evaluators, unchangedVerdicts, withoutProperty, byProperty} = indexOf(watching, change.action);
  if (change.truncated !== undefined || (change.action !== 'UPDATE' && change.action !== 'CREATE')) {
    const view = new ChangeView(change);
    return evaluators.map(evaluator => verdictBy(evaluator, view));
  }
  const verdicts = unchangedVerdicts.slice();
  const changed = byProperty.filter(({property}) => mayHaveChanged(change, property)).flatMap(({indexes}) => indexes);
  if (withoutProperty.length + changed.length === 0) return verdicts; // the most common case
  const view = new ChangeView(change);
  for (const indexes of [withoutProperty, changed])
    for (const place of indexes) verdicts[place] = verdictBy(evaluators[place] as RuleEvaluator, view);
  return verdicts;
}

/** Whether the property possibly changed. False only if it certainly did not. */
function mayHaveChanged({before, after}: Change, property: string): boolean {
  return (propertyOf(before?.properties, property) ?? null) !== (propertyOf(after?.properties, property) ?? null);
}

/** The rules of a blueprint for changes of one action, by what can make them match or end an incident. */
interface RuleIndex {
  readonly evaluators: readonly RuleEvaluator[];
  /** The verdicts for a change without changed properties. They are final for rules with a property. */
  readonly unchangedVerdicts: readonly Verdict[];
  /** The indexes of the rules without a property, which any change can match. */
  readonly withoutProperty: readonly number[];
  /** The indexes of the rules with a property, by property. */
  readonly byProperty: readonly {readonly property: string; readonly indexes: readonly number[]}[];
}

/** A rule with precomputed data for changes of one action. */
interface RuleEvaluator {
  readonly rule: Rule;
  /** The conditions whose result depends on the change. */
  readonly conditions: readonly EvaluatedCondition[];
}

interface EvaluatedCondition extends Pick<ConditionKind, 'name' | 'holds'> {
  /** The verdicts if this condition does not hold, by the effect of the change on the incident of the rule. */
  readonly declined: Readonly<Record<End, Verdict>>;
}

/** Cached for each blueprint and action. */
const indexCache = new WeakMap<readonly Rule[], Map<ChangeAction, RuleIndex>>();

function indexOf(rules: readonly Rule[], action: ChangeAction): RuleIndex {
  const known = indexCache.get(rules) ?? new Map<ChangeAction, RuleIndex>();
  const index = known.get(action) ?? createIndex(rules, action);
  indexCache.set(rules, known.set(action, index));
  return index;
}

function createIndex(rules: readonly Rule[], action: ChangeAction): RuleIndex {
  const byProperty = new Map<string, number[]>();
  const withoutProperty: number[] = [];
  for (const [place, {property, on}] of rules.entries()) {
    if (property !== undefined) byProperty.set(property, [...(byProperty.get(property) ?? []), place]);
    else if (on.includes(action)) withoutProperty.push(place);
  }
  return {
    evaluators: rules.map(rule => toEvaluator(rule, action)),
    unchangedVerdicts: rules.map(rule => declined(rule, rule.on.includes(action) ? 'property' : 'on')),
    withoutProperty,
    byProperty: [...byProperty].map(([property, indexes]) => ({property, indexes})),
  };
}

function toEvaluator(rule: Rule, action: ChangeAction): RuleEvaluator {
  const verdicts = (name: ConditionName) => ({
    no: declined(rule, name),
    ended: declined(rule, name, 'ended'),
    undecided: declined(rule, name, 'undecided'),
  });
  const isCertain = (name: ConditionName) => name === 'blueprint' || (name === 'on' && rule.on.includes(action));
  const conditions = conditionsOf(rule).filter(({name}) => !isCertain(name));
  return {rule, conditions: conditions.map(({name, holds}) => ({name, holds, declined: verdicts(name)}))};
}

/** A verdict that is shared by all changes with this result. */
function declined(rule: Rule, decidedBy: ConditionName, ends?: Verdict['ends']): Verdict {
  const verdict = {rule: rule.name, matched: false, undecided: false, decidedBy};
  return Object.freeze(ends === undefined ? verdict : {...verdict, ends});
}

function verdictBy({rule, conditions}: RuleEvaluator, view: ChangeView): Verdict {
  const transition = view.transitionOf(rule.property);
  const question = {rule, view, transition};
  let unknown: ConditionName | undefined;
  for (const {name, holds, declined} of conditions) {
    const held = holds(question);
    if (held === false) return declined[endOf(rule, view.change, transition)];
    if (held === undefined) unknown ??= name;
  }
  const {name} = rule;
  if (unknown === undefined)
    return {rule: name, matched: true, undecided: false, ...(transition === undefined ? {} : {transition})};
  const end = endOf(rule, view.change, transition);
  return {rule: name, matched: false, undecided: true, decidedBy: unknown, ...(end === 'no' ? {} : {ends: end})};
}

/**
 * The rule of a verdict.
 * @throws {Error} if the verdict belongs to other rules
 */
export function ruleOf({byName}: Rules, {rule: name}: Verdict): Rule {
  const rule = byName.get(name);
  if (rule === undefined) throw new Error(`There is no rule "${name}"`);
  return rule;
}
