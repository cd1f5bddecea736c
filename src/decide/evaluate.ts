/** Evaluate: rules × changes → a verdict for each rule, as plain data. The words for it are in describe.ts. Pure. */
import {type Change, propertyOf} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import type {Rule, Rules} from '../rules/rules.ts';
import {type ConditionName, conditionsOf} from './conditions.ts';
import {type End, endOf} from './ends.ts';
import {View} from './view.ts';

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

/** The verdicts of the rules that watch the change's blueprint, in the order of the file: all that can match. */
export function evaluate({byBlueprint}: Rules, change: Change): Verdict[] {
  const watching = byBlueprint.get(change.blueprint);
  if (watching === undefined) return [];
  const view = new View(change);
  const quiet = quietVerdictsOn(watching);
  return watching.map((rule, index) => quietVerdict(rule, change, quiet[index]) ?? verdictOn(rule, view));
}

/** The two verdicts on a rule whose property did not change, which are the same for all such changes. */
interface QuietVerdicts {
  readonly action: Verdict;
  readonly property: Verdict;
}

/** Made once for each blueprint: most rules watch properties that a change leaves alone, and then cost next to nothing. */
const quietByRules = new WeakMap<readonly Rule[], readonly QuietVerdicts[]>();

function quietVerdictsOn(rules: readonly Rule[]): readonly QuietVerdicts[] {
  const known = quietByRules.get(rules);
  if (known !== undefined) return known;
  const verdict = (rule: Rule, decidedBy: ConditionName): Verdict =>
    Object.freeze({rule: rule.name, matched: false, undecided: false, decidedBy});
  const made = rules.map(rule => ({action: verdict(rule, 'on'), property: verdict(rule, 'property')}));
  quietByRules.set(rules, made);
  return made;
}

/** The verdict if the rule's property certainly did not change. Undefined if {@link verdictOn} has to look. */
function quietVerdict({property, on}: Rule, change: Change, quiet: QuietVerdicts | undefined): Verdict | undefined {
  const {action, before, after, truncated} = change;
  if (property === undefined || truncated !== undefined || (action !== 'UPDATE' && action !== 'CREATE'))
    return undefined;
  const [from, to] = [propertyOf(before?.properties, property), propertyOf(after?.properties, property)];
  if ((from ?? null) !== (to ?? null)) return undefined;
  return on.includes(action) ? quiet?.property : quiet?.action;
}

function verdictOn(rule: Rule, view: View): Verdict {
  const {name} = rule;
  const transition = view.transitionOf(rule.property);
  const {held, decidedBy} = holdAll(rule, view, transition);
  if (held) return {rule: name, matched: true, undecided: false, ...(transition === undefined ? {} : {transition})};
  const end = endOf(rule, view.change, transition);
  return {
    rule: name,
    matched: false,
    undecided: held === undefined,
    ...(decidedBy === undefined ? {} : {decidedBy}),
    ...(end === 'no' ? {} : {ends: end}),
  };
}

/** Whether all conditions of the rule hold, and the one that decided. `held` is undefined if that is not known. */
function holdAll(rule: Rule, view: View, transition: Transition | undefined) {
  const question = {rule, view, transition};
  let unknown: ConditionName | undefined;
  for (const {name, holds} of conditionsOf(rule)) {
    const held = holds(question);
    if (held === false) return {held, decidedBy: name};
    if (held === undefined) unknown ??= name;
  }
  return {held: unknown === undefined ? true : undefined, decidedBy: unknown};
}

/** The rule of a verdict. @throws {Error} if the verdict is not about these rules */
export function ruleOf({byName}: Rules, {rule: name}: Verdict): Rule {
  const rule = byName.get(name);
  if (rule === undefined) throw new Error(`There is no rule "${name}"`);
  return rule;
}
