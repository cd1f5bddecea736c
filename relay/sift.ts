/** Sift: which changes are dispatched to GitHub, and why the others are ignored. Pure. */

import {clip, showValue} from '../src/base/text/show.ts';
import type {Change} from '../src/change/change.ts';
import {isDrill} from '../src/change/drill.ts';
import {type Transition, transitionOf} from '../src/change/transition.ts';
import {CONDITIONS} from '../src/decide/conditions.ts';
import {reasonOf} from '../src/decide/describe.ts';
import {evaluate, ruleOf, type Verdict} from '../src/decide/evaluate.ts';
import {isIncidentDue, portCommandsIn} from '../src/incident-view/port-commands.ts';
import {isHalfKnown, type Rule, type Rules} from '../src/rules/rules.ts';

export type Sifted =
  /** The transition of the first rule that matched, else of the first rule whose incident the change can end. */
  | {readonly isRelevant: true; readonly transition: Transition | undefined}
  | {readonly isRelevant: false; readonly reason: string};

/** The position of each condition. The later the deciding condition, the closer the rule was to a match. */
const POSITIONS = new Map(CONDITIONS.map(({name}, index) => [name, index]));

/** The reason is part of a log line. */
const MAX_REASON_LENGTH = 300;

/**
 * A change is dispatched if it matches a rule, can end an incident, cannot be decided, or could match a rule with mistakes. It
 * is also dispatched if it is a command on the entity that shows an incident, or if that entity's timer has expired. Without
 * rules, all changes are dispatched. A drill is always dispatched.
 * @param portClientId the relay's own client in Port. Its changes are not commands
 */
export function sift(rules: Rules | undefined, change: Change, portClientId?: string): Sifted {
  if (
    rules === undefined ||
    isDrill(change) ||
    isIncidentDue(rules, change) ||
    portCommandsIn(rules, change, portClientId).length > 0
  )
    return {isRelevant: true, transition: undefined};
  const verdicts = evaluate(rules, change);
  const match = verdicts.find(({matched}) => matched) ?? verdicts.find(({undecided}) => undecided);
  if (match !== undefined) return {isRelevant: true, transition: match.transition};
  if (isHalfKnown(rules, change.blueprint)) return {isRelevant: true, transition: undefined};
  const verdictWithEnd = verdicts.find(({ends}) => ends !== undefined);
  if (verdictWithEnd !== undefined)
    return {isRelevant: true, transition: transitionIn(ruleOf(rules, verdictWithEnd), change)};
  return {isRelevant: false, reason: explain(rules, verdicts, change)};
}

function transitionIn({property}: Rule, change: Change): Transition | undefined {
  return property === undefined ? undefined : transitionOf(change, property);
}

/** Explains only the rule that was closest to a match. Reasons for all rules would cost more time than the decision. */
function explain(rules: Rules, verdicts: readonly Verdict[], change: Change): string {
  const [first, ...others] = verdicts;
  if (first === undefined) return `no rule watches blueprint ${showValue(change.blueprint)}`;
  const nearest = others.reduce((best, next) => (positionOf(next) > positionOf(best) ? next : best), first);
  const more = others.length === 0 ? '' : `; and ${others.length} more`;
  const reason = `${nearest.rule}: ${reasonOf(ruleOf(rules, nearest), nearest, change)}`;
  return `${clip(reason, MAX_REASON_LENGTH - more.length)}${more}`;
}

function positionOf({decidedBy}: Verdict): number {
  return (decidedBy && POSITIONS.get(decidedBy)) ?? 0;
}
