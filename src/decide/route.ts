/** Plan: which Slack destinations hear of a match, and which routes say so. Pure. */

import {clip, oneLine} from '../base/text.ts';
import {sentenceOfUnknown} from '../rules/answer.ts';
import type {DestinationRef, Route} from '../rules/rules.ts';
import {createAskValue, type Subject} from './ask-value.ts';
import {describeSelector, selects} from './select.ts';
import {showSide} from './show-side.ts';

/** The name of the destination that the action's `slack-webhook-url` stands for. */
export const DEFAULT_DESTINATION = 'default';

/** A route that was tried for a match. */
export interface TakenRoute {
  /** `routes[1]`, `notify.slack` if the rule itself names destinations, or `default` if no route matched. */
  readonly route: string;
  /** What it asks for: `team: payments`. Empty if it asks for nothing. */
  readonly asks: string;
  /** What its expressions led to, a sentence each. */
  readonly lookups: readonly string[];
  /** What it gives. Empty if its expressions led to none, and so the next route was asked. */
  readonly destinations: readonly string[];
  /** Why it is not known whether it takes the match, or which destination it gives. Its fallback, or else the default, stands in. */
  readonly undecided?: string;
}

export interface Routed {
  /** At least one. Each once, in the order of the routes. */
  readonly destinations: readonly string[];
  readonly route: readonly TakenRoute[];
}

/**
 * The rule's own `notify.slack`, else the first route that takes the match and those that it lets follow, else the default.
 * A route that cannot be decided is the last one: later ones are for matches that it does not take.
 * @param known the names of the configured destinations. If they are not known, names are taken as they come
 */
export function routeMatch(routes: readonly Route[], match: Subject, known?: readonly string[]): Routed {
  const resolve = createResolve(match, known);
  const route: TakenRoute[] = [];
  for (const {name, asks, unknown, slack, fallback, goesOn} of candidates(routes, match)) {
    const taken = {route: name, asks, ...(unknown ? syntheticChange(unknown, fallback) : resolve(slack, fallback))};
    route.push(taken);
    if (taken.undecided !== undefined || (taken.destinations.length > 0 && !goesOn)) break;
  }
  const destinations = [...new Set(route.flatMap(taken => taken.destinations))];
  if (destinations.length > 0) return {destinations, route};
  const last = {route: 'default', asks: '', lookups: [], destinations: [DEFAULT_DESTINATION]};
  return {destinations: last.destinations, route: [...route, last]};
}

/** The first route that gave the destination. */
export function routeTo({route}: Pick<Routed, 'route'>, destination: string): TakenRoute | undefined {
  return route.find(({destinations}) => destinations.includes(destination));
}

/** A sentence for each route that could not be decided. */
export function undecidedRoutes({route}: Pick<Routed, 'route'>): string[] {
  return route.flatMap(({route: name, undecided}) => (undecided === undefined ? [] : [`${name}: ${undecided}`]));
}

/** Whether a rule or a route had a say in it. */
export function isRouted({route}: Pick<Routed, 'route'>): boolean {
  return route.some(taken => taken.route !== 'default');
}

/** Whether an expression had a say in it. */
export function isLookedUp({route}: Pick<Routed, 'route'>): boolean {
  return route.some(({lookups}) => lookups.length > 0);
}

/** "routes[1] (team: payments) → payments", for people. Several if one lets others follow, or gives no destination. */
export function describeRoute({route}: Pick<Routed, 'route'>): string {
  return route
    .map(({route: name, asks, lookups, destinations, undecided = ''}) => {
      const why = [asks, ...lookups, undecided].filter(text => text !== '').join('; ');
      const where = destinations.length === 0 ? 'none, so the next is asked' : destinations.join(', ');
      return `${name}${why === '' ? '' : ` (${why})`} → ${where}`;
    })
    .join('; ');
}

interface Candidate {
  readonly name: string;
  readonly asks: string;
  /** Why it is not known whether it takes the match. */
  readonly unknown?: string | undefined;
  readonly slack: readonly DestinationRef[];
  readonly fallback?: string | undefined;
  readonly goesOn: boolean;
}

/** All that could decide, in the order in which it does. */
function* candidates(routes: readonly Route[], {rule, change}: Subject): Generator<Candidate> {
  const own = rule.notify?.slack;
  if (own !== undefined) yield {name: 'notify.slack', asks: '', slack: own, goesOn: false};
  for (const {place, match, slack, fallback, continue: goesOn} of routes) {
    const answer = selects(match, rule, change);
    if (answer === false) continue;
    const unknown = answer === true ? undefined : sentenceOfUnknown(answer, '');
    yield {name: place, asks: describeSelector(match), unknown, slack, fallback, goesOn};
  }
}

type Resolved = Omit<TakenRoute, 'route' | 'asks'>;
type Resolve = (slack: readonly DestinationRef[], fallback: string | undefined) => Resolved;

function createResolve(match: Subject, known: readonly string[] | undefined): Resolve {
  const askValue = createAskValue(match);
  return (slack, fallback) => {
    const lookups: string[] = [];
    let undecided: string | undefined;
    const found = slack.map(ref => {
      if (typeof ref === 'string') return ref;
      const answer = askValue(ref);
      if ('value' in answer) {
        const {name, sentence} = lookUp(ref.source, answer.value, known);
        lookups.push(sentence);
        return name ?? fallback;
      }
      undecided ??= sentenceOfUnknown(answer, ref.source);
      return fallback ?? DEFAULT_DESTINATION;
    });
    const destinations = [...new Set(found.filter(name => name !== undefined))];
    return {destinations, lookups, ...(undecided === undefined ? {} : {undecided})};
  };
}

/** In place of a route that cannot be decided: the match must be reported. */
function syntheticChange(undecided: string, fallback = DEFAULT_DESTINATION): Resolved {
  return {destinations: [fallback], lookups: [], undecided};
}

function lookUp(
  source: string,
  value: unknown,
  known: readonly string[] | undefined,
): {name: string | undefined; sentence: string} {
  const name = findDestination(value, known);
  const remark = name !== undefined || value === null ? '' : ', which is not a destination';
  return {name, sentence: `${source} is ${showSide(value)}${remark}`};
}

/** As it is configured. People write channels with a # and in any letter case. */
function findDestination(value: unknown, known: readonly string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = value.trim().replace(/^#/, '');
  if (known === undefined) return clip(oneLine(bare), 80) || undefined;
  return known.find(name => name === bare) ?? known.find(name => name.toLowerCase() === bare.toLowerCase());
}
