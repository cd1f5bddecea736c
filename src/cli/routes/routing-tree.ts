/** Routes: the routing tree of a rules file, as data: each route with the rules that can use it. Pure. */

import {factsOfRule, possibleDestinations, writtenDestination} from '../../decide/possible-destinations.ts';
import {describeSelector} from '../../decide/select.ts';
import type {Rules} from '../../rules/rules.ts';
import {type Muting, mutingsFor} from './muting.ts';

export interface RoutingTree {
  /** In the order of evaluation. The last one is `default`, for matches without a route. */
  readonly routes: readonly TreeRoute[];
  /** Rules with `notify.slack`, which do not use the routes. */
  readonly own: readonly {readonly rule: string; readonly slack: readonly string[]}[];
  /** Rules without `notify`. */
  readonly silent: readonly string[];
  readonly mutes: readonly Muting[];
  readonly inhibits: readonly {readonly while: readonly string[]; readonly through: string; readonly asks: string}[];
}

export interface TreeRoute {
  readonly route: string;
  readonly asks: string;
  readonly slack: readonly string[];
  readonly fallback?: string;
  readonly continue: boolean;
  /** The rules whose matches can use this route. */
  readonly rules: readonly string[];
}

/** @param nowMs the time that decides which mutes are active, in milliseconds since the epoch */
export function routingTree(rules: Rules, nowMs: number): RoutingTree {
  const notifying = rules.rules.filter(({notify}) => notify !== undefined);
  const ways = notifying.map(rule => ({
    rule: rule.name,
    steps: possibleDestinations(rules.routes, factsOfRule(rule, {}), rule.notify?.slack).steps,
  }));
  const rulesAt = (place: string) =>
    ways.filter(({steps}) => steps.some(({route}) => route === place)).map(({rule}) => rule);
  // A route is shown even if no rule can use it.
  const all = rules.routes.map(({place, match, slack, fallback, continue: continues}) => ({
    route: place,
    asks: describeSelector(match),
    slack: slack.map(writtenDestination),
    ...(fallback === undefined ? {} : {fallback}),
    continue: continues,
    rules: rulesAt(place),
  }));
  const last = {route: 'default', asks: '', slack: ['default'], continue: false, rules: rulesAt('default')};
  return {
    routes: last.rules.length > 0 || all.length === 0 ? [...all, last] : all,
    own: ways.flatMap(({rule, steps}) =>
      steps.flatMap(({route, slack}) => (route === 'notify.slack' ? [{rule, slack}] : [])),
    ),
    silent: rules.rules.filter(({notify}) => notify === undefined).map(({name}) => name),
    mutes: mutingsFor(rules, {}, nowMs),
    inhibits: rules.inhibit.map(({while: parents, through, match}) => ({
      while: parents,
      through,
      asks: describeSelector(match),
    })),
  };
}
