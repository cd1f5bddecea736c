/** Act: results of remediations → the second, short Slack message. Pure. */
import {clip, count, oneLine, printable, showDuration} from '../../../base/text/show.ts';
import {type Outcome, type ReactionStatus, tallyOf} from '../../outcome.ts';
import {lastLines} from '../../script/last-lines.ts';
import {type Block, contextLine, fitBlocks, message, type SlackMessage, section} from '../block-kit/blocks.ts';
import {BLOCK_MARKS, code, codeBlock, escapeText, escapeUrl, link} from '../block-kit/text.ts';
import {remediationReason} from '../incident/remediation-text.ts';
import {entryTitle} from './entry.ts';

/**
 * The maximum number of lines of output for each status. The end of a failure helps a reader on a phone. The end of a success
 * rarely does.
 */
const TAIL = {
  done: {lines: 3, chars: 300},
  failed: {lines: 12, chars: 1500},
  oneOfMany: {lines: 3, chars: 300},
} as const;
const MAX_RESULTS = 10;
/** With more results, each one is shorter. */
const FEW = 3;

/** The most urgent first. */
const ORDER: readonly ReactionStatus[] = ['failed', 'skipped', 'planned', 'done'];

/** One message for all results that go to one destination, failures first. */
export function renderResults(results: readonly Outcome[], runUrl: string): SlackMessage {
  const sorted = results.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const [first] = sorted;
  const total = count(results.length, 'remediation');
  const isOne = results.length === 1 && first !== undefined;
  const head = isOne ? [] : [section([`${ICONS[first?.status ?? 'done']} *${total}*: ${tallyOf(results)}`])];
  const foot = contextLine([link(escapeUrl(runUrl), 'See the whole output in this run')]);
  const blocks = fitBlocks(sorted, MAX_RESULTS, (shown, hidden) => [
    ...head,
    ...shown.flatMap(result => resultBlocks(result, results.length > FEW)),
    ...(hidden > 0 ? [section([moreResults(sorted.slice(shown.length))])] : []),
    foot,
  ]);
  return message(isOne ? sentence(first) : `${total}: ${tallyOf(results)}`, blocks);
}

/** "… and 490 more results: 480 done, 10 failed" */
function moreResults(hidden: readonly Outcome[]): string {
  return `… and ${count(hidden.length, 'more result')}: ${tallyOf(hidden)}`;
}

function sentence({match, run, job, status, detail}: Outcome): string {
  return `Remediation ${status}: ${clip(entryTitle(match.change), 100)}: ${run ?? `job ${job}:`} ${detail}`;
}

/** The output has a separate block, so that a long name cannot take its space. */
function resultBlocks(outcome: Outcome, isOneOfMany: boolean): Block[] {
  const {match, status, run, job, detail, durationMs, unchecked} = outcome;
  const took = durationMs === undefined ? '' : ` (${showDuration(durationMs)})`;
  const tail = tailOf(outcome, isOneOfMany);
  const result = section([
    `${ICONS[status]} *REMEDIATION ${status.toUpperCase()}* · *${escapeText(clip(entryTitle(match.change), 100))}*`,
    `${run === undefined ? `Job ${code(job, 100)}:` : code(run, 100)} ${escapeText(clip(oneLine(detail), 200))}${took}`,
    `Rule ${code(match.rule.name, 60)}: ${escapeText(clip(oneLine(remediationReason(match)), 150))}`,
    ...(unchecked === undefined ? [] : [`Not checked: ${escapeText(clip(oneLine(unchecked), 200))}`]),
  ]);
  return tail === '' ? [result] : [result, section([tail])];
}

const ICONS: Record<ReactionStatus, string> = {done: '✅', skipped: '⏭️', failed: '❌', planned: '📝'};

/** The last lines of the script's output. */
function tailOf({status, output = ''}: Outcome, isOneOfMany: boolean): string {
  const {lines, chars} = status === 'done' ? TAIL.done : isOneOfMany ? TAIL.oneOfMany : TAIL.failed;
  const room = {lines, chars: chars - BLOCK_MARKS};
  const rows = output
    .split('\n')
    .map(line => printable(line).trimEnd())
    .filter(line => line !== '');
  const shown = lastLines(rows, room, line => escapeText(line).length);
  return rows.length === 0 ? '' : codeBlock(shown.join('\n'), chars);
}
