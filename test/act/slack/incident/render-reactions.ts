/** Converts reactions of the memory to matches and messages, as the action does. */

import {messageText, type SlackMessage} from '../../../../src/act/slack/block-kit/blocks.ts';
import type {MessageContext} from '../../../../src/act/slack/message/notification.ts';
import {renderNotification} from '../../../../src/act/slack/message/notification.ts';
import {transitionOf} from '../../../../src/change/transition.ts';
import type {Match} from '../../../../src/decide/plan.ts';
import type {NotifyReaction, Reaction} from '../../../../src/memory/reactions.ts';

const RUN_URL = 'https://github.com/acme/ops/actions/runs/42';

type NotifiedMatch = Match & {readonly remembered: {readonly notify: NotifyReaction}};

/** A match for each message, with its incident from the memory. */
export function matchesOf(reactions: readonly Reaction[]): NotifiedMatch[] {
  return reactions.flatMap((notify): NotifiedMatch[] => {
    if (notify.kind !== 'notify') return [];
    const {rule, change, destinations} = notify;
    const beside = reactions.filter(one => one.rule === rule && one.change === change);
    const isFirst = beside.find(({kind}) => kind === 'notify') === notify;
    const run = isFirst ? beside.find(one => one.kind === 'run') : undefined;
    const notes = beside.filter(one => one.kind === 'note');
    const remembered = {notify, ...(run === undefined ? {} : {run}), notes};
    const transition = transitionOf(change, rule.property ?? '');
    const match: NotifiedMatch = {rule, change, transition, destinations, route: [], remembered};
    return [match];
  });
}

export function contextAt(nowMs: number): MessageContext {
  const statuses = new Map([['p', ['Healthy', 'Degraded', 'Crashed']]]);
  return {statuses, runUrl: RUN_URL, appUrl: 'https://app.port.io', nowMs};
}

/** The message about the reactions, as it is sent to Slack. */
export function render(reactions: readonly Reaction[], nowMs: number): SlackMessage {
  return renderNotification({destination: 'default', matches: matchesOf(reactions)}, contextAt(nowMs));
}

/** The lines of a message, with moments in UTC instead of Slack's date format. */
export function linesIn(message: SlackMessage): string[] {
  const short = (_: string, iso: string) => iso.slice(11, 16);
  return messageText(message)
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, short)
    .split('\n')
    .filter(line => line !== '');
}
