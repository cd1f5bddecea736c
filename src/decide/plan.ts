/** Plan: verdicts → what is to be done, as data: messages by destination, remediations, hand-overs. Pure. */
import type {Change} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import {sentenceOfUnknown} from '../rules/answer.ts';
import {expressionsOf} from '../rules/expression/template.ts';
import type {Remediate, Rule, Rules} from '../rules/rules.ts';
import {createAskValue, type Subject} from './ask-value.ts';
import {reasonOf} from './describe.ts';
import {type Decision, ruleOf} from './evaluate.ts';
import {type Mute, mutesAt, mutesOf} from './mute.ts';
import {routeMatch, type TakenRoute, undecidedRoutes} from './route.ts';

/** A rule that held for a change. */
export interface Match {
  readonly rule: Rule;
  readonly change: Change;
  readonly reason: string;
  readonly transition?: Transition;
  /** The names of the Slack destinations that hear of it, at least one. */
  readonly destinations: readonly string[];
  /** The routes that say so. {@link describeRoute} puts them in a sentence. */
  readonly route: readonly TakenRoute[];
  /** What keeps Slack from hearing of it now. Absent if nothing does. */
  readonly mutes?: readonly Mute[];
  /**
   * What about its reactions could not be decided: whether a window mutes it, where it goes, what its text says. A sentence
   * each. The reactions that could be decided happen all the same, and the step is red.
   */
  readonly undecided?: readonly string[];
}

/** One message: everything that one destination receives in this run. */
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
  /** The destination of the message, the script that would run, or the job it would be handed to. */
  readonly instead: {readonly destination: string} | {readonly run: string} | {readonly job: string};
}

/** A remediation that must not be started, because it is not known whether it is forbidden. */
export interface RefusedRemediation {
  readonly match: Match;
  /** What would be run, or the job that it would be handed to. */
  readonly instead: {readonly run: string} | {readonly job: string};
  /** As a sentence without its subject. */
  readonly why: string;
}

/** A reaction that the incident memory holds back. */
export interface HeldReaction {
  readonly match: Match;
  /** Where it would be reported, what would be run, or the job that it would be handed to. */
  readonly instead: MutedReaction['instead'];
  /** As a sentence without its subject. */
  readonly why: string;
  /** The change was handled before. */
  readonly isDuplicate?: true;
  /** A person must look at it. */
  readonly hasFailed?: true;
}

export interface Plan {
  readonly notifications: readonly Notification[];
  readonly remediations: readonly Remediation[];
  readonly handOvers: readonly HandOver[];
  readonly muted: readonly MutedReaction[];
  readonly refused: readonly RefusedRemediation[];
  /** Absent without the incident memory. */
  readonly held?: readonly HeldReaction[];
}

/** What is known beside rules and decisions. */
export interface PlanFacts {
  /** When it is decided, in milliseconds since the epoch. Without it, nothing is muted. */
  readonly nowMs?: number;
  /** The names of the Slack destinations that are configured. Absent if that is not known. */
  readonly known?: Iterable<string>;
}

/** What the rules want done about the changes, in the order of changes and rules. */
export function plan(rules: Rules, decisions: readonly Decision[], facts: PlanFacts = {}): Plan {
  const matched = matchesOf(rules, decisions, facts);
  const matches = matched.map(({match}) => match);
  const notifying = matches.filter(({rule}) => rule.notify !== undefined);
  const due = matched.filter(({match}) => stopOf(match) === undefined);
  const acting = due.flatMap(({match, refusal}) => (refusal === undefined ? match : []));
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
    refused: due.flatMap(({match, refusal: why}) =>
      why === undefined ? [] : remediationOf(match).map(instead => ({match, instead, why})),
    ),
  };
}

interface Matched {
  readonly match: Match;
  /** Why its remediation must not be started, as a sentence without its subject. */
  readonly refusal: string | undefined;
}

function matchesOf(rules: Rules, decisions: readonly Decision[], {nowMs, known}: PlanFacts): Matched[] {
  const names = known === undefined ? undefined : [...known];
  const mutesNow = nowMs === undefined ? [] : mutesAt(rules, nowMs);
  return decisions.flatMap(({change, watching}) =>
    watching.flatMap((verdict): Matched[] => {
      if (!verdict.matched) return [];
      const rule = ruleOf(rules, verdict);
      const {transition} = verdict;
      const subject = {rule, change, ...(transition === undefined ? {} : {transition})};
      const routed = routeMatch(rules.routes, subject, names);
      const {mutes, undecided: unclear} = mutesOf(mutesNow, rule, change);
      const undecided = [
        ...unclear.map(({reason}) => reason),
        ...undecidedRoutes(routed),
        ...(mutes.length > 0 ? [] : unknownInText(subject)),
      ];
      const match = {
        ...subject,
        reason: reasonOf(rule, verdict, change),
        ...routed,
        ...(mutes.length === 0 ? {} : {mutes}),
        ...(undecided.length === 0 ? {} : {undecided}),
      };
      return [{match, refusal: refusalOf(rules, rule, unclear)}];
    }),
  );
}

/** Its script is missing, what may forbid it has mistakes, or it is not known whether a mute is about the match. */
function refusalOf(
  {leftOut}: Rules,
  {remediate}: Rule,
  unclear: ReturnType<typeof mutesOf>['undecided'],
): string | undefined {
  const script = remediate?.run;
  if (script !== undefined && leftOut.scripts?.has(script)) {
    return `was not run: there is no file "${script}" in the repository. Commit it, or fix \`remediate.run\`.`;
  }
  const forbidder = leftOut.mayForbidRemediations;
  if (forbidder !== undefined) {
    return `was not run: ${forbidder} of the rules has mistakes and may forbid it. Fix it, and run this again.`;
  }
  const doubt = unclear.find(({mute}) => mute.stopsRemediations);
  return doubt && `was not run, as it may be forbidden: ${doubt.reason}`;
}

/** A sentence for each value of the rule's own text that is not known. The message has a mark in its place. */
function unknownInText(subject: Subject): string[] {
  const askValue = createAskValue(subject);
  const sentences = expressionsOf(subject.rule.notify?.text).flatMap(expression => {
    const answer = askValue(expression);
    return 'value' in answer ? [] : [`notify.text: ${sentenceOfUnknown(answer, expression.source)}`];
  });
  return [...new Set(sentences)];
}

/** The matches that a plan is made of, each once. */
export function matchesIn({notifications, remediations, handOvers, muted, refused, held = []}: Plan): Match[] {
  const reactions = [...remediations, ...handOvers, ...muted, ...refused, ...held];
  return [...new Set([...notifications.flatMap(({matches}) => matches), ...reactions.map(({match}) => match)])];
}

/** One message for each destination. */
export function groupByDestination(matches: readonly Match[]): Notification[] {
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

/** What would be run, or the job that it would be handed to. */
function remediationOf({rule}: Match): RefusedRemediation['instead'][] {
  const {run, job} = rule.remediate ?? {};
  if (run !== undefined) return [{run}];
  return job === undefined ? [] : [{job}];
}

/**
 * What a rule asks for that needs the incident memory, in sentences for one of its reactions: the remediation, if it has one.
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
    .map(([key]) => `\`${key}\` is not in force: it needs the incident memory`);
}
