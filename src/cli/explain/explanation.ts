/** Explain: rules × changes → why each rule matches or does not match, and the resulting reactions, as data. Pure. */
import {previewRun, type RunPreview} from '../../act/preview.ts';
import type {SlackMessage} from '../../act/slack/block-kit/blocks.ts';
import type {Change} from '../../change/change.ts';
import {type DescribedDecision, undecidedIn} from '../../decide/describe.ts';
import {describeMute} from '../../decide/mute.ts';
import {type Match, matchesIn} from '../../decide/plan.ts';
import {describeRoute, hasLookup, isRouted} from '../../decide/route.ts';
import {destinationsUnchecked} from '../../lint/known-destinations.ts';
import {type RecordedVerdict, recordedVerdict} from '../../report/decision-record.ts';
import type {Rules} from '../../rules/rules.ts';
import {hintsFor} from './hints.ts';
import {type ExplainFacts, missingMemory, pastOf} from './starting-memory.ts';
import type {ExplainedEvent, RecordedDecision} from './subject.ts';

export interface Explanation {
  readonly remarks: readonly string[];
  /** In the order of the event, or of the record. */
  readonly changes: readonly ChangeExplanation[];
  /** The resulting reactions: one plan for an event, or one for each recorded run. */
  readonly plans: readonly PlanExplanation[];
  /** The number of undecided matches, destinations and texts. */
  readonly undecided: number;
}

export interface ChangeExplanation {
  readonly change: Change;
  /** Set if the event has no time. `at` is then the current time. */
  readonly isUndated?: true;
  /** Every rule of the file, in its order, as in the decision record. */
  readonly rules: readonly RecordedVerdict[];
  /** Possible reasons why a rule never matches, for rules that do not match. */
  readonly hints?: readonly RuleHints[];
  /** The recorded decision. Absent for an event. */
  readonly record?: RecordedDecision;
  /** The differences between the current rules and the record. */
  readonly differences?: readonly Difference[];
}

export interface RuleHints {
  readonly rule: string;
  /** Sentences. */
  readonly hints: readonly string[];
}

/** A rule whose decision differs from the record. Null if the rule is or was not in the file. */
export interface Difference {
  readonly rule: string;
  readonly recorded: Decided | null;
  readonly now: Decided | null;
}

interface Decided {
  readonly matched: boolean;
  readonly reason: string;
}

export interface PlanExplanation {
  /** The URL of the recorded run. */
  readonly run?: string;
  readonly messages: readonly MessageExplanation[];
  readonly remediations: readonly ({readonly run: string} & Where)[];
  readonly handOvers: readonly ({readonly job: string} & Where)[];
  readonly muted: readonly (({readonly slack: string} | {readonly run: string} | {readonly job: string}) &
    Where & {readonly reason: string})[];
  /** Undecided parts of the reactions, and remediations that do not run because of them. */
  readonly undecided: readonly (Where & {readonly reason: string})[];
}

export interface MessageExplanation {
  /** The name of its destination. */
  readonly slack: string;
  readonly rules: readonly string[];
  /** One sentence for each match that explains its route. */
  readonly routes: readonly string[];
  /** The JSON that would be posted. */
  readonly message: SlackMessage;
}

interface Where {
  readonly rule: string;
  readonly entity: string;
}

export function explain(rules: Rules, subject: ExplainedEvent, facts: ExplainFacts): Explanation {
  const runs = [...new Set(subject.changes.map(({record}) => record?.run))];
  const previews = runs.map(run => {
    const changes = subject.changes.filter(({record}) => record?.run === run).map(({change}) => change);
    return {run, preview: previewRun(rules, changes, pastOf(subject, run, facts))};
  });
  const decisions = previews.flatMap(one => one.preview.decisions);
  const isGuess = facts.known === undefined && previews.some(one => matchesIn(one.preview.plan).some(hasLookup));
  const plans = previews.map(one => ({...(one.run === undefined ? {} : {run: one.run}), ...planOf(one.preview)}));
  const verdicts = new Map(decisions.map(decision => [decision.change, decision.verdicts.map(recordedVerdict)]));
  const hints = new Map(decisions.map(decision => [decision.change, hintsOn(rules, decision)]));
  return {
    remarks: [
      ...subject.remarks,
      ...(isGuess ? [destinationsUnchecked('--destinations a,b')] : []),
      ...missingMemory(subject, facts),
    ],
    changes: subject.changes.map(({change, isUndated, record}) => {
      const now = verdicts.get(change) ?? [];
      return {
        change,
        ...(isUndated ? {isUndated} : {}),
        rules: now,
        ...(hints.get(change)?.length ? {hints: hints.get(change) ?? []} : {}),
        ...(record === undefined ? {} : {record, differences: differencesOf(record.rules, now)}),
      };
    }),
    plans,
    undecided: undecidedIn(decisions).length + plans.flatMap(({undecided}) => undecided).length,
  };
}

/** `verdicts` has one item for each rule, in the same order. */
export function hintsOn({rules, statuses}: Rules, {change, verdicts}: DescribedDecision): RuleHints[] {
  return rules.flatMap((rule, index) => {
    const verdict = verdicts[index];
    const isOpen = verdict?.matched === false && !verdict.undecided;
    const hints = isOpen ? hintsFor(rule, change, statuses) : [];
    return hints.length === 0 ? [] : [{rule: rule.name, hints}];
  });
}

function differencesOf(recorded: RecordedDecision['rules'], now: readonly RecordedVerdict[]): Difference[] {
  const names = new Set([...recorded, ...now].map(({rule}) => rule));
  return [...names].flatMap(rule => {
    const [before, after] = [recorded, now].map(list => list.find(one => one.rule === rule));
    if ((before?.matched ?? false) === (after?.matched ?? false)) return [];
    return [{rule, recorded: decided(before), now: decided(after)}];
  });
}

function decided(verdict: Decided | undefined): Decided | null {
  return verdict === undefined ? null : {matched: verdict.matched, reason: verdict.reason};
}

/** The reactions of a run. */
export function planOf({plan, messages}: RunPreview): Omit<PlanExplanation, 'run'> {
  return {
    messages: messages.map(({destination, matches, message}) => ({
      slack: destination,
      rules: [...new Set(matches.map(({rule}) => rule.name))],
      routes: [...new Set(matches.map(routeOf))],
      message,
    })),
    remediations: plan.remediations.map(({match, run}) => ({run, ...whereOf(match)})),
    handOvers: plan.handOvers.map(({match, job}) => ({job, ...whereOf(match)})),
    muted: [
      ...plan.muted.map(({match, mute, instead}) => ({
        ...('destination' in instead ? {slack: instead.destination} : instead),
        ...whereOf(match),
        reason: describeMute(mute),
      })),
      ...[...plan.refused, ...(plan.suppressed ?? [])].map(({match, instead, why}) => ({
        ...('destination' in instead ? {slack: instead.destination} : instead),
        ...whereOf(match),
        reason: why.replace(/^not \w+(?: again)?: /, ''), // the caller already shows the suppressed reaction
      })),
    ],
    undecided: matchesIn(plan).flatMap(match => (match.undecided ?? []).map(reason => ({...whereOf(match), reason}))),
  };
}

function routeOf(match: Match): string {
  return isRouted(match) ? describeRoute(match) : 'no route matched: using default';
}

function whereOf({rule, change}: Match): Where {
  return {rule: rule.name, entity: change.entity};
}
