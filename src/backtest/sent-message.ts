/** Backtest: the reactions of a run → the messages for each destination and entity. Pure. */
import {plainRuleText} from '../act/slack/message/rule-text.ts';
import {transitionOf} from '../change/transition.ts';
import type {Topic} from '../memory/format/format.ts';
import type {NotifyReaction} from '../memory/reactions.ts';
import type {ReplayedRun} from './replay.ts';

/** The message that one run sends to one destination about one entity. */
export interface SentMessage {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly destination: string;
  readonly blueprint: string;
  readonly entity: string;
  readonly title: string;
  /** At least one. */
  readonly entries: readonly ReportedRule[];
}

/** The report of one rule in a message. */
export interface ReportedRule {
  readonly rule: string;
  readonly report: Topic;
  /** The start of the incident, or the time of the change, in milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly reaction: NotifyReaction;
}

export function messagesOf({atMs, reactions}: ReplayedRun): SentMessage[] {
  const messages = new Map<string, SentMessage & {readonly entries: ReportedRule[]}>();
  for (const reaction of reactions) {
    if (reaction.kind !== 'notify') continue;
    const {rule, topic, change, incident, before} = reaction;
    const {blueprint, entity, title} = change;
    const since = (incident ?? before)?.since;
    const sinceMs = since === undefined ? Date.parse(change.at) : since * 1000;
    for (const destination of reaction.destinations) {
      const key = `${destination}\0${blueprint}\0${entity}`;
      const message = messages.get(key) ?? {atMs, destination, blueprint, entity, title, entries: []};
      message.entries.push({rule: rule.name, report: topic, sinceMs, reaction});
      messages.set(key, message);
    }
  }
  return [...messages.values()];
}

/** The parts of an entry that depend on the rule, to compare two versions of it. */
export function wordsOf({
  reaction,
}: ReportedRule): Readonly<Record<'severity' | 'mention' | 'runbook' | 'text', string>> {
  const {rule, change} = reaction;
  const transition = rule.property === undefined ? {} : {transition: transitionOf(change, rule.property)};
  const match = {rule, change, destinations: [], route: [], ...transition};
  return {
    severity: rule.severity,
    mention: [rule.notify?.mention, reaction.mention].filter(text => text !== undefined).join(' '),
    runbook: rule.notify?.runbook ?? '',
    text: plainRuleText(match) ?? '',
  };
}
