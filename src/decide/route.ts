/** Plan: the Slack destinations of a match, and the routes that led to them. Pure. */

import {clip, oneLine} from '../base/text/show.ts';
import type {DestinationRef, Route} from '../rules/rules.ts';
import {sentenceOfUnknown} from '../rules/truth-value.ts';
import {createGetValue, type Subject} from './get-value.ts';
import {describeSelector, selects} from './select.ts';
import {showSide} from './show-side.ts';

/** The name of the destination of the action's `slack-webhook-url`. */
export const DEFAULT_DESTINATION = 'default';

/** A route that was tried for a match. */
export interface TakenRoute {
  /** `routes[1]`, `notify.slack` if the rule itself lists destinations, or `default` if no route matched. */
  readonly route: string;
  /** Its selector: `team: payments`. Empty if it selects everything. */
  readonly asks: string;
  /** One sentence for the value of each expression. */
  readonly lookups: readonly string[];
  /** Its destinations. Empty if its expressions had none, so that the next route was tried. */
  readonly destinations: readonly string[];
  /** Why the route or its destination is unknown. Its fallback or the default is used instead. */
  readonly undecided?: string;
}

export interface Routed {
  /** At least one, without duplicates, in the order of the routes. */
  readonly destinations: readonly string[];
  readonly route: readonly TakenRoute[];
}

/**
 * Routes a match: to the rule's own `notify.slack`, otherwise to the first matching route and those after it that `continue`
 * allows, otherwise to the default. An undecided route is the last one, because later routes apply only if it does not match.
 * @param known the names of the configured destinations. If absent, any name is accepted
 */
export function routeMatch(routes: readonly Route[], match: Subject, known?: readonly string[]): Routed {
  const resolve = createResolve(match, known);
  const route: TakenRoute[] = [];
  for (const {name, asks, unknown, slack, fallback, shouldContinue} of candidates(routes, match)) {
    const taken = {route: name, asks, ...(unknown ? useFallback(unknown, fallback) : resolve(slack, fallback))};
    route.push(taken);
    if (taken.undecided !== undefined || (taken.destinations.length > 0 && !shouldContinue)) break;
  }
  const destinations = [...new Set(route.flatMap(taken => taken.destinations))];
  if (destinations.length > 0) return {destinations, route};
  const last = {route: 'default', asks: '', lookups: [], destinations: [DEFAULT_DESTINATION]};
  return {destinations: last.destinations, route: [...route, last]};
}

/** The first route that led to the destination. */
export function routeTo({route}: Pick<Routed, 'route'>, destination: string): TakenRoute | undefined {
  return route.find(({destinations}) => destinations.includes(destination));
}

/** A sentence for each route that could not be decided. */
export function undecidedRoutes({route}: Pick<Routed, 'route'>): string[] {
  return route.flatMap(({route: name, undecided}) => (undecided === undefined ? [] : [`${name}: ${undecided}`]));
}

/** Whether a rule or a route determined the destination, not the default. */
export function isRouted({route}: Pick<Routed, 'route'>): boolean {
  return route.some(taken => taken.route !== 'default');
}

/** Whether an expression was used to determine the destination. */
export function hasLookup({route}: Pick<Routed, 'route'>): boolean {
  return route.some(({lookups}) => lookups.length > 0);
}

/** "routes[1] (team: payments) → payments", for output. Several routes if one continues or has no destination. */
export function describeRoute({route}: Pick<Routed, 'route'>): string {
  return route
    .map(({route: name, asks, lookups, destinations, undecided = ''}) => {
      const why = [asks, ...lookups, undecided].filter(text => text !== '').join('; ');
      const where = destinations.length === 0 ? 'none, trying the next route' : destinations.join(', ');
      return `${name}${why === '' ? '' : ` (${why})`} → ${where}`;
    })
    .join('; ');
}

interface Candidate {
  readonly name: string;
  readonly asks: string;
  /** Why it is unknown whether the route matches. */
  readonly unknown?: string | undefined;
  readonly slack: readonly DestinationRef[];
  readonly fallback?: string | undefined;
  readonly shouldContinue: boolean;
}

/** The candidates for a match, in order of evaluation. */
function* candidates(routes: readonly Route[], {rule, change}: Subject): Generator<Candidate> {
  const own = rule.notify?.slack;
  if (own !== undefined) yield {name: 'notify.slack', asks: '', slack: own, shouldContinue: false};
  for (const {place, match, slack, fallback, continue: shouldContinue} of routes) {
    const result = selects(match, rule, change);
    if (result === false) continue;
    const unknown = result === true ? undefined : sentenceOfUnknown(result, '');
    yield {name: place, asks: describeSelector(match), unknown, slack, fallback, shouldContinue};
  }
}

type Resolved = Omit<TakenRoute, 'route' | 'asks'>;
type Resolve = (slack: readonly DestinationRef[], fallback: string | undefined) => Resolved;

function createResolve(match: Subject, known: readonly string[] | undefined): Resolve {
  const getValue = createGetValue(match);
  return (slack, fallback) => {
    const lookups: string[] = [];
    let undecided: string | undefined;
    const found = slack.map(ref => {
      if (typeof ref === 'string') return ref;
      const result = getValue(ref);
      if ('value' in result) {
        const {name, sentence} = lookUp(ref.source, result.value, known);
        lookups.push(sentence);
        return name ?? fallback;
      }
      undecided ??= sentenceOfUnknown(result, ref.source);
      return fallback ?? DEFAULT_DESTINATION;
    });
    const destinations = [...new Set(found.filter(name => name !== undefined))];
    return {destinations, lookups, ...(undecided === undefined ? {} : {undecided})};
  };
}

/** The result for an undecided route. The match must still be reported. */
function useFallback(undecided: string, fallback = DEFAULT_DESTINATION): Resolved {
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

/** The configured name of a destination. Values can start with # and differ in letter case. */
function findDestination(value: unknown, known: readonly string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = value.trim().replace(/^#/, '');
  if (known === undefined) return clip(oneLine(bare), 80) || undefined;
  return known.find(name => name === bare) ?? known.find(name => name.toLowerCase() === bare.toLowerCase());
}
