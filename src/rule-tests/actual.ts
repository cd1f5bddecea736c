/** The result of a run, in the form that rule tests compare. Pure, JSON. */
import type {RunPreview} from '../act/preview.ts';
import {messageText} from '../act/slack/block-kit/blocks.ts';
import {lazy} from '../base/lazy.ts';
import type {Decision} from '../decide/evaluate.ts';
import {describeMute} from '../decide/mute.ts';
import type {Match, MutedReaction} from '../decide/plan.ts';
import type {Shards, Topic} from '../memory/format/format.ts';
import {parseMrkdwn, plainText} from '../slack-view/mrkdwn.ts';
import type {LastingState} from './rule-tests.ts';

/** The time since the first step: "16 min". Absent if the test has only one step. */
interface Timed {
  readonly at?: string;
}

export interface ActualMessage extends Timed {
  /** The name of its destination. */
  readonly slack: string;
  /** The text as shown in Slack. */
  readonly text: string;
  /** The text as posted. */
  readonly mrkdwn: string;
}

/** Exactly one of `run` and `job` is set. */
export interface ActualRemediation extends Timed {
  readonly run?: string;
  readonly job?: string;
  readonly rule: string;
  readonly entity: string;
}

export interface Actual {
  /** The names of the rules that matched, in the order of the file. */
  readonly rules: readonly string[];
  readonly messages: readonly ActualMessage[];
  readonly remediations: readonly ActualRemediation[];
  /** The reactions that a mute window, a silence or the memory suppressed. */
  readonly muted: readonly ActualMute[];
  /** The messages of incidents, in order. */
  readonly told: readonly ActualTold[];
  /** The incidents that are not closed at the end. */
  readonly incidents: readonly ActualIncident[];
}

export interface ActualTold extends Timed {
  readonly told: Topic;
  readonly rule: string;
  readonly entity: string;
}

export interface ActualIncident {
  readonly rule: string;
  readonly entity: string;
  readonly state: LastingState;
}

/** Exactly one of `slack`, `run` and `job` is set. */
export interface ActualMute extends Timed {
  readonly slack?: string;
  readonly run?: string;
  readonly job?: string;
  readonly rule: string;
  /** The reason, with the end of the mute if it is known. */
  readonly reason: string;
}

/**
 * Converts the preview of a run. Messages are rendered on first use, because many tests do not read them.
 * @param at the time since the first step, if there are several
 */
export function actualOf(preview: RunPreview, at?: string): Actual {
  const {decided, plan, folded} = preview;
  const timed = at === undefined ? {} : {at};
  const suppressed = [...plan.refused, ...(plan.suppressed ?? [])];
  const messages = lazy(() =>
    preview.messages.map(({destination, message}) => {
      const mrkdwn = messageText(message);
      const text = lazy(() => plainText(parseMrkdwn(mrkdwn, {timeZone: 'UTC'})));
      return {
        slack: destination,
        get text() {
          return text();
        },
        mrkdwn,
        ...timed,
      };
    }),
  );
  return {
    rules: matchedIn(decided),
    get messages() {
      return messages();
    },
    remediations: [
      ...plan.remediations.map(({match, run}) => ({run, ...whereOf(match), ...timed})),
      ...plan.handOvers.map(({match, job}) => ({job, ...whereOf(match), ...timed})),
    ],
    muted: [
      ...plan.muted.map(({match, mute, instead}) => ({...actualMute(match, instead, describeMute(mute)), ...timed})),
      ...suppressed.map(({match, instead, why}) => ({...actualMute(match, instead, why), ...timed})),
    ],
    told: (folded?.reactions ?? []).flatMap(reaction =>
      reaction.kind === 'notify' ? [{told: reaction.topic, ...whereOf(reaction), ...timed}] : [],
    ),
    incidents: folded === undefined ? [] : lastingIn(folded.next),
  };
}

/**
 * The matched rules without duplicates, in the order of the file for a single change. {@link joined} sorts those of several
 * changes.
 */
function matchedIn(decided: readonly Decision[]): string[] {
  const matched = decided.flatMap(({watching}) => watching.flatMap(one => (one.matched ? one.rule : [])));
  return [...new Set(matched)];
}

/** The result of an acknowledgement, which has no reactions. */
export function withoutReactions(shards: Shards): Actual {
  return {rules: [], messages: [], remediations: [], muted: [], told: [], incidents: lastingIn(shards)};
}

/** Joins the results of several runs in order. */
export function joined(all: readonly Actual[], rules: readonly string[]): Actual {
  const names = new Set(all.flatMap(one => one.rules));
  const messages = lazy(() => all.flatMap(one => one.messages));
  return {
    rules: rules.filter(name => names.has(name)),
    get messages() {
      return messages();
    },
    remediations: all.flatMap(({remediations}) => remediations),
    muted: all.flatMap(({muted}) => muted),
    told: all.flatMap(({told}) => told),
    incidents: all.at(-1)?.incidents ?? [],
  };
}

/** The incidents that are not closed. */
function lastingIn(shards: Shards): ActualIncident[] {
  const all = [...shards.values()].flatMap(({incidents}) => incidents);
  return all.flatMap(({rule, entity, state}) => (state === 'closed' ? [] : [{rule, entity, state}]));
}

function actualMute({rule}: Match, instead: MutedReaction['instead'], reason: string): ActualMute {
  return {...('destination' in instead ? {slack: instead.destination} : instead), rule: rule.name, reason};
}

function whereOf({rule, change}: Pick<Match, 'rule' | 'change'>): {rule: string; entity: string} {
  return {rule: rule.name, entity: change.entity};
}
