/** Renders why each rule matches or does not match. Pure. */

import type {Html} from '../base/text/html.ts';
import type {Change} from '../change/change.ts';
import type {RuleHints} from '../cli/explain/explanation.ts';
import {
  blockerOf,
  otherBlueprintsText,
  showActual,
  showExpected,
  verdictText,
  watchesBlueprint,
} from '../cli/explain/verdict-text.ts';
import type {Condition} from '../decide/describe.ts';
import type {RecordedVerdict} from '../report/decision-record.ts';
import type {BrokenRule, Rules} from '../rules/rules.ts';
import {html, NOTHING} from '../ui/html.ts';

interface Reasons {
  /** One for each valid rule. */
  readonly verdicts: readonly RecordedVerdict[];
  /** Possible reasons why rules never match. */
  readonly hints: readonly RuleHints[];
  /** Invalid rules that might apply to the change. */
  readonly broken: readonly BrokenRule[];
}

/** Invalid rules that might watch the blueprint. Whether they match is not known. */
export function brokenFor({leftOut}: Rules, blueprint: string): BrokenRule[] {
  return leftOut.rules.filter(rule => rule.blueprint === undefined || rule.blueprint === blueprint);
}

export function renderVerdicts({blueprint}: Change, {verdicts, hints, broken}: Reasons): Html {
  const hintsOf = new Map(hints.map(one => [one.rule, one.hints]));
  const others = verdicts.filter(verdict => !watchesBlueprint(verdict));
  return html`<ul class="verdicts">${broken.map(renderBroken)}${verdicts
    .filter(watchesBlueprint)
    .map(verdict => renderVerdict(verdict, hintsOf.get(verdict.rule) ?? []))}${renderOthers(blueprint, others)}</ul>`;
}

function renderBroken({name = 'A rule without a name'}: BrokenRule): Html {
  return html`
<li><span class="badge bad">could not be decided</span> <b>${name}</b><p>The rule has mistakes. It is ignored until they are fixed.</p></li>`;
}

function renderOthers(blueprint: string, others: readonly RecordedVerdict[]): Html {
  if (others.length === 0) return NOTHING;
  const {about, slip} = otherBlueprintsText(blueprint, others);
  return html`<li class="dim">${about}${slip === undefined ? '' : html`. <span class="hint">${slip}</span>`}</li>`;
}

function renderVerdict(verdict: RecordedVerdict, hints: readonly string[]): Html {
  const {rule, matched, undecided, reason, conditions} = verdict;
  const look = matched ? 'good' : undecided ? 'busy' : '';
  const blocker = blockerOf(conditions);
  return html`
<li><span class="badge ${look}">${verdictText(verdict)}</span> <b>${rule}</b>
<p>${reason}</p>${hints.map(hint => html`<p class="hint">Hint: ${hint}</p>`)}
<details data-key="conditions ${rule}"><summary>Conditions</summary><ul class="conditions">${conditions.map(one =>
    renderCondition(one, one === blocker),
  )}</ul></details></li>`;
}

function renderCondition(condition: Condition, isBlocker: boolean): Html {
  const {condition: name, held, unknown, hint} = condition;
  const [look, mark, label] = unknown ? ['busy', '?', 'unknown'] : held ? ['good', '✓', 'true'] : ['bad', '✕', 'false'];
  const decided = isBlocker ? html` <span class="badge">decided</span>` : NOTHING;
  return html`
<li><span class="mark ${look}" role="img" aria-label="${label}">${mark}</span> <code>${name}</code> ${showExpected(condition)}, is <b>${showActual(condition)}</b>${decided}
${hint === undefined ? '' : html`<p class="hint">${hint}</p>`}</li>`;
}
