/** Act: what became of remediations → the second, short Slack message. Pure. */
import {clip, count, oneLine, printable, showDuration} from '../text.ts';
import {type Outcome, type ReactionStatus, tallyOf} from './outcome.ts';
import {type Block, contextLine, message, type SlackMessage, section} from './slack-blocks.ts';
import {titleOf} from './slack-entry.ts';
import {code, codeBlock, escapeText, escapeUrl, link} from './slack-text.ts';

/** On a phone a failure's last lines are worth reading, a success's hardly. */
const TAIL = {done: {lines: 3, chars: 300}, failed: {lines: 12, chars: 1500}} as const;
const MAX_RESULTS = 10;

/** One message for all results that go to one destination. */
export function renderResults(results: readonly Outcome[], runUrl: string): SlackMessage {
  const shown = results.slice(0, MAX_RESULTS);
  const hidden = results.length - shown.length;
  const [first] = results;
  const text =
    results.length === 1 && first ? sentence(first) : `${count(results.length, 'remediation')}: ${tallyOf(results)}`;
  return message(text, [
    ...shown.flatMap(resultBlocks),
    ...(hidden > 0 ? [section([`… and ${count(hidden, 'more result')}`])] : []),
    contextLine([link(escapeUrl(runUrl), 'This run has the whole output')]),
  ]);
}

function sentence({match, run = '', status, detail}: Outcome): string {
  return `Remediation ${status}: ${clip(titleOf(match.change), 100)}: ${run} ${detail}`;
}

/** The tail stands by itself, so that no long name can take its room. */
function resultBlocks(outcome: Outcome): Block[] {
  const {match, status, run, detail, durationMs} = outcome;
  const took = durationMs === undefined ? '' : ` (${showDuration(durationMs)})`;
  const tail = tailOf(outcome);
  const result = section([
    `${HEADS[status]} · *${escapeText(clip(titleOf(match.change), 100))}*`,
    `${code(run, 100)} ${escapeText(clip(oneLine(detail), 200))}${took}`,
    `Rule ${code(match.rule.name, 60)}: ${escapeText(clip(oneLine(match.reason), 150))}`,
  ]);
  return tail === '' ? [result] : [result, section([tail])];
}

const HEADS: Record<ReactionStatus, string> = {
  done: '✅ *REMEDIATION DONE*',
  skipped: '⏭️ *REMEDIATION SKIPPED*',
  failed: '❌ *REMEDIATION FAILED*',
  planned: '📝 *REMEDIATION PLANNED*',
};

/** The last lines of what the script said. */
function tailOf({status, output = ''}: Outcome): string {
  const {lines, chars} = status === 'done' ? TAIL.done : TAIL.failed;
  const said = output
    .split('\n')
    .map(line => printable(line).trimEnd())
    .filter(line => line !== '');
  const shown = said.length > lines ? ['…', ...said.slice(-lines)] : said;
  return said.length === 0 ? '' : codeBlock(shown.join('\n'), chars);
}
