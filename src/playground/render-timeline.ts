/** Renders the timeline of the event and the steps, with one item for each run. Pure. */
import type {RunPreview} from '../act/preview.ts';
import type {Html} from '../base/text/html.ts';
import {count} from '../base/text/show.ts';
import {hintsOn, type PlanExplanation, planOf} from '../cli/explain/explanation.ts';
import {undecidedIn} from '../decide/describe.ts';
import type {Incident} from '../memory/format/format.ts';
import {recordedVerdict} from '../report/decision-record.ts';
import type {ActualTold} from '../rule-tests/actual.ts';
import type {Rules} from '../rules/rules.ts';
import {renderMessage} from '../slack-view/page.ts';
import {parseMessage} from '../slack-view/shown-message.ts';
import {html, NOTHING} from '../ui/html.ts';
import {incidentFacts, sinceStart} from './incident-facts.ts';
import {brokenFor, renderVerdicts} from './render-verdicts.ts';
import type {SimulatedRun, Simulation} from './simulation.ts';

export function renderTimeline({runs, mistake}: Simulation, rules: Rules): Html {
  const startMs = runs[0]?.nowMs ?? 0;
  const end =
    mistake === undefined
      ? NOTHING
      : html`<p class="bad">The simulation stops here: step ${mistake.step + 1} has a mistake.</p>`;
  return html`<ol class="timeline">${runs.map((run, index) => renderRun(run, index, {rules, startMs}))}</ol>${end}`;
}

const STATE_CLASSES: Readonly<Record<Incident['state'], string>> = {
  pending: 'busy',
  open: 'bad',
  clearing: 'busy',
  closed: 'good',
};

function renderRun(
  run: SimulatedRun,
  index: number,
  {rules, startMs}: {readonly rules: Rules; readonly startMs: number},
): Html {
  const {nowMs, what, kind, preview, actual, incidents, acknowledgedNothing} = run;
  const nothing = acknowledgedNothing === undefined ? NOTHING : html`<p class="bad">The rule has no open incident.</p>`;
  const states = incidents.map(
    incident => html`
<li><span class="badge ${STATE_CLASSES[incident.state]}">${incident.state}</span> <b>${incident.rule}</b> <span class="dim">${[
      incident.title,
      ...incidentFacts(incident, rules, {startMs, nowMs}),
    ].join(' · ')}</span></li>`,
  );
  return html`
<li class="${kind}"><h3><time datetime="${new Date(nowMs).toISOString()}">${sinceStart(nowMs - startMs)}</time> ${what}
<span class="news">${actual.told.map(renderNews)}</span></h3>${nothing}
${preview === undefined ? NOTHING : renderPlan(planOf(preview), nowMs)}
${states.length === 0 ? NOTHING : html`<ul class="states">${states}</ul>`}
${preview === undefined || index === 0 ? NOTHING : renderWhy(preview, index, rules)}</li>`;
}

const TOPIC_CLASSES: Readonly<Record<string, string>> = {recovered: 'good', stable: 'good', deleted: ''};

function renderNews({told}: ActualTold): Html {
  return html`<span class="badge ${TOPIC_CLASSES[told] ?? 'bad'}">${told}</span> `;
}

/** The page shows the reasons for the first run in a separate section. */
function renderWhy(preview: RunPreview, index: number, rules: Rules): Html {
  if (preview.decisions.length === 0) return NOTHING;
  return html`<details data-key="why ${index}"><summary>Why</summary>${renderDecisions(preview, rules)}</details>`;
}

/** Why each rule did or did not match, for each change of the run. */
export function renderDecisions({decisions}: RunPreview, rules: Rules): Html {
  return html`${decisions.map(decision =>
    renderVerdicts(decision.change, {
      verdicts: decision.verdicts.map(recordedVerdict),
      hints: hintsOn(rules, decision),
      broken: brokenFor(rules, decision.change.blueprint),
    }),
  )}`;
}

function renderPlan({messages, remediations, handOvers, muted, undecided}: PlanExplanation, nowMs: number): Html {
  const lines = [
    ...remediations.map(({run, rule}) => html`<li>▶ runs <code>${run}</code> <span class="dim">by ${rule}</span></li>`),
    ...handOvers.map(
      ({job, rule}) => html`<li>▶ hands over to the job <code>${job}</code> <span class="dim">by ${rule}</span></li>`,
    ),
    ...muted.map(
      one => html`<li>⏸ not ${mutedReaction(one)}: ${one.reason} <span class="dim">by ${one.rule}</span></li>`,
    ),
    ...undecided.map(({reason, rule}) => html`<li class="busy">Could not be decided: ${reason} (${rule})</li>`),
  ];
  const isNothing = messages.length + lines.length === 0;
  return html`${isNothing ? html`<p class="dim">No message and no script.</p>` : NOTHING}
${messages.map(message => renderSlack(message, nowMs))}${lines.length === 0 ? NOTHING : html`<ul class="acts">${lines}</ul>`}`;
}

function renderSlack({slack, routes, message}: PlanExplanation['messages'][number], nowMs: number): Html {
  const way = routes.join(' · ');
  return html`
<figure><figcaption><span>Slack: to <b>${slack}</b></span> <span class="dim">Route: ${way}</span></figcaption>
${renderMessage(parseMessage(message), {atMs: nowMs}, {nowMs, timeZone: 'UTC'})}</figure>`;
}

function mutedReaction(muted: PlanExplanation['muted'][number]): Html {
  if ('slack' in muted) return html`sent to <b>${muted.slack}</b>`;
  return 'run' in muted ? html`run: <code>${muted.run}</code>` : html`handed over to the job <code>${muted.job}</code>`;
}

/** A short summary of the simulation. Undecided rules come first. */
export function summaryOf({runs}: Simulation, rules: Rules): string {
  const [first] = runs;
  const decisions = first?.preview?.decisions ?? [];
  const broken = new Set(decisions.flatMap(({change}) => brokenFor(rules, change.blueprint)));
  const undecided = broken.size + undecidedIn(decisions).length;
  const matched = first?.actual.rules.length ?? 0;
  const all = runs.map(({actual}) => actual);
  const messages = all.flatMap(actual => actual.messages).length;
  const scripts = all.flatMap(actual => actual.remediations).length;
  return [
    ...(undecided === 0 ? [] : [`${count(undecided, 'rule')} could not be decided.`]),
    matched === 0 && undecided === 0
      ? 'No rule matches the event.'
      : `${count(matched, 'rule')} ${matched === 1 ? 'matches' : 'match'} the event.`,
    `In total: ${count(messages, 'message')}, ${count(scripts, 'remediation')}.`,
  ].join(' ');
}
