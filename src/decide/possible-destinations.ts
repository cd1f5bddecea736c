/** Plan: the destinations of matches for which only some facts are known, such as "critical, of team payments". Pure. */
import type {DestinationRef, Route, RouteKey, Rule, Selector} from '../rules/rules.ts';
import {DEFAULT_DESTINATION} from './route.ts';
import {describeSelector} from './select.ts';

/** The known facts about a match. If a key is absent, any value is possible. */
export type KnownFacts = Readonly<Partial<Record<RouteKey, readonly string[]>>>;

/** A route that matches or can match. */
export interface RouteStep {
  /** `routes[1]`, `notify.slack` or `default`, as in {@link TakenRoute}. */
  readonly route: string;
  /** Its selector: `team: payments`. Empty if it selects everything. */
  readonly asks: string;
  /** Names of destinations, and expressions as written, in braces. */
  readonly slack: readonly string[];
  readonly fallback?: string;
  /** Later routes can add their destinations. */
  readonly continue: boolean;
  /** Additional facts that are required: `environment: production`. */
  readonly if?: string;
  /** Set if an earlier route can take the match first. */
  readonly otherwise?: true;
}

export interface PossibleDestinations {
  readonly steps: readonly RouteStep[];
  /** The destinations of every match with these facts. */
  readonly always: readonly string[];
  /** The destinations of some of these matches. */
  readonly perhaps: readonly string[];
  /** Expressions whose destination depends on the entity. */
  readonly lookedUp: readonly string[];
}

/** Whether a selector matches, based on the known facts. `if` lists the unknown facts that decide. */
export type Fit = {readonly fits: false} | {readonly fits: true; readonly if?: string};

export function matchFacts(selector: Selector, facts: KnownFacts): Fit {
  const open: Partial<Record<RouteKey, unknown>> = {};
  for (const [key, wanted] of Object.entries(selector) as [RouteKey, Selector[RouteKey]][]) {
    const known = facts[key];
    if (known === undefined) open[key] = wanted;
    else if (!known.some(fact => matchesFact(wanted ?? [], fact))) return {fits: false};
  }
  return Object.keys(open).length === 0 ? {fits: true} : {fits: true, if: describeSelector(open as Selector)};
}

function matchesFact(wanted: NonNullable<Selector[RouteKey]>, fact: string): boolean {
  return wanted.some(value => (typeof value === 'string' ? value === fact : value.matches(fact)));
}

/** The known facts, extended by those of the rule. */
export function factsOfRule({name, blueprint, property, severity}: Rule, facts: KnownFacts): KnownFacts {
  return {
    ...facts,
    rule: [name],
    blueprint: [blueprint],
    severity: [severity],
    property: property === undefined ? [] : [property],
  };
}

/** `severity critical, team payments or search`. */
export function writtenFacts(facts: KnownFacts): string {
  return Object.entries(facts)
    .map(([key, values]) => `${key} ${values.join(' or ')}`)
    .join(', ');
}

/** Whether the facts apply to the rule. */
export function isRuleSelected(rule: Rule, facts: KnownFacts): boolean {
  const own = factsOfRule(rule, {});
  return (['blueprint', 'property', 'severity', 'rule'] as const).every(
    key => facts[key] === undefined || (own[key] ?? []).some(value => facts[key]?.includes(value)),
  );
}

/**
 * The routes that can match, in the order of {@link routeMatch}.
 * @param own destinations of the rule itself, which take precedence over all routes
 */
export function possibleDestinations(
  routes: readonly Route[],
  facts: KnownFacts,
  own?: readonly DestinationRef[],
): PossibleDestinations {
  const steps: RouteStep[] = [];
  // whether no previous step prevents later steps from matching
  let isOpen = true;
  for (const candidate of candidatesIn(routes, facts, own)) {
    steps.push({...candidate, ...(isOpen ? {} : {otherwise: true as const})});
    const certain = candidate.if === undefined && givesOne(candidate);
    if (!candidate.continue && certain) return collectDestinations(steps);
    if (!candidate.continue) isOpen = false;
  }
  if (steps.some(step => isSure(step) && givesOne(step))) return collectDestinations(steps);
  const last = {route: 'default', asks: '', slack: [DEFAULT_DESTINATION], continue: false};
  return collectDestinations([...steps, steps.length === 0 ? last : {...last, otherwise: true}]);
}

function* candidatesIn(
  routes: readonly Route[],
  facts: KnownFacts,
  own: readonly DestinationRef[] | undefined,
): Generator<RouteStep> {
  if (own !== undefined) yield {route: 'notify.slack', asks: '', slack: own.map(writtenDestination), continue: false};
  for (const {place, match, slack, fallback, continue: shouldContinue} of routes) {
    const fit = matchFacts(match, facts);
    if (!fit.fits) continue;
    yield {
      route: place,
      asks: describeSelector(match),
      slack: slack.map(writtenDestination),
      ...(fallback === undefined ? {} : {fallback}),
      continue: shouldContinue,
      ...(fit.if === undefined ? {} : {if: fit.if}),
    };
  }
}

/** A name, or an expression as written. */
export function writtenDestination(ref: DestinationRef): string {
  return typeof ref === 'string' ? ref : `{{ ${ref.source.trim()} }}`;
}

function isExpression(slack: string): boolean {
  return slack.startsWith('{{');
}

function isSure(step: RouteStep): boolean {
  return step.if === undefined && step.otherwise === undefined;
}

/** Whether the step always has a destination. An expression can have none. */
function givesOne({slack, fallback}: RouteStep): boolean {
  return fallback !== undefined || slack.some(one => !isExpression(one));
}

function collectDestinations(steps: readonly RouteStep[]): PossibleDestinations {
  const namesIn = (step: RouteStep) => step.slack.filter(one => !isExpression(one));
  const always = new Set(steps.filter(isSure).flatMap(namesIn));
  const fallbacks = steps.flatMap(({fallback}) => (fallback === undefined ? [] : [fallback]));
  const possible = new Set([...steps.flatMap(namesIn), ...fallbacks]);
  return {
    steps,
    always: [...always],
    perhaps: [...possible].filter(name => !always.has(name)),
    lookedUp: [...new Set(steps.flatMap(({slack}) => slack.filter(isExpression)))],
  };
}
