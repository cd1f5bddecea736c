/** A one-line summary of changes. GitHub shows it as the name of the workflow run. Pure. */

import {firstThatFit} from '../base/fit.ts';
import {clip, count, oneLine, showValue} from '../base/text/show.ts';
import type {Change, ChangeAction} from '../change/change.ts';
import {changedProperties, type Transition, transitionOf} from '../change/transition.ts';

const ACTION_WORDS: Record<ChangeAction, string> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
  TIMER_EXPIRED: 'timer expired',
};

/** A change, and the transition of the matching rule's property. Undefined if the rule has no property. */
export interface TitledChange {
  readonly change: Change;
  readonly transition: Transition | undefined;
}

/**
 * `notification-service-prod: healthStatus Healthy → Degraded`. For several changes, their number, transitions and entities:
 * `12 changes: healthStatus → Degraded ×8, → Crashed ×4 in checkout-prod, cart-prod and 7 more`.
 * @param changes at least one
 */
export function dispatchTitle(changes: readonly TitledChange[]): string {
  const [first] = changes;
  if (first === undefined) return '';
  if (changes.length > 1) return titleOfSeveral(changes);
  const {change, transition} = first;
  return `${clip(oneLine(change.entity), 60)}: ${describe(change, transition ?? firstTransition(change))}`;
}

/** For a created or deleted entity all properties changed, so the action is the better summary. */
function firstTransition(change: Change): Transition | undefined {
  const [first] = change.action === 'UPDATE' ? changedProperties(change) : [];
  return first === undefined ? undefined : transitionOf(change, first);
}

function describe(change: Change, transition: Transition | undefined): string {
  if (!transition?.changed) return ACTION_WORDS[change.action];
  const {property, from, to} = transition;
  return `${clip(oneLine(property), 40)} ${showValue(from, 40)} → ${showValue(to, 40)}`;
}

/** The approximate length that GitHub shows of a run's name. */
const MAX_TITLE = 100;
const MAX_WHAT = 45;

function titleOfSeveral(changes: readonly TitledChange[]): string {
  const what = `${count(changes.length, 'change')}: ${whatHappened(changes)} in `;
  const entities = [...new Set(changes.map(({change}) => change.entity))];
  return `${what}${listNames(entities, MAX_TITLE - what.length)}`;
}

/** The most frequent first, as many as fit: `healthStatus → Degraded ×8, → Crashed ×4`. */
function whatHappened(changes: readonly TitledChange[]): string {
  const tally = new Map<string, number>();
  for (const {change, transition} of changes) {
    const what = newValueOf(change, transition ?? firstTransition(change));
    tally.set(what, (tally.get(what) ?? 0) + 1);
  }
  const counted = [...tally].toSorted(([, a], [, b]) => b - a);
  const parts = counted.map(([what, times], index) => {
    const [property = ''] = what.split(ARROW);
    const isSame = index > 0 && counted[index - 1]?.[0].startsWith(`${property}${ARROW}`);
    return `${isSame ? what.slice(property.length + 1) : what}${counted.length === 1 ? '' : ` ×${times}`}`;
  });
  return joinThatFit(parts, MAX_WHAT);
}

const ARROW = ' → ';

/** Only the new value: with several changes, the old values would obscure it. */
function newValueOf(change: Change, transition: Transition | undefined): string {
  if (!transition?.changed) return ACTION_WORDS[change.action];
  return `${clip(oneLine(transition.property), 20)}${ARROW}${showValue(transition.to, 20)}`;
}

/** The first part, and as many more as fit. */
function joinThatFit([first = '', ...others]: readonly string[], max: number): string {
  const shown = firstThatFit(others, max - first.length, part => part.length + 2);
  return [first, ...shown, ...(shown.length < others.length ? ['…'] : [])].join(', ');
}

/** `checkout-prod, cart-prod and 7 more`: as many names as fit, at least one. */
function listNames(names: readonly string[], room: number): string {
  for (const shown of [3, 2]) {
    const list = joinNames(names.slice(0, shown), names.length);
    if (list.length <= room) return list;
  }
  const [first = ''] = names;
  const rest = joinNames([''], names.length);
  return joinNames([clip(oneLine(first), room - rest.length)], names.length);
}

function joinNames(shown: readonly string[], all: number): string {
  const names = shown.map(oneLine);
  if (all > names.length) return `${names.join(', ')} and ${all - names.length} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
