/** Plan: verdicts → what is to be done, as data: messages by destination, remediations, hand-overs. Pure. */
import type {Change} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import type {Remediate, Rule, Rules} from '../rules/rules.ts';
import type {Decision} from './evaluate.ts';
import {destinationOf} from './route.ts';

/** A rule that held for a change. */
export interface Match {
  readonly rule: Rule;
  readonly change: Change;
  readonly reason: string;
  readonly transition?: Transition;
  /** The name of the Slack destination that hears of it. */
  readonly destination: string;
}

/** One message: everything that is to be told in one destination within this run. */
export interface Notification {
  readonly destination: string;
  readonly matches: readonly Match[];
}

/** A script of the repository to be run for a match. */
export interface Remediation {
  readonly match: Match;
  readonly run: string;
  readonly remediate: Remediate;
}

/** A match that a later job of the workflow is to remediate. */
export interface HandOver {
  readonly match: Match;
  readonly job: string;
}

export interface Plan {
  readonly notifications: readonly Notification[];
  readonly remediations: readonly Remediation[];
  readonly handOvers: readonly HandOver[];
}

/** What the rules want done about the changes, in the order of changes and rules. */
export function plan(rules: Rules, decisions: readonly Decision[]): Plan {
  const matches = decisions.flatMap(decision => matchesOf(rules, decision));
  return {
    notifications: groupByDestination(matches.filter(({rule}) => rule.notify !== undefined)),
    remediations: matches.flatMap(match => {
      const {remediate} = match.rule;
      return remediate?.run === undefined ? [] : [{match, run: remediate.run, remediate}];
    }),
    handOvers: matches.flatMap(match => {
      const job = match.rule.remediate?.job;
      return job === undefined ? [] : [{match, job}];
    }),
  };
}

export function isEmpty({notifications, remediations, handOvers}: Plan): boolean {
  return notifications.length + remediations.length + handOvers.length === 0;
}

function matchesOf({routes}: Rules, {change, verdicts}: Decision): Match[] {
  return verdicts
    .filter(({matched}) => matched)
    .map(({rule, reason, transition}) => {
      const destination = destinationOf(routes, rule, change);
      return {rule, change, reason, destination, ...(transition === undefined ? {} : {transition})};
    });
}

function groupByDestination(matches: readonly Match[]): Notification[] {
  const destinations = [...new Set(matches.map(({destination}) => destination))];
  return destinations.map(destination => ({
    destination,
    matches: matches.filter(match => match.destination === destination),
  }));
}

/**
 * What a rule asks for that this release does not do yet, in sentences for the reason of one of its reactions: of the
 * remediation, where it has one.
 */
export function notInForce({clear, remediate}: Rule, kind: 'notification' | 'remediation'): string[] {
  if (kind === 'notification' && remediate !== undefined) return [];
  const keys = [
    ...(clear === undefined ? [] : ['clear']),
    ...(remediate?.cooldownMs === undefined ? [] : ['cooldown']),
    ...(remediate?.attempts === undefined ? [] : ['attempts']),
  ];
  return keys.map(key => `\`${key}\` is not in force yet: it needs the incident memory of a later release`);
}
