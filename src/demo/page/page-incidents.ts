/** The incidents on the list of runs, with their history. Pure. */

import type {Html} from '../../base/text/html.ts';
import {count} from '../../base/text/show.ts';
import {html, NOTHING} from '../../ui/html.ts';
import type {RecordedRun} from '../history.ts';
import {type IncidentTimeline, incidentsIn, type TimelineEntry} from '../incidents.ts';
import {runFolder} from './run-link.ts';

/**
 * Empty if no run has stored an incident.
 * @param formatTime formats milliseconds since the epoch for the page
 */
export function renderIncidents(runs: readonly RecordedRun[], formatTime: (ms: number) => Html): Html {
  const timelines = incidentsIn(runs);
  if (timelines.length === 0) return NOTHING;
  return html`
<h2 id="incidents">${count(timelines.length, 'incident')}</h2>
<div class="box"><ol class="incidents">${timelines.map(timeline => renderTimeline(timeline, formatTime))}</ol></div>`;
}

const BADGES: Readonly<Record<string, string>> = {open: 'bad', closed: 'good'};

function renderTimeline({id, rule, title, state, entries}: IncidentTimeline, formatTime: (ms: number) => Html): Html {
  return html`
<li><div><b>${title}</b> <span class="badge ${BADGES[state] ?? ''}">${state}</span><br>
<span class="dim">${rule} · incident ${id}</span></div>
<ol class="timeline">${entries.map(entry => renderEntry(entry, formatTime))}</ol></li>`;
}

function renderEntry({at, what, run}: TimelineEntry, formatTime: (ms: number) => Html): Html {
  return html`<li>${formatTime(Date.parse(at))} <span>${what} <a href="${runFolder(run)}/index.html">#${run}</a></span></li>`;
}
