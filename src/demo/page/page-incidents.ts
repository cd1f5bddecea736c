/** The lives of incidents on the list of runs. Pure. */

import type {Html} from '../../base/text/html.ts';
import {count} from '../../base/text/show.ts';
import {html, NOTHING} from '../../ui/html.ts';
import type {RecordedRun} from '../history.ts';
import {type IncidentLife, incidentsIn, type MemoryMoment} from '../incidents.ts';
import {runFolder} from './run-link.ts';

/** Empty if no run has stored an incident. @param moment formats a time for the page */
export function renderIncidents(runs: readonly RecordedRun[], moment: (ms: number) => Html): Html {
  const lives = incidentsIn(runs);
  if (lives.length === 0) return NOTHING;
  return html`
<h2 id="incidents">${count(lives.length, 'incident')}</h2>
<div class="box"><ol class="incidents">${lives.map(life => renderLife(life, moment))}</ol></div>`;
}

const LOOKS: Readonly<Record<string, string>> = {open: 'bad', closed: 'good'};

function renderLife({id, rule, title, state, moments}: IncidentLife, moment: (ms: number) => Html): Html {
  return html`
<li><div><b>${title}</b> <span class="badge ${LOOKS[state] ?? ''}">${state}</span><br>
<span class="dim">${rule} · incident ${id}</span></div>
<ol class="life">${moments.map(one => renderMoment(one, moment))}</ol></li>`;
}

function renderMoment({at, what, run}: MemoryMoment, moment: (ms: number) => Html): Html {
  return html`<li>${moment(Date.parse(at))} <span>${what} <a href="${runFolder(run)}/index.html">#${run}</a></span></li>`;
}
