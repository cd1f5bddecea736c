/** Plan: verdicts → planned reactions as data: messages by destination, remediations, hand-overs. Pure. */
import type {Change} from '../change/change.ts';
import type {Transition} from '../change/transition.ts';
import {expressionsOf} from '../rules/expression/template.ts';
import type {Remediate, Rule, Rules} from '../rules/rules.ts';
import {sentenceOfUnknown} from '../rules/truth-value.ts';
import {type Decision, ruleOf} from './evaluate.ts';
import {createGetValue, type Subject} from './get-value.ts';
import {type Mute, mutesAt, mutesOf} from './mute.ts';
import {routeMatch, type TakenRoute, undecidedRoutes} from './route.ts';

/** A rule that matched a change. */
export interface Match {
  readonly rule: Rule;
  readonly change: Change;
  readonly transition?: Transition;
  /** The names of the Slack destinations of the match, at least one. */
  readonly destinations: readonly string[];
  /** The routes that led to the destinations. {@link describeRoute} describes them. */
  readonly route: readonly TakenRoute[];
  /** The active mutes of the match. Absent without active mutes. */
  readonly mutes?: readonly Mute[];
  /**
   * One sentence for each undecided aspect: whether a window mutes the match, its destination, or its text. The decided
   * reactions still take place, and the step fails.
   */
  readonly undecided?: readonly string[];
}

/** One message with everything that a destination receives in this run. */
export interface Notification {
  readonly destination: string;
  readonly matches: readonly Match[];
}

/** A script of the repository to run for a match. */
export interface Remediation {
  readonly match: Match;
  readonly run: string;
  readonly remediate: Remediate;
}

/** A match that a later job of the workflow remediates. */
export interface HandOver {
  readonly match: Match;
  readonly job: string;
}

/** A reaction that a window or silence suppresses. */
export interface MutedReaction {
  readonly match: Match;
  readonly mute: Mute;
  /** The suppressed reaction: the destination of the message, the script, or the job. */
  readonly instead: {readonly destination: string} | {readonly run: string} | {readonly job: string};
}

/** A remediation that must not start, because the rules may forbid it. */
export interface RefusedRemediation {
  readonly match: Match;
  /** The script or job of the remediation. */
  readonly instead: {readonly run: string} | {readonly job: string};
  /** As a sentence without its subject. */
  readonly why: string;
}

/** A reaction that the incident memory suppresses. */
export interface SuppressedReaction {
  readonly match: Match;
  /** The suppressed destination, script or job. */
  readonly instead: MutedReaction['instead'];
  /** As a sentence without its subject. */
  readonly why: string;
  /** The change was already handled. */
  readonly isDuplicate?: true;
  /** A person must investigate. */
  readonly hasFailed?: true;
}

export interface Plan {
  readonly notifications: readonly Notification[];
  readonly remediations: readonly Remediation[];
  readonly handOvers: readonly HandOver[];
  readonly muted: readonly MutedReaction[];
  readonly refused: readonly RefusedRemediation[];
  /** Absent without the incident memory. */
  readonly suppressed?: readonly SuppressedReaction[];
}

/** Inputs of the plan besides rules and decisions. */
export interface PlanFacts {
  /** The time of the decision, in milliseconds since the epoch. If absent, nothing is muted. */
  readonly nowMs?: number;
  /** The names of the configured Slack destinations. Absent if unknown. */
  readonly known?: Iterable<string>;
}

/** Plans the reactions of the rules to the changes, in the order of changes and rules. */
export function plan(rules: Rules, decisions: readonly Decision[], facts: PlanFacts = {}): Plan {
  const matched = matchesOf(rules, decisions, facts);
  const matches = matched.map(({match}) => match);
  const notifying = matches.filter(({rule}) => rule.notify !== undefined);
  const due = matched.filter(({match}) => findRemediationMute(match) === undefined);
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
  /** Why its remediation must not start, as a sentence without its subject. */
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
      const {mutes, undecided: possibleMutes} = mutesOf(mutesNow, rule, change);
      const undecided = [
        ...possibleMutes.map(({reason}) => reason),
        ...undecidedRoutes(routed),
        ...(mutes.length > 0 ? [] : unknownInText(subject)),
      ];
      const match = {
        ...subject,
        ...routed,
        ...(mutes.length === 0 ? {} : {mutes}),
        ...(undecided.length === 0 ? {} : {undecided}),
      };
      return [{match, refusal: refusalOf(rules, rule, possibleMutes)}];
    }),
  );
}

/**
 * Why the remediation is refused: its script is missing, a mute with mistakes might forbid it, or it is unknown whether a mute
 * applies.
 */
function refusalOf(
  {leftOut}: Rules,
  {remediate}: Rule,
  possibleMutes: ReturnType<typeof mutesOf>['undecided'],
): string | undefined {
  const script = remediate?.run;
  if (script !== undefined && leftOut.scripts?.has(script)) {
    return `was not run: there is no file "${script}" in the repository. Commit it, or fix \`remediate.run\`.`;
  }
  const forbidder = leftOut.mayForbidRemediations;
  if (forbidder !== undefined) {
    return `was not run: ${forbidder} of the rules has mistakes and may forbid it. Fix it, then re-run the workflow.`;
  }
  const possibleMute = possibleMutes.find(({mute}) => mute.stopsRemediations);
  return possibleMute && `was not run, because it may be forbidden: ${possibleMute.reason}`;
}

/** One sentence for each unknown value in the custom text of the rule. The message shows a mark instead of the value. */
function unknownInText(subject: Subject): string[] {
  const getValue = createGetValue(subject);
  const sentences = expressionsOf(subject.rule.notify?.text).flatMap(expression => {
    const result = getValue(expression);
    return 'value' in result ? [] : [`notify.text: ${sentenceOfUnknown(result, expression.source)}`];
  });
  return [...new Set(sentences)];
}

/** The matches in a plan, without duplicates. */
export function matchesIn({notifications, remediations, handOvers, muted, refused, suppressed = []}: Plan): Match[] {
  const reactions = [...remediations, ...handOvers, ...muted, ...refused, ...suppressed];
  return [...new Set([...notifications.flatMap(({matches}) => matches), ...reactions.map(({match}) => match)])];
}

/** Groups matches into one message for each destination. */
export function groupByDestination(matches: readonly Match[]): Notification[] {
  const destinations = [...new Set(matches.flatMap(match => match.destinations))];
  return destinations.map(destination => ({
    destination,
    matches: matches.filter(match => match.destinations.includes(destination)),
  }));
}

/** The mute that suppresses the remediation of the match. */
function findRemediationMute({mutes = []}: Match): Mute | undefined {
  return mutes.find(({stopsRemediations}) => stopsRemediations);
}

function mutedNotifications(match: Match): MutedReaction[] {
  const [mute] = match.mutes ?? [];
  if (mute === undefined) return [];
  return match.destinations.map(destination => ({match, mute, instead: {destination}}));
}

function mutedRemediations(match: Match): MutedReaction[] {
  const mute = findRemediationMute(match);
  return mute === undefined ? [] : remediationOf(match).map(instead => ({match, mute, instead}));
}

/** The script or job of the remediation. */
function remediationOf({rule}: Match): RefusedRemediation['instead'][] {
  const {run, job} = rule.remediate ?? {};
  if (run !== undefined) return [{run}];
  return job === undefined ? [] : [{job}];
}

/** One sentence for each key of the rule that has no effect without the incident memory, for one kind of reaction. */
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
    .map(([key]) => `\`${key}\` has no effect: it needs the incident memory`);
}
