/** Report: the decision record, one JSON line per change: the decisions, their reasons and their outcomes. Pure. */
import type {NotifyTimes, Outcome} from '../act/outcome.ts';
import type {Change} from '../change/change.ts';
import type {Condition, DescribedDecision, DescribedVerdict} from '../decide/describe.ts';
import {notInForce} from '../decide/plan.ts';
import {routeTo} from '../decide/route.ts';
import {rememberedOf} from '../memory/remembered.ts';
import type {Finished} from '../memory/run/input.ts';
import type {Recorded} from '../memory/run/recorded.ts';
import {recordedByChange} from './incident-lines.ts';

/** An item of the output `reactions` and of the record. Its schema is in decision-record-schema.ts. */
export interface ReportedReaction {
  /** The change's id. */
  readonly change: string;
  readonly rule: string;
  readonly kind: Outcome['kind'];
  readonly status: Outcome['status'];
  readonly detail: string;
  readonly destination?: string;
  /** The source of the destination: `routes[1]`, `notify.slack` or `default`. */
  readonly route?: string;
  readonly run?: string;
  readonly job?: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** Why parts of the rule's reactions could not be decided, one sentence each. */
  readonly undecided?: readonly string[];
  /** Settings of the rule that had no effect in this run, and checks that did not take place. */
  readonly notes?: readonly string[];
}

/** The public form of the outcome. */
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

/** The form in the record, with the times of a message. The output `reactions` omits them to save space. */
export interface RecordedReaction extends ReportedReaction {
  /** The severity of the rule. Present together with `times`. */
  readonly severity?: string;
  /** From the change to Slack's response. */
  readonly times?: NotifyTimes;
}

function recordedReaction(outcome: Outcome): RecordedReaction {
  const {times, match} = outcome;
  return {...reactionOf(outcome), ...(times === undefined ? {} : {severity: match.rule.severity, times})};
}

/** The verdict about one rule, as the record contains it. */
export interface RecordedVerdict {
  readonly rule: string;
  readonly matched: boolean;
  /** The result is unknown, and `reason` explains why. `matched` is then false. */
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

/** The record of all decisions, and of the incidents that the clock changed: JSON lines. */
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

/** The effect of the memory for one rule: the kind of message, `run`, or the reason against a reaction. */
function rememberedIn({reaction, before, after}: Recorded, unfinished: Finished['unfinished']) {
  const {key, shard, rule} = reaction;
  const what = reaction.kind === 'notify' ? reaction.topic : reaction.kind === 'run' ? 'run' : reaction.why;
  const left = unfinished.filter(one => one.key === key && one.shard === shard);
  const incident = {before: before ?? null, after: after ?? null};
  return {rule: rule.name, key, shard, what, ...incident, ...(left.length === 0 ? {} : {unfinished: left})};
}
