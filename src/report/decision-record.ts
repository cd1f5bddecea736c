/** Report: the decision record, one JSON line per change: what was decided, why, and what came of it. Pure. */
import type {NotifyTimes, Outcome} from '../act/outcome.ts';
import type {Change} from '../change/change.ts';
import type {Condition, DescribedDecision, DescribedVerdict} from '../decide/describe.ts';
import {notInForce} from '../decide/plan.ts';
import {routeTo} from '../decide/route.ts';
import {rememberedOf} from '../memory/remembered.ts';
import type {Finished} from '../memory/run/input.ts';
import type {Recorded} from '../memory/run/recorded.ts';
import {recordedByChange} from './incident-lines.ts';

/** An item of the output `reactions` and of the record; the schema is in decision-record-schema.ts. */
export interface ReportedReaction {
  /** The change's id. */
  readonly change: string;
  readonly rule: string;
  readonly kind: Outcome['kind'];
  readonly status: Outcome['status'];
  readonly detail: string;
  readonly destination?: string;
  /** The route that led there: `routes[1]`, `notify.slack` or `default`. */
  readonly route?: string;
  readonly run?: string;
  readonly job?: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** What about the rule's reactions could not be decided, a sentence each. */
  readonly undecided?: readonly string[];
  /** What the rule asks for that is not in force yet, and what was not checked. */
  readonly notes?: readonly string[];
}

/** The outcome as the outside sees it. */
export function reactionOf({match, kind, status, detail, ...outcome}: Outcome): ReportedReaction {
  const {destination, run, job, exitCode, durationMs, unchecked} = outcome;
  const missing = rememberedOf(match) === undefined ? notInForce(match.rule, kind) : [];
  const notes = [...missing, ...(unchecked === undefined ? [] : [`not checked: ${unchecked}`])];
  const route = destination === undefined ? undefined : routeTo(match, destination)?.route;
  const {undecided} = match;
  const optional = {
    ...{destination, route, run, job, exitCode, durationMs, undecided},
    notes: notes.length === 0 ? undefined : notes,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {change: match.change.id, rule: match.rule.name, kind, status, detail, ...given};
}

/** As the record has it: with how long a message took. The output `reactions` has less room. */
export interface RecordedReaction extends ReportedReaction {
  /** Of the rule. With `times` only. */
  readonly severity?: string;
  /** From the change to Slack's answer. */
  readonly times?: NotifyTimes;
}

function recordedReaction(outcome: Outcome): RecordedReaction {
  const {times, match} = outcome;
  return {...reactionOf(outcome), ...(times === undefined ? {} : {severity: match.rule.severity, times})};
}

/** What was decided about one rule, as the record has it. */
export interface RecordedVerdict {
  readonly rule: string;
  readonly matched: boolean;
  /** Whether it matches is not known: the reason says why. `matched` is false then. */
  readonly undecided?: true;
  readonly reason: string;
  readonly conditions: readonly Condition[];
}

export function recordedVerdict({rule, matched, undecided, reason, conditions}: DescribedVerdict): RecordedVerdict {
  return {rule, matched, ...(undecided ? {undecided: true} : {}), reason, conditions};
}

interface Recordable {
  readonly decisions: readonly DescribedDecision[];
  readonly outcomes: readonly Outcome[];
  /** Absent without the incident memory. */
  readonly finished?: Finished | undefined;
}

/** The record of all decisions, and of what the clock did to other incidents: JSON lines. */
export function renderRecord({decisions, outcomes, finished}: Recordable, runUrl: string): string {
  const decided = new Set(decisions.map(({change}) => change));
  const recorded = finished?.recorded ?? [];
  const byClock = [...new Set(recorded.map(({reaction}) => reaction.change))].filter(change => !decided.has(change));
  const reactions = reactionsByChange(outcomes);
  const incidents = recordedByChange(finished);
  const line = (change: Change, own: object) => {
    const memory = incidents.get(change)?.map(one => rememberedIn(one, finished?.unfinished ?? []));
    const rest = {...(memory === undefined ? {} : {memory}), run: runUrl};
    return `${JSON.stringify({change, ...own, reactions: reactions.get(change) ?? [], ...rest})}\n`;
  };
  return [
    ...decisions.map(({change, verdicts}) => line(change, {rules: verdicts.map(recordedVerdict)})),
    ...byClock.map(change => line(change, {byClock: true, rules: []})),
  ].join('');
}

function reactionsByChange(outcomes: readonly Outcome[]): Map<Change, RecordedReaction[]> {
  const groups = new Map<Change, RecordedReaction[]>();
  for (const outcome of outcomes) {
    const {change} = outcome.match;
    groups.set(change, [...(groups.get(change) ?? []), recordedReaction(outcome)]);
  }
  return groups;
}

/** What the memory did about one rule: the word of the message, `run`, or why nothing was done. */
function rememberedIn({reaction, before, after}: Recorded, unfinished: Finished['unfinished']) {
  const {key, shard, rule} = reaction;
  const what = reaction.kind === 'notify' ? reaction.topic : reaction.kind === 'run' ? 'run' : reaction.why;
  const left = unfinished.filter(one => one.key === key && one.shard === shard);
  const incident = {before: before ?? null, after: after ?? null};
  return {rule: rule.name, key, shard, what, ...incident, ...(left.length === 0 ? {} : {unfinished: left})};
}
