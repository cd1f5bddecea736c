/** Plan: which destinations hear of matches of which only some facts are known, as "critical, of team payments". Pure. */
import type {DestinationRef, Route, RouteKey, Rule, Selector} from '../rules/rules.ts';
import {DEFAULT_DESTINATION} from './route.ts';
import {describeSelector} from './select.ts';

/** What is known about a match. A key that is absent is not known, and each of its values is possible. */
export type KnownFacts = Readonly<Partial<Record<RouteKey, readonly string[]>>>;

/** A route that takes the match, or that can take it. */
export interface RouteStep {
  /** `routes[1]`, `notify.slack` or `default`, as in {@link TakenRoute}. */
  readonly route: string;
  /** What its `match` asks for: `team: payments`. Empty if it asks for nothing. */
  readonly asks: string;
  /** Names of destinations, and expressions as they are written, in braces. */
  readonly slack: readonly string[];
  readonly fallback?: string;
  /** Later routes can add their destinations. */
  readonly continue: boolean;
  /** What must be the case besides the known facts: `environment: production`. */
  readonly if?: string;
  /** An earlier route can take the match first. */
  readonly otherwise?: true;
}

export interface Hearing {
  readonly steps: readonly RouteStep[];
  /** The destinations that hear of each such match. */
  readonly always: readonly string[];
  /** The destinations that hear of some of them. */
  readonly perhaps: readonly string[];
  /** Expressions that name a destination, which only the entity knows. */
  readonly lookedUp: readonly string[];
}

/** Whether a selector takes a match, as far as the facts say. `if`: what decides, and is not known. */
export type Fit = {readonly fits: false} | {readonly fits: true; readonly if?: string};

export function fitOf(selector: Selector, facts: KnownFacts): Fit {
  const open: Partial<Record<RouteKey, unknown>> = {};
  for (const [key, wanted] of Object.entries(selector) as [RouteKey, Selector[RouteKey]][]) {
    const known = facts[key];
    if (known === undefined) open[key] = wanted;
    else if (!known.some(fact => takesFact(wanted ?? [], fact))) return {fits: false};
  }
  return Object.keys(open).length === 0 ? {fits: true} : {fits: true, if: describeSelector(open as Selector)};
}

function takesFact(wanted: NonNullable<Selector[RouteKey]>, fact: string): boolean {
  return wanted.some(value => (typeof value === 'string' ? value === fact : value.matches(fact)));
}

/** The facts with those that the rule itself gives. */
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

/** Whether the rule has what the facts say about a rule. */
export function isAsked(rule: Rule, facts: KnownFacts): boolean {
  const own = factsOfRule(rule, {});
  return (['blueprint', 'property', 'severity', 'rule'] as const).every(
    key => facts[key] === undefined || (own[key] ?? []).some(value => facts[key]?.includes(value)),
  );
}

/**
 * The routes from top to bottom, as {@link routeMatch} asks them, with each that can take the match.
 * @param own destinations of the rule itself, which go before all routes
 */
export function whoHears(routes: readonly Route[], facts: KnownFacts, own?: readonly DestinationRef[]): Hearing {
  const steps: RouteStep[] = [];
  // Whether no step so far can have taken the match from those that follow.
  let isOpen = true;
  for (const candidate of candidatesIn(routes, facts, own)) {
    steps.push({...candidate, ...(isOpen ? {} : {otherwise: true as const})});
    const certain = candidate.if === undefined && givesOne(candidate);
    if (!candidate.continue && certain) return hearingOf(steps);
    if (!candidate.continue) isOpen = false;
  }
  if (steps.some(step => isSure(step) && givesOne(step))) return hearingOf(steps);
  const last = {route: 'default', asks: '', slack: [DEFAULT_DESTINATION], continue: false};
  return hearingOf([...steps, steps.length === 0 ? last : {...last, otherwise: true}]);
}

function* candidatesIn(
  routes: readonly Route[],
  facts: KnownFacts,
  own: readonly DestinationRef[] | undefined,
): Generator<RouteStep> {
  if (own !== undefined) yield {route: 'notify.slack', asks: '', slack: own.map(writtenDestination), continue: false};
  for (const {place, match, slack, fallback, continue: goesOn} of routes) {
    const fit = fitOf(match, facts);
    if (!fit.fits) continue;
    yield {
      route: place,
      asks: describeSelector(match),
      slack: slack.map(writtenDestination),
      ...(fallback === undefined ? {} : {fallback}),
      continue: goesOn,
      ...(fit.if === undefined ? {} : {if: fit.if}),
    };
  }
}

/** A name, or an expression as it is written. */
export function writtenDestination(ref: DestinationRef): string {
  return typeof ref === 'string' ? ref : `{{ ${ref.source.trim()} }}`;
}

function isExpression(slack: string): boolean {
  return slack.startsWith('{{');
}

function isSure(step: RouteStep): boolean {
  return step.if === undefined && step.otherwise === undefined;
}

/** Whether it certainly gives a destination: an expression can give none. */
function givesOne({slack, fallback}: RouteStep): boolean {
  return fallback !== undefined || slack.some(one => !isExpression(one));
}

function hearingOf(steps: readonly RouteStep[]): Hearing {
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
