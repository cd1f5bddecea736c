/** Plan: which Slack destinations hear of a match, and which routes say so. Pure. */
import type {Change} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import {messageOf} from '../errors.ts';
import {type ExpressionContext, toExpressionContext} from '../rules/expression.ts';
import type {DestinationRef, Route, Rule} from '../rules/rules.ts';
import {clip, oneLine, showValue} from '../text.ts';
import {describeSelector, selects} from './select.ts';
import {showSide} from './show-side.ts';

/** The name of the destination that the action's `slack-webhook-url` stands for. */
export const DEFAULT_DESTINATION = 'default';

/** A route that was tried for a match. */
export interface TakenRoute {
  /** `routes[1]`; `notify.slack` where the rule itself says it; `default` where nothing else does. */
  readonly route: string;
  /** What it asks for: `team: payments`; empty where it asks for nothing. */
  readonly asks: string;
  /** What its expressions led to, a sentence each. */
  readonly lookups: readonly string[];
  /** What it gives; empty where its expressions led to none, and so the next route was asked. */
  readonly destinations: readonly string[];
}

export interface Routed {
  /** At least one; each once, in the order of the routes. */
  readonly destinations: readonly string[];
  readonly route: readonly TakenRoute[];
}

/** What routing asks of a match. */
interface Routable {
  readonly rule: Rule;
  readonly change: Change;
  readonly transition?: Transition;
}

/**
 * The rule's own `notify.slack`, else the first route that takes the match and those that it lets follow, else the default.
 * @param known the names of the destinations that are configured; where nobody can tell, names are taken as they come
 */
export function routeMatch(routes: readonly Route[], match: Routable, known?: readonly string[]): Routed {
  const resolve = createResolve(match, known);
  const route: TakenRoute[] = [];
  for (const {name, asks, slack, fallback, goesOn} of candidates(routes, match)) {
    const taken = {route: name, asks, ...resolve(slack, fallback)};
    route.push(taken);
    if (taken.destinations.length > 0 && !goesOn) break;
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

/** Whether a rule or a route had a say in it. */
export function isRouted({route}: Pick<Routed, 'route'>): boolean {
  return route.some(taken => taken.route !== 'default');
}

/** Whether an expression had a say in it. */
export function isLookedUp({route}: Pick<Routed, 'route'>): boolean {
  return route.some(({lookups}) => lookups.length > 0);
}

/** "routes[1] (team: payments) → payments", for people; several where one lets others follow, or leads nowhere. */
export function describeRoute({route}: Pick<Routed, 'route'>): string {
  return route
    .map(({route: name, asks, lookups, destinations}) => {
      const why = [asks, ...lookups].filter(text => text !== '').join('; ');
      const where = destinations.length === 0 ? 'none, so the next is asked' : destinations.join(', ');
      return `${name}${why === '' ? '' : ` (${why})`} → ${where}`;
    })
    .join('; ');
}

interface Candidate {
  readonly name: string;
  readonly asks: string;
  readonly slack: readonly DestinationRef[];
  readonly fallback?: string | undefined;
  readonly goesOn: boolean;
}

/** All that could decide, in the order in which it does. */
function* candidates(routes: readonly Route[], {rule, change}: Routable): Generator<Candidate> {
  const own = rule.notify?.slack;
  if (own !== undefined) yield {name: 'notify.slack', asks: '', slack: own, goesOn: false};
  for (const {place, match, slack, fallback, continue: goesOn} of routes) {
    if (!selects(match, rule, change)) continue;
    yield {name: place, asks: describeSelector(match), slack, fallback, goesOn};
  }
}

type Resolve = (
  slack: readonly DestinationRef[],
  fallback: string | undefined,
) => Pick<TakenRoute, 'destinations' | 'lookups'>;

/** Expressions are rare: what they read is made when there is one. */
function createResolve({change, transition}: Routable, known: readonly string[] | undefined): Resolve {
  let context: ExpressionContext | undefined;
  return (slack, fallback) => {
    const lookups: string[] = [];
    const found = slack.map(ref => {
      if (typeof ref === 'string') return ref;
      context ??= toExpressionContext(change, transition);
      const {name, sentence} = lookUp(ref, context, known);
      lookups.push(sentence);
      return name ?? fallback;
    });
    return {destinations: [...new Set(found.filter(name => name !== undefined))], lookups};
  };
}

function lookUp(
  {source, valueIn}: Exclude<DestinationRef, string>,
  context: ExpressionContext,
  known: readonly string[] | undefined,
): {name: string | undefined; sentence: string} {
  try {
    const value = valueIn(context);
    const name = findDestination(value, known);
    const remark = name !== undefined || value === null ? '' : ', which is no destination';
    return {name, sentence: `${source} is ${showSide(value)}${remark}`};
  } catch (error) {
    return {name: undefined, sentence: `${source} could not be evaluated: ${showValue(messageOf(error))}`};
  }
}

/** As it is configured; people write channels with a # and in any letter case. */
function findDestination(value: unknown, known: readonly string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = value.trim().replace(/^#/, '');
  if (known === undefined) return clip(oneLine(bare), 80) || undefined;
  return known.find(name => name === bare) ?? known.find(name => name.toLowerCase() === bare.toLowerCase());
}
