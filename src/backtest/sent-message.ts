/** Backtest: what a run asks for → the messages that destinations get, one for each entity. Pure. */
import {plainRuleText} from '../act/slack/rule-text.ts';
import {transitionOf} from '../change/transition.ts';
import type {Topic} from '../memory/format/format.ts';
import type {NotifyReaction} from '../memory/reactions.ts';
import type {ReplayedRun} from './replay.ts';

/** What one destination gets about one entity in one run. */
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

/** What one rule reports in a message. */
export interface ReportedRule {
  readonly rule: string;
  readonly report: Topic;
  /** Milliseconds since the epoch: when the incident began, or the time of the change. */
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

/** What people read of an entry beside its values: to compare two versions of a rule. */
export function wordsOf({
  reaction,
}: ReportedRule): Readonly<Record<'severity' | 'mention' | 'runbook' | 'text', string>> {
  const {rule, change} = reaction;
  const transition = rule.property === undefined ? {} : {transition: transitionOf(change, rule.property)};
  const match = {rule, change, reason: '', destinations: [], route: [], ...transition};
  return {
    severity: rule.severity,
    mention: [rule.notify?.mention, reaction.mention].filter(text => text !== undefined).join(' '),
    runbook: rule.notify?.runbook ?? '',
    text: plainRuleText(match) ?? '',
  };
}
