/** The demo's pages: the list of runs as in the Actions tab, and one page for each run. Pure. */
import type {Html} from '../../base/text/html.ts';
import {count, showDuration} from '../../base/text/show.ts';
import {htmlDocument} from '../../ui/document.ts';
import {html, NOTHING, trusted} from '../../ui/html.ts';
import type {EndedRun, RecordedDelivery, RecordedRun} from '../history.ts';
import {renderIncidents} from './page-incidents.ts';
import {renderLog} from './page-log.ts';
import {renderPosts} from './page-slack.ts';
import {DEMO_STYLE} from './page-style.ts';
import {type RunPageContext, runFolder} from './run-link.ts';

/** Reloads the page on each change while it is served. */
const LIVE = "new EventSource('/events').onmessage=()=>location.reload()";

export interface IndexContext extends RunPageContext {
  /** Whether a server behind the page reports changes. */
  readonly isLive: boolean;
}

export function renderIndex(
  runs: readonly RecordedRun[],
  deliveries: readonly RecordedDelivery[],
  context: IndexContext,
): string {
  const newestFirst = runs.toReversed();
  const body = html`
<header><div><h1>Port Reactor demo</h1>
<p>What the Actions tab of <b>${context.repository}</b> would show. The relay, the action, the rules and the scripts are
real. Port, GitHub, Slack, kubectl and psql are simulated on this machine.</p></div></header>
<main>
<h2>${count(runs.length, 'workflow run')}</h2>
<div class="box">${
    runs.length === 0
      ? html`<p class="empty">No runs yet: no change has been dispatched.</p>`
      : html`<ol class="runs">${newestFirst.map(run => renderRow(run, context))}</ol>`
  }</div>
${renderIncidents(runs, ms => moment(ms, context))}
<h2>${count(deliveries.length, 'webhook')} at the relay</h2>
<div class="box scroll"><table class="hooks"><tr><th>Answer</th><th>Entity</th><th>Why</th><th>Took</th><th>Time</th></tr>${deliveries
    .toReversed()
    .map(delivery => renderDelivery(delivery, context))}</table></div>
</main>`;
  return document('Port Reactor demo', body, context.isLive);
}

function renderRow(run: RecordedRun, context: RunPageContext): Html {
  const {ended} = run;
  const details = [
    `#${run.id}: repository_dispatch ${run.dispatch.eventType}`,
    run.group,
    ...(ended === undefined ? [run.state] : [ended.outputs['outcome'] ?? 'no outcome', messagesOf(ended)]),
  ];
  const name =
    ended === undefined
      ? html`<span class="name">${run.title}</span>`
      : html`<a class="name" href="${runFolder(run.id)}/index.html">${run.title}</a>`;
  const took = ended === undefined ? '' : showDuration(ended.durationMs);
  return html`
<li>${icon(run)}<div>${name}<br><span class="dim">${details.join(' · ')}</span></div>
<div class="when">${moment(run.queuedAtMs, context)}<br>${took}</div></li>`;
}

function messagesOf({posts}: EndedRun): string {
  return count(posts.length, 'Slack message');
}

const ICONS = {
  queued: {look: 'queued', mark: '·', label: 'Queued'},
  'in progress': {look: 'busy', mark: '•', label: 'In progress'},
  success: {look: 'success', mark: '✓', label: 'Succeeded'},
  failure: {look: 'failure', mark: '✕', label: 'Failed'},
};

function icon({state}: RecordedRun): Html {
  const {look, mark, label} = ICONS[state];
  return html`<span class="icon ${look}" role="img" aria-label="${label}" title="${label}">${mark}</span>`;
}

function renderDelivery(
  {time, status, outcome, blueprint, entity, reason, durationMs}: RecordedDelivery,
  context: RunPageContext,
): Html {
  const look = status === undefined || status >= 400 ? 'bad' : status === 202 ? 'good' : '';
  const what = entity === undefined ? html`–` : html`<code>${entity}</code> <small>${blueprint ?? ''}</small>`;
  const why = reason ?? (outcome === 'dispatched' ? 'a rule matches' : '');
  return html`
<tr><td class="short"><span class="badge ${look}">${status ?? ''} ${outcome}</span></td><td class="entity">${what}</td>
<td class="grow">${why}</td><td class="short">${durationMs === undefined ? '' : `${durationMs} ms`}</td>
<td class="short">${moment(Date.parse(time), context)}</td></tr>`;
}

