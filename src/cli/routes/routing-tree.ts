/** Routes: the routing tree of a rules file, as data: each route with the rules that can take it. Pure. */

import {factsOfRule, possibleDestinations, writtenDestination} from '../../decide/possible-destinations.ts';
import {describeSelector} from '../../decide/select.ts';
import type {Rules} from '../../rules/rules.ts';
import {type Muting, mutingsFor} from './muting.ts';

export interface RoutingTree {
  /** In the order in which they are asked. The last is `default`, which takes what no route took. */
  readonly routes: readonly TreeRoute[];
  /** Rules with destinations of their own, which the routes are not asked about. */
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
  /** The rules whose matches can get here. */
  readonly rules: readonly string[];
}

/** @param nowMs milliseconds since the epoch: which mutes are in force */
export function routingTree(rules: Rules, nowMs: number): RoutingTree {
  const notifying = rules.rules.filter(({notify}) => notify !== undefined);
  const ways = notifying.map(rule => ({
    rule: rule.name,
    steps: possibleDestinations(rules.routes, factsOfRule(rule, {}), rule.notify?.slack).steps,
  }));
  const rulesAt = (place: string) =>
    ways.filter(({steps}) => steps.some(({route}) => route === place)).map(({rule}) => rule);
  // Of a file without rules that could get there, a route still says where it leads.
  const all = rules.routes.map(({place, match, slack, fallback, continue: goesOn}) => ({
    route: place,
    asks: describeSelector(match),
    slack: slack.map(writtenDestination),
    ...(fallback === undefined ? {} : {fallback}),
    continue: goesOn,
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
