/** Act: what became of remediations → the second, short Slack message. Pure. */
import {clip, count, logText, oneLine, showDuration, showValue} from '../text.ts';
import type {Outcome} from './outcome.ts';
import {type Block, contextLine, message, type SlackMessage, section} from './slack-blocks.ts';
import {code, codeBlock, escapeText, link} from './slack-text.ts';

/** On a phone a failure's last lines are worth reading, a success's hardly. */
const TAIL = {done: {lines: 3, chars: 300}, failed: {lines: 12, chars: 1500}} as const;
const MAX_RESULTS = 10;

/** One message for all results that go to one destination. */
export function renderResults(results: readonly Outcome[], runUrl: string): SlackMessage {
  const shown = results.slice(0, MAX_RESULTS);
  const hidden = results.length - shown.length;
  const failed = results.filter(({status}) => status === 'failed').length;
  const [first] = results;
  const text =
    results.length === 1 && first
      ? plainSentence(first)
      : `${count(results.length, 'remediation')}: ${results.length - failed} done, ${failed} failed`;
  return message(text, [
    ...shown.map(resultBlock),
    ...(hidden > 0 ? [section(`… and ${count(hidden, 'more result')}`)] : []),
    contextLine(link(runUrl.replaceAll('&', '&amp;'), 'This run has the whole output')),
  ]);
}

function resultBlock(outcome: Outcome): Block {
  const {match, run, detail, durationMs = 0} = outcome;
  const head = `${headOf(outcome)} · *${escapeText(titleOf(outcome))}*`;
  const what = `${code(run)} ${escapeText(detail)} (${showDuration(durationMs)})`;
  const why = `Rule ${code(match.rule.name, 60)}: ${escapeText(clip(oneLine(match.reason), 200))}`;
  const tail = tailOf(outcome);
  return section([head, what, why, ...(tail === '' ? [] : [codeBlock(tail)])].join('\n'));
}

function headOf({status}: Outcome): string {
  if (status === 'done') return '✅ *REMEDIATION DONE*';
  return status === 'skipped' ? '⏭️ *REMEDIATION SKIPPED*' : '❌ *REMEDIATION FAILED*';
}

function plainSentence(outcome: Outcome): string {
  const {run, status, detail} = outcome;
  return `Remediation ${status}: ${titleOf(outcome)}: ${run ?? ''} ${detail}`;
}

function titleOf({match: {change}}: Outcome): string {
  return clip(oneLine(change.title), 100) || showValue(change.entity, 100);
}

function tailOf({status, output = ''}: Outcome): string {
  const {lines, chars} = status === 'done' ? TAIL.done : TAIL.failed;
  const last = output
    .split('\n')
    .map(logText)
    .filter(line => line !== '')
    .slice(-lines);
  while (last.length > 1 && last.join('\n').length > chars) last.shift();
  return clip(last.join('\n'), chars);
}
