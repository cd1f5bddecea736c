/** Evaluate: rules × changes → a verdict for each rule, as plain data. The words for it are in describe.ts. Pure. */
import {type Change, type ChangeAction, propertyOf} from '../change/change.ts';
import {isDrill} from '../change/drill.ts';
import type {Transition} from '../change/transition.ts';
import type {Rule, Rules} from '../rules/rules.ts';
import {type ConditionKind, type ConditionName, conditionsOf} from './conditions.ts';
import {type End, endOf} from './ends.ts';
import {ChangeView} from './view.ts';

/** Whether a rule matched a change. Plain data: it can be serialised, compared and kept. */
export interface Verdict {
  /** The rule's name, by which {@link Rules.byName} finds it. */
  readonly rule: string;
  readonly matched: boolean;
  /** It did not match only because something is not known that was cut from the payload. */
  readonly undecided: boolean;
  /** The condition that decided: the first that does not hold, or the first that is not known. Absent if the rule matched. */
  readonly decidedBy?: ConditionName;
  /** The rule did not match, and the change ends its incident, if it has one. `undecided`: the value was cut. */
  readonly ends?: Exclude<End, 'no'>;
  /** How the rule's property went, if the rule matched and names one. */
  readonly transition?: Transition;
}

/** What was decided about one change. */
export interface Decision {
  readonly change: Change;
  /** Of the rules that watch the change's blueprint, in the order of the file: all that can match. */
  readonly watching: readonly Verdict[];
}

/** Decides each change. The work grows with the rules that watch its blueprint, not with all rules. */
export function decide(rules: Rules, changes: readonly Change[]): Decision[] {
  return changes.map(change => ({change, watching: evaluate(rules, change)}));
}

/** The verdicts of the rules that watch the change's blueprint, in the order of the file: all that can match. No rule matches a drill. */
export function evaluate({byBlueprint}: Rules, change: Change): Verdict[] {
  const watching = byBlueprint.get(change.blueprint);
  if (watching === undefined || isDrill(change)) return [];
  const {judges, quiet, alert, byProperty} = indexOf(watching, change.action);
  if (change.truncated !== undefined || (change.action !== 'UPDATE' && change.action !== 'CREATE')) {
    const view = new ChangeView(change);
    return judges.map(judge => verdictBy(judge, view));
  }
  const verdicts = quiet.slice();
  const changed = byProperty.filter(({property}) => mayHaveChanged(change, property)).flatMap(({places}) => places);
  if (alert.length + changed.length === 0) return verdicts; // on nearly all changes
  const view = new ChangeView(change);
  for (const places of [alert, changed])
    for (const place of places) verdicts[place] = verdictBy(judges[place] as Judge, view);
  return verdicts;
}

/** Whether to look closer at how the property went. False only if it certainly did not change. */
function mayHaveChanged({before, after}: Change, property: string): boolean {
  return (propertyOf(before?.properties, property) ?? null) !== (propertyOf(after?.properties, property) ?? null);
}

/** The rules of a blueprint for changes of one action, by what can make them match or end an incident. */
interface RuleIndex {
  readonly judges: readonly Judge[];
  /** The verdicts on a change that left the properties alone: of rules that name one, the final ones. */
  readonly quiet: readonly Verdict[];
  /** The places of the rules that name no property: any change may be theirs. */
  readonly alert: readonly number[];
  /** The places of the rules that name a property, by its name. */
  readonly byProperty: readonly {readonly property: string; readonly places: readonly number[]}[];
}

/** A rule, with what is the same for all these changes. */
interface Judge {
  readonly rule: Rule;
  /** Those whose answer depends on the change. */
  readonly conditions: readonly JudgedCondition[];
}

interface JudgedCondition extends Pick<ConditionKind, 'name' | 'holds'> {
  /** The verdicts if this condition decides that the rule does not match, by what the change is for the rule's incident. */
  readonly declined: Readonly<Record<End, Verdict>>;
}

/** Made once for each blueprint and action. */
const indexes = new WeakMap<readonly Rule[], Map<ChangeAction, RuleIndex>>();

function indexOf(rules: readonly Rule[], action: ChangeAction): RuleIndex {
  const known = indexes.get(rules) ?? new Map<ChangeAction, RuleIndex>();
  const index = known.get(action) ?? createIndex(rules, action);
  indexes.set(rules, known.set(action, index));
  return index;
}

function createIndex(rules: readonly Rule[], action: ChangeAction): RuleIndex {
  const byProperty = new Map<string, number[]>();
  const alert: number[] = [];
  for (const [place, {property, on}] of rules.entries()) {
    if (property !== undefined) byProperty.set(property, [...(byProperty.get(property) ?? []), place]);
    else if (on.includes(action)) alert.push(place);
  }
  return {
    judges: rules.map(rule => toJudge(rule, action)),
    quiet: rules.map(rule => declined(rule, rule.on.includes(action) ? 'property' : 'on')),
    alert,
    byProperty: [...byProperty].map(([property, places]) => ({property, places})),
  };
}

function toJudge(rule: Rule, action: ChangeAction): Judge {
  const verdicts = (name: ConditionName) => ({
    no: declined(rule, name),
    ended: declined(rule, name, 'ended'),
    undecided: declined(rule, name, 'undecided'),
  });
  const isCertain = (name: ConditionName) => name === 'blueprint' || (name === 'on' && rule.on.includes(action));
  const conditions = conditionsOf(rule).filter(({name}) => !isCertain(name));
  return {rule, conditions: conditions.map(({name, holds}) => ({name, holds, declined: verdicts(name)}))};
}

/** One object for all changes that it is true of. */
function declined(rule: Rule, decidedBy: ConditionName, ends?: Verdict['ends']): Verdict {
  const verdict = {rule: rule.name, matched: false, undecided: false, decidedBy};
  return Object.freeze(ends === undefined ? verdict : {...verdict, ends});
}

function verdictBy({rule, conditions}: Judge, view: ChangeView): Verdict {
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

/** The rule of a verdict. @throws {Error} if the verdict is not about these rules */
export function ruleOf({byName}: Rules, {rule: name}: Verdict): Rule {
  const rule = byName.get(name);
  if (rule === undefined) throw new Error(`There is no rule "${name}"`);
  return rule;
}
