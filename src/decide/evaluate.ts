/** Evaluate: rules × change → a verdict for each rule, with the condition that decided. Pure. */
import type {Change} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import type {Rule, Rules} from '../rules/rules.ts';
import {type Answer, askBlueprint, type Condition, conditionsOf, describeAction} from './conditions.ts';
import {createView, type PropertyView, type View} from './view.ts';

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
  readonly transition?: Transition | undefined;
}

/** The verdicts of the rules that watch the change's blueprint, in the order of the file: all that can match. */
export function evaluate(rules: Rules, change: Change): Verdict[] {
  return evaluateWatching(rules, change, false);
}

/** The same, for who needs no more than what decided: the conditions end with the first that does not hold. */
export function evaluateBriefly(rules: Rules, change: Change): Verdict[] {
  return evaluateWatching(rules, change, true);
}

function evaluateWatching({byBlueprint}: Rules, change: Change, isBrief: boolean): Verdict[] {
  const view = createView(change);
  return (byBlueprint.get(change.blueprint) ?? []).map(rule => evaluateRule(rule, view, isBrief));
}

/** What was decided about one change. */
export interface Decision {
  readonly change: Change;
  /** Of the rules that watch the change's blueprint, in the order of the file: all that can match. */
  readonly watching: readonly Verdict[];
  /** Of all rules, in the order of the file: those that watch other blueprints say so. */
  readonly verdicts: readonly Verdict[];
}

/** The verdicts that nobody could reach: what is lost quietly unless it is told. */
export function undecidedIn(decisions: readonly Decision[]): {change: Change; verdict: Verdict}[] {
  return decisions.flatMap(({change, watching}) =>
    watching.filter(({undecided}) => undecided).map(verdict => ({change, verdict})),
  );
}

/**
 * Decides each change. The work grows with the rules that watch its blueprint: what the others say is the same for all
 * changes of a blueprint, made once, and put together with the rest when somebody asks for all.
 */
export function decide(rules: Rules, changes: readonly Change[]): Decision[] {
  return changes.map(change => {
    const watching = evaluate(rules, change);
    return {
      change,
      watching,
      get verdicts() {
        return allVerdicts(rules, change.blueprint, watching);
      },
    };
  });
}

function allVerdicts(rules: Rules, blueprint: string, watching: readonly Verdict[]): Verdict[] {
  const {declines, places} = declinesFor(rules, blueprint);
  const verdicts = declines.slice();
  for (const [index, place] of places.entries()) verdicts[place] = watching[index] as Verdict;
  return verdicts;
}

/** What the rules say of a blueprint that they do not watch, and the places in the file of those that do. */
interface Declines {
  readonly declines: readonly Verdict[];
  readonly places: readonly number[];
}

/** By rules and blueprint; of blueprints there are as many as a catalog holds, so they are forgotten in time. */
const made = new WeakMap<Rules, Map<string, Declines>>();
const MAX_BLUEPRINTS = 1000;

function declinesFor(rules: Rules, blueprint: string): Declines {
  const byBlueprint = made.get(rules) ?? new Map<string, Declines>();
  let found = byBlueprint.get(blueprint);
  if (found === undefined) {
    const declines = rules.rules.map(rule => declineOf(rule, blueprint));
    const places = [...declines.keys()].filter(index => rules.rules[index]?.blueprint === blueprint);
    found = {declines, places};
    if (byBlueprint.size >= MAX_BLUEPRINTS) byBlueprint.clear();
    made.set(rules, byBlueprint.set(blueprint, found));
  }
  return found;
}

function declineOf(rule: Rule, blueprint: string): Verdict {
  const decline = askBlueprint(rule, blueprint);
  return {rule, matched: false, undecided: false, reason: decline.explain(), conditions: [decline.describe()]};
}

function evaluateRule(rule: Rule, view: View, isBrief: boolean): Verdict {
  return new WordlessVerdict(rule, view, isBrief);
}

/** A verdict that knows what was decided, and asks again for the words: most of them, nobody reads. */
class WordlessVerdict implements Verdict {
  readonly rule: Rule;
  readonly matched: boolean;
  readonly undecided: boolean;
  readonly #view: View;
  readonly #isBrief: boolean;

  constructor(rule: Rule, view: View, isBrief: boolean) {
    this.rule = rule;
    this.#view = view;
    this.#isBrief = isBrief;
    const answers = this.#ask();
    this.matched = answers.every(({held}) => held);
    this.undecided = !this.matched && answers.every(({held, unknown}) => held || unknown === true);
  }

  get transition(): Transition | undefined {
    return this.#property.transition;
  }

  get reason(): string {
    const blocker = this.#ask().find(({held}) => !held);
    return blocker === undefined ? matchReason(this.#view.change, this.#property) : blocker.explain();
  }

  get conditions(): readonly Condition[] {
    return this.#ask().map(answer => answer.describe());
  }

  get #property(): PropertyView {
    return this.#view.of(this.rule.property);
  }

  #ask(): readonly Answer[] {
    return conditionsOf(this.rule, this.#view.change, this.#property, this.#isBrief);
  }
}

function matchReason(change: Change, {transition, from, to}: PropertyView): string {
  if (transition === undefined || change.action === 'TIMER_EXPIRED')
    return describeAction(change, transition?.property);
  return `${transition.property} went from ${from()} to ${to()}`;
}
