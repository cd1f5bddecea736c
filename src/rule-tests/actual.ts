/** What came of a run, as far as rule tests look at it. Pure; JSON. */
import type {Foreseen} from '../act/preview.ts';
import {messageText} from '../act/slack/blocks.ts';
import {describeMute} from '../decide/mute.ts';
import type {Match} from '../decide/plan.ts';
import {parseMrkdwn, plainText} from '../slack-view/mrkdwn.ts';

export interface ActualMessage {
  /** The name of its destination. */
  readonly slack: string;
  /** As people read it in Slack. */
  readonly text: string;
  /** As it is posted. */
  readonly mrkdwn: string;
}

/** One of `run` and `job` is set. */
export interface ActualRemediation {
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
  /** What was not told or not done because of a mute window or a silence. */
  readonly muted: readonly ActualMute[];
}

/** One of `slack`, `run` and `job` is set. */
export interface ActualMute {
  readonly slack?: string;
  readonly run?: string;
  readonly job?: string;
  readonly rule: string;
  /** Who muted it, until when. */
  readonly reason: string;
}

export function actualOf({decisions, plan, messages}: Foreseen): Actual {
  const matched = new Set(decisions.flatMap(({watching}) => watching.flatMap(one => (one.matched ? one.rule : []))));
  const inOrder = decisions[0]?.verdicts.map(({rule}) => rule) ?? [];
  return {
    rules: inOrder.filter(rule => matched.has(rule)),
    messages: messages.map(({destination, message}) => {
      const mrkdwn = messageText(message);
      return {slack: destination, text: plainText(parseMrkdwn(mrkdwn, {timeZone: 'UTC'})), mrkdwn};
    }),
    remediations: [
      ...plan.remediations.map(({match, run}) => ({run, ...whereOf(match)})),
      ...plan.handOvers.map(({match, job}) => ({job, ...whereOf(match)})),
    ],
    muted: [
      ...plan.muted.map(({match, mute, instead}) => {
        const what = 'destination' in instead ? {slack: instead.destination} : instead;
        return {...what, rule: match.rule.name, reason: describeMute(mute)};
      }),
      ...plan.refused.map(({match, instead, why}) => ({...instead, rule: match.rule.name, reason: why})),
    ],
  };
}

function whereOf({rule, change}: Match): {rule: string; entity: string} {
  return {rule: rule.name, entity: change.entity};
}
