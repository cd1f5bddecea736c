/** Act: whether a remediation is still needed. Re-evaluates the whole rule with the current entity. Pure. */

import {isSameJson} from '../../base/json.ts';
import {showValue} from '../../base/text/show.ts';
import type {Change, Snapshot} from '../../change/change.ts';
import {markOf, mayReplace} from '../../change/payload/cut-mark.ts';
import {cutAmong, resolveReads} from '../../change/reads.ts';
import {isMarked, type Transition, transitionOf} from '../../change/transition.ts';
import type {Match} from '../../decide/plan.ts';
import {showSide} from '../../decide/show-side.ts';
import {sentenceOfUnknown} from '../../rules/answer.ts';
import {toExpressionContext} from '../../rules/expression/expression.ts';
import type {Rule} from '../../rules/rules.ts';

/** The current entity. */
export interface CurrentEntity {
  /** Null if it was deleted. */
  readonly entity: Snapshot | null;
  /** The values that are unknown, as in {@link Change.truncated}. */
  readonly truncated?: readonly string[];
}

/** `over`: the rule no longer matches. `unknown`: this cannot be decided, so the script must not run. Both hold the reason. */
export type MatchStanding = {readonly stands: true} | {readonly over: string} | {readonly unknown: string};

const STANDS: MatchStanding = {stands: true};

/**
 * Re-evaluates a match with the current entity:
 * - `to`, `above` and `below` check the current value. Another value of the list also matches.
 * - With only `from`, the match applies until the value returns to one in `from`. Without values, it applies while the value
 *   differs from the value before the change.
 * - `if` is evaluated again, with the current entity as `after`.
 * - An expired timer only requires that the entity exists. A deletion is not re-evaluated.
 */
export function matchStandingOf({rule, change}: Pick<Match, 'rule' | 'change'>, current: CurrentEntity): MatchStanding {
  if (change.action === 'DELETE') return STANDS;
  if (current.entity === null) return {over: 'the entity no longer exists'};
  if (change.action === 'TIMER_EXPIRED') return STANDS;
  const now = changeUpTo(change, current.entity, current.truncated ?? []);
  const transition = rule.property === undefined ? undefined : transitionOf(now, rule.property);
  const byValue = transition === undefined ? STANDS : standingOfValue(rule, now, transition);
  return 'stands' in byValue ? standingOfExpression(rule, now, transition) : byValue;
}

/** The change as if the current entity were its result. */
function changeUpTo(change: Change, after: Snapshot, cut: readonly string[]): Change {
  const {truncated: _, ...rest} = change;
  const kept = (change.truncated ?? []).filter(mark => !/^(after\.|title$|team$)/.test(mark));
  const truncated = [...kept, ...cut.filter(mark => /^(after\.|title$|team$)/.test(mark))];
  const {title = change.title, team = change.team} = after;
  return {...rest, title: title ?? '', team, after, ...(truncated.length === 0 ? {} : {truncated})};
}

function standingOfValue(rule: Rule, now: Change, transition: Transition): MatchStanding {
  const {property, to: value} = transition;
  const isCut = transition.truncated || isMarked(now, 'after', property);
  if (isCut && mayDecide(rule, transition)) return {unknown: sentenceOfUnknown({cut: property}, '')};
  return isStillBad(rule, now, transition) ? STANDS : {over: `${property} is now ${showSide(value)}`};
}

/** Whether the truncated value can affect the result. */
function mayDecide({from = [], to}: Rule, {truncated, to: mark}: Transition): boolean {
  return truncated || to === undefined || [...from, ...to].some(value => mayReplace(mark, value));
}

function isStillBad({from, to, above, below}: Rule, now: Change, transition: Transition): boolean {
  const {to: value} = transition;
  if (above !== undefined && !(typeof value === 'number' && value >= above)) return false;
  if (below !== undefined && !(typeof value === 'number' && value <= below)) return false;
  if (to !== undefined) return to.some(wanted => wanted === value);
  if (above !== undefined || below !== undefined) return true;
  return from === undefined ? !isBack(now, transition) : !from.some(wanted => wanted === value);
}

function isBack(now: Change, {property, from, to}: Transition): boolean {
  return isMarked(now, 'before', property) ? markOf(to) === from : isSameJson(from, to);
}

function standingOfExpression(rule: Rule, now: Change, transition: Transition | undefined): MatchStanding {
  const {if: condition, property} = rule;
  if (condition === undefined) return STANDS;
  const context = toExpressionContext(now, transition);
  const answer = condition.answer(context, now.truncated && (reads => cutAmong(now, resolveReads(reads, property))));
  if (answer === true) return STANDS;
  if (answer !== false) return {unknown: sentenceOfUnknown(answer, condition.source)};
  const seen = condition.valuesIn(context).map(({path, value}) => `${path} is ${showSide(value)}`);
  return {
    over: `${showValue(condition.source)} is no longer true${seen.length === 0 ? '' : ` (${seen.join(', ')})`}`,
  };
}
