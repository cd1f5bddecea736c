/** Act: what entries refer to: links, mentions, rules and runbooks. Pure. */

import {code, escapeUrl, link, safeUrl} from '../block-kit/text.ts';
import {commandFormsOf, runsOf} from '../incident/update-lines.ts';
import {entityUrl, ownLinks} from './entity-links.ts';
import type {Entry, MessageContext} from './entry.ts';
import {mentionOf} from './level.ts';

/** The runbooks, the form for an open incident, the entity's page and its URLs, this run. */
export function linksOf({change, matches, updates}: Entry, {runUrl, appUrl}: MessageContext): string[] {
  const runbooks = [...new Set(matches.flatMap(({rule}) => rule.notify?.runbook ?? []))];
  const forms = commandFormsOf(updates, runUrl);
  const links = [
    ...runbooks.map((url, index) => ({label: `📕 Runbook${index === 0 ? '' : ` ${index + 1}`}`, url: safeUrl(url)})),
    ...forms.map(({id, url}) => ({label: `✋ Acknowledge or silence${forms.length > 1 ? ` ${id}` : ''}`, url})),
    {label: 'Entity in Port', url: entityUrl(appUrl, change)},
    {label: 'This run', url: escapeUrl(runUrl)},
    ...runsOf(updates, runUrl),
    ...ownLinks(change),
  ];
  return links.flatMap(({label, url}) => (url === undefined ? [] : [link(url, label)]));
}

/** The people and groups that the rules and escalations mention, without duplicates, in Slack's syntax for mentions. */
export function mentionsOf(entries: readonly Entry[], {statuses, isEdit}: MessageContext): string[] {
  if (isEdit) return [];
  const mentions = entries.flatMap(({matches}) => matches.flatMap(match => mentionOf(match, statuses) ?? []));
  return [...new Set(mentions.flatMap(mention => mention.split(/\s+/)))];
}

export function ruleNames(entries: readonly Entry[]): string {
  const rules = [...new Set(entries.flatMap(({matches}) => matches.map(({rule}) => rule.name)))];
  const names = rules.slice(0, 5).map(name => code(name, 60));
  const more = rules.length > 5 ? ` and ${rules.length - 5} more` : '';
  return `${rules.length === 1 ? 'Rule' : 'Rules'} ${names.join(', ')}${more}`;
}

/** The runbooks of several changes, labeled with the names of their rules. */
export function runbooksOf(entries: readonly Entry[]): string[] {
  const rules = new Set(entries.flatMap(({matches}) => matches.map(({rule}) => rule)));
  const byUrl = new Map<string, string>();
  for (const {name, notify} of rules) {
    const url = safeUrl(notify?.runbook);
    if (url !== undefined && !byUrl.has(url)) byUrl.set(url, name);
  }
  return Array.from(byUrl, ([url, name]) => `📕 ${link(url, name)}`);
}
