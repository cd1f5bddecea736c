/** Report: mistakes in a pull request and its effects, as a job summary. Pure. */

import type {Html} from '../base/text/html.ts';
import {clip, count, oneLine} from '../base/text/show.ts';
import {limitHtml} from '../report/limit-html.ts';
import {summaryHtml} from '../report/summary-html.ts';
import type {FailedTest, LintModeResult, MismatchLine} from './check.ts';
import {renderComparison} from './comparison-summary.ts';
import type {Month} from './month.ts';
import {renderMonth} from './month-summary.ts';

/** GitHub drops the whole summary of a step above 1 MiB. Each part has a limit, and the rest is counted. */
const MAX_PROBLEMS_BYTES = 200 * 1024;
const MAX_FAILED_BYTES = 200 * 1024;
const MAX_REMARKS = 10;
const MAX_MISMATCHES = 10;

export interface LintSummary extends LintModeResult {
  /** "2 mistakes and 1 failed rule test". */
  readonly verdict: string;
  readonly isRed: boolean;
  /** The number of checked files. */
  readonly files: number;
  /** The effect of the rules on the last month. */
  readonly month?: Month;
}

export function renderLintSummary(summary: LintSummary): string {
  const {verdict, isRed, failed, passed, files, remarks, comparison, month} = summary;
  const head = summaryHtml`<h2>${isRed ? '❌' : '✅'} Port Reactor, lint: ${verdict}</h2>
<p>${count(files, 'file')} checked, ${count(passed + failed.length, 'rule test')} run. No message was sent, and no script was run.</p>`;
  const sections = [
    head,
    ...remarks.slice(0, MAX_REMARKS).map(remark => summaryHtml`<p>ℹ️ ${clip(oneLine(remark), 500)}</p>`),
    ...renderProblems(summary),
    ...renderFailed(failed),
    ...(month === undefined ? [] : renderMonth(month)),
    ...(comparison === undefined ? [] : renderComparison(comparison)),
  ];
  return `${sections.map(({markup}) => markup).join('\n')}\n`;
}

function renderProblems({problems}: LintModeResult): Html[] {
  if (problems.length === 0) return [];
  const {shown, rest} = limitHtml(
    problems,
    MAX_PROBLEMS_BYTES,
    ({file, line, column, message}) =>
      summaryHtml`<tr><td><code>${clip(file, 300)}:${line}:${column}</code></td><td>${clip(message, 1_000)}</td></tr>`,
  );
  return [
    summaryHtml`<h3>Mistakes</h3>
<table><tr><th>Location</th><th>Problem</th></tr>${shown}</table>${beyond(rest, 'more mistake')}`,
  ];
}

function renderFailed(failed: readonly FailedTest[]): Html[] {
  if (failed.length === 0) return [];
  const {shown, rest} = limitHtml(failed, MAX_FAILED_BYTES, renderOne);
  return [summaryHtml`<h3>Failed rule tests</h3>`, ...shown, ...beyond(rest, 'more failed rule test')];
}

function renderOne({name, file, line, mismatches}: FailedTest): Html {
  const rows = mismatches.slice(0, MAX_MISMATCHES).map(renderMismatch);
  return summaryHtml`<p>✘ <b>${clip(oneLine(name), 200)}</b> <code>${clip(file, 300)}:${line}</code></p>
<table><tr><th>Subject</th><th>Expected</th><th>Actual</th></tr>${rows}</table>${beyond(mismatches.length - rows.length, 'more difference')}`;
}

function renderMismatch({of, subject, expected, actual}: MismatchLine): Html {
  const what = of === undefined ? subject : `${of}: ${subject}`;
  return summaryHtml`<tr><td>${clip(oneLine(what), 300)}</td><td>${clip(expected, 500)}</td><td><pre>${clip(actual, 1_000)}</pre></td></tr>`;
}

function beyond(rest: number, noun: string): Html[] {
  return rest > 0 ? [summaryHtml`<p>… and ${count(rest, noun)}, in the log.</p>`] : [];
}
