/** Act: an entry as one sentence of plain text. Pure. */
import {capitalize, clip, oneLine, showValue} from '../../../base/text/show.ts';
import {showSide} from '../../../decide/show-side.ts';
import {knownValues, plainSummaries} from '../incident/update-lines.ts';
import {wordOf} from '../incident/update-text.ts';
import {type Entry, entryTitle} from './entry.ts';
import {actionOf, transitionsOf} from './entry-changes.ts';
import {isByClock, isNews} from './news.ts';
import {plainRuleText} from './rule-text.ts';

/** "Critical: Notification Service Production (deploymentConfig): healthStatus Healthy → Degraded, by jane@…" */
export function sentence(entry: Entry, nowMs?: number): string {
  const {change, updates} = entry;
  const head = capitalize((updates[0] && wordOf(updates[0])) ?? entry.level);
  const title = clip(entryTitle(change), 100);
  const summaries = plainSummaries(updates, nowMs).map(summary =>
    summary.startsWith(`${head.toLowerCase()} `) ? summary.slice(head.length + 1) : summary,
  );
  const news = entry.matches.filter(match => isNews(match));
  const [text] = news.flatMap(match => plainRuleText(match) ?? []);
  if (text !== undefined) {
    const named = text.includes(title) ? '' : `${title}: `;
    return `${head}: ${named}${[...summaries, text].join(', ')}`;
  }
  const what = [...summaries, ...plainChanges(entry)].join(', ');
  const who = change.by.email ?? change.by.userId;
  const by = who === undefined ? '' : `, by ${showValue(who, 80)}`;
  return `${head}: ${title} (${showValue(change.blueprint, 60)}): ${clip(oneLine(what), 200)}${by}`;
}

/** The action on the entity and the changes of its properties, as plain text. */
function plainChanges(entry: Entry): string[] {
  const {matches, updates} = entry;
  const byChange = {...entry, matches: matches.filter(match => !isByClock(match))};
  const actions = byChange.matches.some(match => isNews(match)) ? actionOf(byChange) : [];
  const transitions = transitionsOf(byChange).map(
    ({transition: {property, from, to}}) => `${property} ${showSide(from)} → ${showSide(to)}`,
  );
  const values = knownValues(updates).map(({property, value}) => `${property} ${showSide(value)}`);
  return [...actions, ...new Set([...transitions, ...values])];
}
