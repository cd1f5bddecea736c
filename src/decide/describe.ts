/** Describe: verdicts → text for output: the reason, and every condition with both values. Pure. */

import {showValue} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import {isDrill} from '../change/drill.ts';
import type {Transition} from '../change/transition.ts';
import type {Rule, Rules} from '../rules/rules.ts';
import {ChangeView} from './change-view.ts';
import {
  ACTION_WORDS,
  BLUEPRINT,
  type ConditionKind,
  type ConditionName,
  conditionsOf,
  type Question,
} from './conditions.ts';
import {type Decision, ruleOf, type Verdict} from './evaluate.ts';
import {lookalikeHint} from './lookalike.ts';
import {showSide} from './show-side.ts';

/** One condition of a rule for one change. `expected` and `actual` are JSON values. */
export interface Condition {
  readonly condition: ConditionName;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly held: boolean;
  /** Set if the result is unknown because a value was cut from the payload. `held` is then false. */
  readonly unknown?: true;
  /** A hint about the likely mistake, if the values differ only in type, letter case or invisible characters. */
  readonly hint?: string;
}

/** A described verdict. Plain data. */
export interface DescribedVerdict {
  readonly rule: string;
  readonly matched: boolean;
  readonly undecided: boolean;
  /** The condition that decided, with both values, as a sentence. */
  readonly reason: string;
  readonly conditions: readonly Condition[];
  /** Set if it is unknown whether the change ends the incident of the rule, because the value was cut from the payload. */
  readonly mayEnd?: true;
}

/** A described decision. Plain data. */
export interface DescribedDecision {
  readonly change: Change;
  /** The verdicts of all rules, in the order of the file. The reason of rules for other blueprints is the blueprint. */
  readonly verdicts: readonly DescribedVerdict[];
}

/** The verdicts of the rules for the blueprint of the change. */
export function verdictsOnBlueprint({verdicts}: Pick<DescribedDecision, 'verdicts'>): DescribedVerdict[] {
  return verdicts.filter(({conditions: [blueprint]}) => blueprint?.held === true);
}

/** The undecided verdicts, which must be reported. */
export function undecidedIn(decisions: readonly DescribedDecision[]): {change: Change; verdict: DescribedVerdict}[] {
  return decisions.flatMap(({change, verdicts}) =>
    verdicts.flatMap(verdict => {
      if (verdict.undecided) return [{change, verdict}];
      return verdict.mayEnd ? [{change, verdict: {...verdict, reason: MAY_END}}] : [];
    }),
  );
}

const MAY_END =
  'it is unknown whether the incident is over, because the value was removed from the payload or has too many digits';

/** Describes all decisions. The verdicts of rules for other blueprints are described once for each blueprint. */
export function describeDecisions(rules: Rules, decisions: readonly Decision[]): DescribedDecision[] {
  const byBlueprint = new Map<string, readonly DescribedVerdict[]>();
  return decisions.map(({change, watching}) => {
    const view = new ChangeView(change);
    const key = isDrill(change) ? DRILL : change.blueprint;
    const declines = byBlueprint.get(key) ?? rules.rules.map(rule => decline(rule, view));
    byBlueprint.set(key, declines);
    const own = watching.map(verdict => describeFor(ruleOf(rules, verdict), verdict, view)).values();
    const verdicts = rules.rules.map((rule, index) => (isWatching(rule, change) ? own.next().value : declines[index]));
    return {change, verdicts: verdicts.filter(verdict => verdict !== undefined)};
  });
}

function isWatching(rule: Rule, change: Change): boolean {
  return rule.blueprint === change.blueprint && !isDrill(change);
}

const DRILL = 'a drill matches no rule';

/** The verdict of a rule for another blueprint. Its other conditions are not evaluated. */
function decline(rule: Rule, view: ChangeView): DescribedVerdict {
  const question = questionOf(rule, view);
  const [condition, reason] = describeCondition(BLUEPRINT, question);
  const verdict = {rule: rule.name, matched: false, undecided: false};
  if (isDrill(view.change)) return {...verdict, reason: DRILL, conditions: [{...condition, held: false}]};
  return {...verdict, reason, conditions: [condition]};
}

function describeFor(rule: Rule, {matched, undecided, decidedBy, ends}: Verdict, view: ChangeView): DescribedVerdict {
  const question = questionOf(rule, view);
  const described = conditionsOf(rule).map(kind => describeCondition(kind, question));
  const decisive = described.find(([{condition}]) => condition === decidedBy);
  const [, reason] = decisive ?? [undefined, describeMatch({...question, change: view.change})];
  const conditions = described.map(([condition]) => condition);
  const more = ends === 'undecided' ? {mayEnd: true as const} : {};
  return {rule: rule.name, matched, undecided, reason, conditions, ...more};
}

/** The reason of a verdict, without describing its conditions. */
export function reasonOf(rule: Rule, {decidedBy}: Verdict, change: Change): string {
  const question = questionOf(rule, new ChangeView(change));
  const decisive = conditionsOf(rule).find(({name}) => name === decidedBy);
  return decisive === undefined ? describeMatch({...question, change}) : describeCondition(decisive, question)[1];
}

function questionOf(rule: Rule, view: ChangeView): Question {
  return {rule, view, transition: view.transitionOf(rule.property)};
}

/** The condition, and a sentence that explains why it does not hold. */
function describeCondition(kind: ConditionKind, question: Question): [Condition, string] {
  const held = kind.holds(question);
  const {expected, actual, reason, wanted = []} = kind.describe(question);
  const hint = held === false ? lookalikeHint(actual, wanted) : undefined;
  const condition = {
    condition: kind.name,
    expected,
    actual,
    held: held === true,
    ...(held === undefined ? {unknown: true as const} : {}),
    ...(hint === undefined ? {} : {hint}),
  };
  return [condition, hint === undefined ? reason : `${reason}: ${hint}`];
}

/**
 * The changes of a match, as a sentence.
 * @param transition the transition of the rule's property
 */
export function describeMatch({rule, change, transition}: Reacting): string {
  if (transition === undefined || change.action === 'TIMER_EXPIRED') return describeAction(change, rule.property);
  return `${transition.property} went from ${showSide(transition.from)} to ${showSide(transition.to)}`;
}

interface Reacting {
  readonly rule: Rule;
  readonly change: Change;
  readonly transition?: Transition | undefined;
}

/** The action on the entity, for a rule without a property. */
export function describeAction(change: Change, property?: string): string {
  if (change.action !== 'TIMER_EXPIRED') return `the entity was ${ACTION_WORDS[change.action]}`;
  const timer = change.timer ?? property;
  return timer === undefined ? 'a timer of the entity expired' : `the timer ${showValue(timer)} expired`;
}
