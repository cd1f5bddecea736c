/** Renders a backtest as an HTML page: one file without scripts and without external resources. Pure. */
import type {ChangedExample, MessageExample} from '../../backtest/comparison.ts';
import type {BacktestResult} from '../../backtest/result.ts';
import type {RuleTally} from '../../backtest/tally.ts';
import type {Html} from '../../base/text/html.ts';
import {showSpan} from '../../base/text/show.ts';
import {htmlDocument} from '../../ui/document.ts';
import {html, NOTHING} from '../../ui/html.ts';
import {bucketsOf} from './chart.ts';
import {
  backtestHeadline,
  comparisonText,
  costText,
  listCounts,
  openIn,
  percentOf,
  remarksOf,
  showCount,
  showMinute,
} from './format.ts';
import {COLOURS_OF_DESTINATIONS, PAGE_STYLE} from './page-style.ts';

export function renderBacktestPage(result: BacktestResult): string {
  const body = html`<main>
<h1>Backtest of <code>${result.rulesFile}</code></h1>
<p class="dim">${backtestHeadline(result)}. Nothing was sent, and nothing was run.</p>
${renderUnreadable(result)}
${renderComparison(result)}
<h2>Messages <small>${showCount(result.messages)}, by day (UTC)</small></h2>
${renderChart(result)}
<h2>Rules</h2>
${result.rules.map(renderRule)}
${renderOpen(result)}
<h2>Cost</h2>
<p>${costText(result.cost)}.</p>
<footer>Made by <code>port-reactor backtest</code>.</footer>
</main>`;
  return htmlDocument({title: 'Backtest', style: PAGE_STYLE, body});
}

function renderUnreadable({recording: {unreadable, problems}}: BacktestResult): Html {
  if (unreadable === 0) return NOTHING;
  const items = problems.map(({line, message}) => html`<li>Line ${line}: ${message}</li>`);
  return html`<p class="bad">${showCount(unreadable)} events can't be read, so their results are unknown.</p>
<ul>${items}</ul>`;
}

/** The maximum number of bars that a phone can show separately. */
const MAX_BARS = 62;
const HEIGHT = 120;
const BAR = 10;

function renderChart({days, destinations}: BacktestResult): Html {
  const names = Object.keys(destinations);
  if (names.length === 0) return html`<p>No messages.</p>`;
  const buckets = bucketsOf(days, MAX_BARS);
  const totals = buckets.map(({messages}) => [...messages.values()].reduce((sum, n) => sum + n, 0));
  const max = Math.max(1, ...totals);
  const bars = buckets.map(({first, last, messages}, index) => {
    let top = HEIGHT;
    const parts = names.map((name, place) => {
      const height = ((messages.get(name) ?? 0) / max) * HEIGHT;
      top -= height;
      return height === 0
        ? NOTHING
        : html`<rect class="${colourOf(place)}" x="${index * BAR + 1}" y="${round(top)}" width="${BAR - 2}" height="${round(height)}"/>`;
    });
    const when = first === last ? first : `${first} to ${last}`;
    return html`<g><title>${when}: ${totals[index] ?? 0} (${listCounts(Object.fromEntries(messages))})</title>${parts}</g>`;
  });
  const [first, last] = [days[0]?.day ?? '', days.at(-1)?.day ?? ''];
  const legend = names.map(
    (name, place) =>
      html`<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="${colourOf(place)}" width="10" height="10"/></svg> ${name} <b>${showCount(destinations[name] ?? 0)}</b></li>`,
  );
  return html`<figure><svg class="chart" role="img" aria-label="Messages by day, at most ${max}" viewBox="0 0 ${buckets.length * BAR} ${HEIGHT}" preserveAspectRatio="none">${bars}</svg>
<figcaption><span>${first}</span><span>at most ${showCount(max)} in one bar</span><span>${last}</span></figcaption></figure>
<ul class="legend">${legend}</ul>`;
}

function colourOf(place: number): string {
  return `d${place % COLOURS_OF_DESTINATIONS}`;
}

function round(n: number): string {
  return n.toFixed(2);
}

function renderRule(rule: RuleTally): Html {
  const {rule: name, matches, messages, reports, scripts, incidents} = rule;
  const facts: [string, string][] = [
    ['Matches', showCount(matches)],
    ['Messages', messages === 0 ? '0' : `${showCount(messages)} (${listCounts(reports)})`],
    ...Object.entries(scripts).map(([script, n]): [string, string] => ['Runs', `${script} ${showCount(n)}`]),
  ];
  if (incidents !== undefined) {
    const {opened, open, flapped, healed, seconds} = incidents;
    facts.push(['Incidents', showCount(opened)]);
    if (seconds !== undefined) {
      const {p50, p95, longest} = seconds;
      facts.push(['Duration', `p50 ${showSpan(p50)} · p95 ${showSpan(p95)} · longest ${showSpan(longest)}`]);
    }
    facts.push(
      ['Open at the end', showCount(open)],
      ['Flapped', `${showCount(flapped)} (${percentOf(flapped, opened)})`],
    );
    if (healed > 0) facts.push(['Healed before `for` was over', showCount(healed)]);
  }
  const rows = facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`);
  const remarks = remarksOf(rule).map(remark => html`<p class="dim">${remark}</p>`);
  return html`<section><h3>${name}</h3><dl>${rows}</dl>${remarks}</section>`;
}

function renderOpen({open, rules}: BacktestResult): Html {
  if (open.length === 0) return NOTHING;
  const rows = open.map(
    ({since, entity, title, rule}) =>
      html`<tr><td>${showMinute(since)}</td><td>${title || entity}</td><td>${rule}</td></tr>`,
  );
  return html`<h2>Open at the end</h2>
<div class="scroll"><table><tr><th>Since (UTC)</th><th>Entity</th><th>Rule</th></tr>${rows}</table></div>
${renderRest(openIn(rules) - open.length)}`;
}

function renderRest(count: number): Html {
  return count > 0 ? html`<p class="dim">… and ${showCount(count)} more.</p>` : NOTHING;
}

function renderComparison({comparison}: BacktestResult): Html {
  if (comparison === undefined) return NOTHING;
  const {ref, new: added, gone, changed} = comparison;
  return html`<h2>Compared with <code>${ref}</code></h2>
<p><b>${comparisonText(comparison)}</b></p>
${renderExamples('New', added)}${renderExamples('Gone', gone)}${renderExamples('Changed', changed)}`;
}

interface Listed {
  readonly count: number;
  readonly examples: readonly (MessageExample | ChangedExample)[];
}

function renderExamples(title: string, {count, examples}: Listed): Html {
  if (count === 0) return NOTHING;
  const rows = examples.map(one => {
    const {at, title: name, entity, destination, reports, rules} = one;
    const differences = 'differences' in one ? html`<br>${one.differences.join('; ')}` : NOTHING;
    return html`<tr><td>${showMinute(at)}</td><td>${name || entity}</td><td>${destination}</td><td>${reports.join(', ')} (${rules.join(', ')})${differences}</td></tr>`;
  });
  return html`<details><summary>${title}: ${showCount(count)}</summary><div class="scroll"><table>
<tr><th>Time (UTC)</th><th>Entity</th><th>Destination</th><th>Message</th></tr>${rows}</table></div>
${renderRest(count - examples.length)}</details>`;
}
