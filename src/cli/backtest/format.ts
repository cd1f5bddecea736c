/** Text for the numbers and comparisons of a backtest, on the terminal and on the page. Pure. */
import type {ChangedExample, MessageExample} from '../../backtest/comparison.ts';
import type {Cost} from '../../backtest/cost.ts';
import type {BacktestResult} from '../../backtest/result.ts';
import type {IncidentTally, RuleTally, SuppressedCounts} from '../../backtest/tally.ts';
import {count, oneLine, showSpan} from '../../base/text/show.ts';

/** `1,204` */
export function showCount(n: number): string {
  return n.toLocaleString('en-US');
}

/** `2026-11-01 12:28` (UTC). */
export function showMinute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

export function backtestHeadline({changes, from, to, recording}: BacktestResult): string {
  if (from === undefined || to === undefined) return `No changes in ${recording.name}`;
  const number = `${showCount(changes)} change${changes === 1 ? '' : 's'}`;
  return `${number} of ${recording.name}, ${showMinute(from)} to ${showMinute(to)} (UTC)`;
}

/** `p50 12 min, p95 2 h, longest 1 d 3 h`. */
function durationsOf({seconds}: IncidentTally): string {
  if (seconds === undefined) return 'none ended';
  const {p50, p95, longest} = seconds;
  return `p50 ${showSpan(p50)}, p95 ${showSpan(p95)}, longest ${showSpan(longest)}`;
}

/** The number of incidents that are open at the end. The result lists only the first ones. */
export function openIn(rules: readonly RuleTally[]): number {
  return rules.reduce((sum, {incidents}) => sum + (incidents?.open ?? 0), 0);
}

/** `14 incidents: p50 …; 2 open at the end; 1 flapped (7 %)`. */
export function incidentsOf(incidents: IncidentTally): string {
  const {opened, open, flapped, healed} = incidents;
  const parts = [
    ...(opened === 0 ? [] : [durationsOf(incidents)]),
    ...(open === 0 ? [] : [`${showCount(open)} open at the end`]),
    ...(flapped === 0 ? [] : [`${showCount(flapped)} flapped (${percentOf(flapped, opened)})`]),
    ...(healed === 0 ? [] : [`${showCount(healed)} more recovered before the end of \`for\``]),
  ];
  return `${showCount(opened)} incident${opened === 1 ? '' : 's'}${parts.length === 0 ? '' : `: ${parts.join('; ')}`}`;
}

export function percentOf(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;
}

/** `firing 12, recovered 11`. */
export function listCounts(counts: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(counts)
    .map(([name, n = 0]) => `${oneLine(name)} ${showCount(n)}`)
    .join(', ');
}

/** One line for each kind of suppressed reaction, and one for undecided changes. */
export function remarksOf({heldMessages, heldScripts, undecided}: RuleTally): string[] {
  return [
    ...held('not sent', heldMessages),
    ...held('not run', heldScripts),
    ...(undecided === 0 ? [] : [`${count(undecided, 'change')} could not be decided: values were truncated`]),
  ];
}

function held(what: string, counts: SuppressedCounts): string[] {
  const text = listCounts(counts);
  return text === '' ? [] : [`${what}: ${text}`];
}

export function costText({runs, handOverJobs, clockRuns, minutes}: Cost): string {
  const parts = [
    count2(runs, 'run'),
    ...(handOverJobs === 0 ? [] : [count2(handOverJobs, 'hand-over job')]),
    ...(clockRuns === 0 ? [] : [count2(clockRuns, 'run', ' of the clock')]),
  ];
  return `at most ${count2(minutes, 'minute', ' of GitHub Actions')}: ${parts.join(' + ')}. GitHub rounds each job up to one minute`;
}

function count2(n: number, noun: string, behind = ''): string {
  return `${showCount(n)} ${noun}${n === 1 ? '' : 's'}${behind}`;
}

export function comparisonText({
  base,
  head,
  new: added,
  gone,
  changed,
}: NonNullable<BacktestResult['comparison']>): string {
  const parts = [
    `${showCount(added.count)} new`,
    `${showCount(gone.count)} gone`,
    `${showCount(changed.count)} changed`,
  ];
  return `${showCount(base)} → ${showCount(head)} messages: ${parts.join(', ')}`;
}

/** `2026-11-20 12:28 orders-db → payments: firing (database-cpu-high)`. */
export function exampleText({at, entity, destination, reports, rules}: MessageExample): string {
  return `${showMinute(at)} ${oneLine(entity)} → ${oneLine(destination)}: ${reports.join(', ')} (${rules.map(oneLine).join(', ')})`;
}

export function differencesText({differences}: ChangedExample): string {
  return differences.map(oneLine).join('; ');
}