/** All details of a run that has ended. */
export function renderRunPage(run: RecordedRun, ended: EndedRun, context: RunPageContext): string {
  const {outputs, record, log, event, summary} = ended;
  const body = html`
<header><div><nav><a href="../index.html">← All runs</a></nav>
<h1>${icon(run)}<span>${run.title} <small>#${run.id}</small></span></h1></div></header>
<main>
<div class="box">${renderFacts(run, ended, context)}</div>
<h2 id="slack">Slack</h2>
<div class="box">${renderPosts(ended.posts, context)}</div>
<h2 id="summary">Job summary</h2>
<div class="box summary">${summary === '' ? html`<p class="dim">The run wrote no summary.</p>` : trusted(summary)}</div>
<h2 id="log">Log and data</h2>
<details class="box" open><summary>Log of the step</summary>${renderLog(log)}</details>
${fold('Outputs', JSON.stringify(withoutNesting(outputs), null, 2))}
${fold('The event that started the run', JSON.stringify(event, null, 2))}
${fold('Decision record', prettyLines(record))}
<p class="dim">The same data as files, next to this page: ${links([...FILES])}</p>
</main>`;
  return document(`${run.title} · Port Reactor demo`, body, false);
}

function renderFacts(run: RecordedRun, ended: EndedRun, context: RunPageContext): Html {
  const facts: [string, Html | string][] = [
    ['Status', run.state === 'success' ? 'Success' : 'Failure'],
    ['Outcome', ended.outputs['outcome'] ?? '–'],
    ['Duration', showDuration(ended.durationMs)],
    ['Triggered', moment(run.queuedAtMs, context)],
    ['repository_dispatch', run.dispatch.eventType],
    ['Concurrency group', run.group],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Links to the files of a run. See records.ts. */
export const FILES = [
  'summary.html',
  'log.txt',
  'event.json',
  'decisions.jsonl',
  'outputs.json',
  'slack.json',
] as const;

function links(names: readonly string[]): Html[] {
  return names.map((name, index) => html`${index === 0 ? '' : ' · '}<a href="${name}">${name}</a>`);
}

function fold(title: string, text: string): Html {
  return text === '' ? NOTHING : html`<details class="box"><summary>${title}</summary><pre>${text}</pre></details>`;
}

/** Parses outputs that contain JSON. */
function withoutNesting(outputs: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = Object.entries(outputs).map(([name, value]) => [name, parsedList(value)] as const);
  return Object.fromEntries(entries);
}

function parsedList(value: string): unknown {
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : value;
  } catch {
    return value;
  }
}

function prettyLines(record: string): string {
  const lines = record.split('\n').filter(line => line !== '');
  try {
    return lines.map(line => JSON.stringify(JSON.parse(line), null, 2)).join('\n');
  } catch {
    return record;
  }
}

/** The action's job summary as a separate page. */
export function renderSummaryPage(run: RecordedRun, {summary}: EndedRun): string {
  const body = html`<main><div class="summary">${trusted(summary)}</div></main>`;
  return document(`Summary of ${run.title}`, body, false);
}

function moment(milliseconds: number, {timeZone}: RunPageContext): Html {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return NOTHING;
  const zone = timeZone === undefined ? {} : {timeZone};
  const text = date.toLocaleTimeString('en-GB', {...zone, hour: '2-digit', minute: '2-digit', second: '2-digit'});
  return html`<time datetime="${date.toISOString()}" title="${date.toISOString()}">${text}</time>`;
}

function document(title: string, body: Html, isLive: boolean): string {
  const footer = html`<footer>Generated by <code>port-reactor demo</code>.</footer>`;
  return htmlDocument({title, style: DEMO_STYLE, body: html`${body}${footer}`, script: isLive ? LIVE : undefined});
}
