/** Act: whether a remediation is still needed. Re-evaluates the whole rule with the current entity. Pure. */

import {isSameJson} from '../../base/json.ts';
import {showValue} from '../../base/text/show.ts';
import type {Change, Snapshot} from '../../change/change.ts';
import {markOf, mayReplace} from '../../change/payload/cut-mark.ts';
import {cutAmong, resolveReads} from '../../change/reads.ts';
import {isMarked, type Transition, transitionOf} from '../../change/transition.ts';
import type {Match} from '../../decide/plan.ts';
import {showSide} from '../../decide/show-side.ts';
import {toExpressionContext} from '../../rules/expression/expression.ts';
import type {Rule} from '../../rules/rules.ts';
import {sentenceOfUnknown} from '../../rules/truth-value.ts';

/** The current entity. */
export interface CurrentEntity {
  /** Null if it was deleted. */
  readonly entity: Snapshot | null;
  /** The values that are unknown, as in {@link Change.truncated}. */
  readonly truncated?: readonly string[];
}

/**
 * `outdated`: the rule no longer matches. `unknown`: this cannot be decided, so the script must not run. Both contain the
 * reason.
 */
export type MatchStatus = {readonly applies: true} | {readonly outdated: string} | {readonly unknown: string};

const APPLIES: MatchStatus = {applies: true};

/**
 * Re-evaluates a match with the current entity:
 * - `to`, `above` and `below` check the current value. Another value of the list also matches.
 * - With only `from`, the match applies until the value returns to one in `from`. Without values, it applies while the value
 *   differs from the value before the change.
 * - `if` is evaluated again, with the current entity as `after`.
 * - An expired timer only requires that the entity exists. A deletion is not re-evaluated.
 */
export function matchStatusOf({rule, change}: Pick<Match, 'rule' | 'change'>, current: CurrentEntity): MatchStatus {
  if (change.action === 'DELETE') return APPLIES;
  if (current.entity === null) return {outdated: 'the entity no longer exists'};
  if (change.action === 'TIMER_EXPIRED') return APPLIES;
  const now = changeTo(change, current.entity, current.truncated ?? []);
  const transition = rule.property === undefined ? undefined : transitionOf(now, rule.property);
  const byValue = transition === undefined ? APPLIES : statusOfValue(rule, now, transition);
  return 'applies' in byValue ? statusOfExpression(rule, now, transition) : byValue;
}

/** The change as if the current entity were its result. */
function changeTo(change: Change, after: Snapshot, cut: readonly string[]): Change {
  const {truncated: _, ...rest} = change;
  const kept = (change.truncated ?? []).filter(mark => !/^(after\.|title$|team$)/.test(mark));
  const truncated = [...kept, ...cut.filter(mark => /^(after\.|title$|team$)/.test(mark))];
  const {title = change.title, team = change.team} = after;
  return {...rest, title: title ?? '', team, after, ...(truncated.length === 0 ? {} : {truncated})};
}

function statusOfValue(rule: Rule, now: Change, transition: Transition): MatchStatus {
  const {property, to: value} = transition;
  const isCut = transition.truncated || isMarked(now, 'after', property);
  if (isCut && canAffectResult(rule, transition)) return {unknown: sentenceOfUnknown({cut: property}, '')};
  return stillMatches(rule, now, transition) ? APPLIES : {outdated: `${property} is now ${showSide(value)}`};
}

/** Whether the truncated value can affect the result. */
function canAffectResult({from = [], to}: Rule, {truncated, to: mark}: Transition): boolean {
  return truncated || to === undefined || [...from, ...to].some(value => mayReplace(mark, value));
}

function stillMatches({from, to, above, below}: Rule, now: Change, transition: Transition): boolean {
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

function statusOfExpression(rule: Rule, now: Change, transition: Transition | undefined): MatchStatus {
  const {if: condition, property} = rule;
  if (condition === undefined) return APPLIES;
  const context = toExpressionContext(now, transition);
  const result = condition.evaluate(context, now.truncated && (reads => cutAmong(now, resolveReads(reads, property))));
  if (result === true) return APPLIES;
  if (result !== false) return {unknown: sentenceOfUnknown(result, condition.source)};
  const seen = condition.valuesIn(context).map(({path, value}) => `${path} is ${showSide(value)}`);
  return {
    outdated: `${showValue(condition.source)} is no longer true${seen.length === 0 ? '' : ` (${seen.join(', ')})`}`,
  };
}
