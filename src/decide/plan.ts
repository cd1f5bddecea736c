/** Plan: verdicts → what is to be done, as data: messages by destination, remediations, hand-overs. Pure. */
import type {Change} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import type {Remediate, Rule, Rules} from '../rules/rules.ts';
import {reasonOf} from './describe.ts';
import {type Decision, ruleOf} from './evaluate.ts';
import {type Mute, mutesAt, mutesOf} from './mute.ts';
import {routeMatch, type TakenRoute} from './route.ts';

/** A rule that held for a change. */
export interface Match {
  readonly rule: Rule;
  readonly change: Change;
  readonly reason: string;
  readonly transition?: Transition;
  /** The names of the Slack destinations that hear of it, at least one. */
  readonly destinations: readonly string[];
  /** The routes that say so; {@link describeRoute} puts them in a sentence. */
  readonly route: readonly TakenRoute[];
  /** What keeps Slack from hearing of it now; absent where nothing does. */
  readonly mutes?: readonly Mute[];
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

/** A reaction that a window or a silence keeps from happening. */
export interface MutedReaction {
  readonly match: Match;
  readonly mute: Mute;
  /** Where it would be told, what would be run, or the job it would be handed to. */
  readonly instead: {readonly destination: string} | {readonly run: string} | {readonly job: string};
}

/** A remediation that must not be started, because something that may forbid it cannot be read. */
export interface RefusedRemediation {
  readonly match: Match;
  /** What would be run, or the job that it would be handed to. */
  readonly instead: {readonly run: string} | {readonly job: string};
  /** As a sentence without its subject. */
  readonly why: string;
}

export interface Plan {
  readonly notifications: readonly Notification[];
  readonly remediations: readonly Remediation[];
  readonly handOvers: readonly HandOver[];
  readonly muted: readonly MutedReaction[];
  readonly refused: readonly RefusedRemediation[];
}

/** What is known beside rules and decisions. */
export interface PlanFacts {
  /** When it is decided, in milliseconds since the epoch; without it, nothing is muted. */
  readonly nowMs?: number;
  /** The names of the Slack destinations that are configured; absent where nobody can tell. */
  readonly known?: Iterable<string>;
}

/** What the rules want done about the changes, in the order of changes and rules. */
export function plan(rules: Rules, decisions: readonly Decision[], facts: PlanFacts = {}): Plan {
  const matches = matchesOf(rules, decisions, facts);
  const notifying = matches.filter(({rule}) => rule.notify !== undefined);
  const due = matches.filter(match => stopOf(match) === undefined);
  const forbidder = rules.leftOut.mayForbidRemediations;
  const acting = forbidder === undefined ? due : [];
  return {
    notifications: groupByDestination(notifying.filter(({mutes}) => mutes === undefined)),
    remediations: acting.flatMap(match => {
      const {remediate} = match.rule;
      return remediate?.run === undefined ? [] : [{match, run: remediate.run, remediate}];
    }),
    handOvers: acting.flatMap(match => {
      const job = match.rule.remediate?.job;
      return job === undefined ? [] : [{match, job}];
    }),
    muted: [...notifying.flatMap(mutedNotifications), ...matches.flatMap(mutedRemediations)],
    refused: forbidder === undefined ? [] : due.flatMap(match => refuse(match, forbidder)),
  };
}

/** @param forbidder the place in the rules of what may forbid remediations */
function refuse(match: Match, forbidder: string): RefusedRemediation[] {
  const why = `was not run: ${forbidder} of the rules has mistakes and may forbid it; fix it, and run this again`;
  return remediationOf(match).map(instead => ({match, instead, why}));
}

export function isEmpty({notifications, remediations, handOvers, refused}: Plan): boolean {
  return notifications.length + remediations.length + handOvers.length + refused.length === 0;
}

function matchesOf(rules: Rules, decisions: readonly Decision[], {nowMs, known}: PlanFacts): Match[] {
  const names = known === undefined ? undefined : [...known];
  const mutesNow = nowMs === undefined ? [] : mutesAt(rules, nowMs);
  return decisions.flatMap(({change, watching}) =>
    watching
      .filter(({matched}) => matched)
      .map((verdict): Match => {
        const rule = ruleOf(rules, verdict);
        const {transition} = verdict;
        const reason = reasonOf(rule, verdict, change);
        const match = {rule, change, reason, ...(transition === undefined ? {} : {transition})};
        const mutes = mutesOf(mutesNow, rule, change);
        return {...match, ...routeMatch(rules.routes, match, names), ...(mutes.length === 0 ? {} : {mutes})};
      }),
  );
}

function groupByDestination(matches: readonly Match[]): Notification[] {
  const destinations = [...new Set(matches.flatMap(match => match.destinations))];
  return destinations.map(destination => ({
    destination,
    matches: matches.filter(match => match.destinations.includes(destination)),
  }));
}

/** What keeps the match's remediation from being run. */
function stopOf({mutes = []}: Match): Mute | undefined {
  return mutes.find(({stopsRemediations}) => stopsRemediations);
}

function mutedNotifications(match: Match): MutedReaction[] {
  const [mute] = match.mutes ?? [];
  if (mute === undefined) return [];
  return match.destinations.map(destination => ({match, mute, instead: {destination}}));
}

function mutedRemediations(match: Match): MutedReaction[] {
  const mute = stopOf(match);
  return mute === undefined ? [] : remediationOf(match).map(instead => ({match, mute, instead}));
}

/** One, or none. */
function remediationOf({rule}: Match): RefusedRemediation['instead'][] {
  const {run, job} = rule.remediate ?? {};
  if (run !== undefined) return [{run}];
  return job === undefined ? [] : [{job}];
}

/**
 * What a rule asks for that this release does not do yet, in sentences for the reason of one of its reactions: of the
 * remediation, where it has one.
 */
export function notInForce(rule: Rule, kind: 'notification' | 'remediation'): string[] {
  if (kind === 'notification' && rule.remediate !== undefined) return [];
  const {forMs, clear, flapping, notify, remediate} = rule;
  const keys = {
    for: forMs,
    clear,
    flapping,
    repeat: notify?.repeat,
    escalate: notify?.escalate,
    cooldown: remediate?.cooldownMs,
    attempts: remediate?.attempts,
    verify: remediate?.verifyMs,
  };
  return Object.entries(keys)
    .filter(([, value]) => value !== undefined)
    .map(([key]) => `\`${key}\` is not in force yet: it needs the incident memory of a later release`);
}
