/** Report: the effect of a pull request on the messages of the last month, as part of a job summary. Pure. */
import {entityUrl} from '../act/slack/message/entity-links.ts';
import type {ChangedExample, MessageExample} from '../backtest/comparison.ts';
import type {Html} from '../base/text/html.ts';
import {clip, count, oneLine} from '../base/text/show.ts';
import {limitHtml} from '../report/limit-html.ts';
import {summaryHtml} from '../report/summary-html.ts';
import {type Month, monthTitle} from './month.ts';

const MAX_BYTES = 150 * 1024;
const MAX_EXAMPLES = 50;

export function renderMonth(month: Month): Html[] {
  const {comparison, appUrl} = month;
  const head = summaryHtml`<h3>${monthTitle(month)}</h3>`;
  if (comparison === undefined) return [head];
  const rows = [
    ...rowsOf('➕ new', comparison.new.examples, appUrl),
    ...rowsOf('➖ gone', comparison.gone.examples, appUrl),
    ...rowsOf('✏️ changed', comparison.changed.examples, appUrl),
  ];
  const {shown} = limitHtml(rows, MAX_BYTES, row => row);
  const total = comparison.new.count + comparison.gone.count + comparison.changed.count;
  if (shown.length === 0) return [head];
  return [
    head,
    summaryHtml`<table><tr><th></th><th>Time (UTC)</th><th>Entity</th><th>Destination</th><th>Message</th></tr>${shown}</table>`,
    ...(total > shown.length
      ? [
          summaryHtml`<p>… and ${count(total - shown.length, 'more message')}: port-reactor backtest --base shows all.</p>`,
        ]
      : []),
  ];
}

function rowsOf(what: string, examples: readonly (MessageExample | ChangedExample)[], appUrl: string): Html[] {
  return examples.slice(0, MAX_EXAMPLES).map(example => {
    const {at, blueprint, entity, title, destination, reports, rules} = example;
    const name = summaryHtml`${clip(oneLine(title || entity), 150)}`;
    const url = entityUrl(appUrl, {blueprint, entity});
    const differences =
      'differences' in example ? summaryHtml`<br>${clip(example.differences.map(oneLine).join('; '), 500)}` : [];
    const text = `${reports.join(', ')} (${rules.map(oneLine).join(', ')})`;
    return summaryHtml`<tr><td>${what}</td><td>${at.slice(0, 16).replace('T', ' ')}</td><td>${url === undefined ? name : summaryHtml`<a href="${url}">${name}</a>`}</td><td>${clip(oneLine(destination), 80)}</td><td>${clip(text, 300)}${differences}</td></tr>`;
  });
}
