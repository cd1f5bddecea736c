/** Renders a backtest for the terminal. Pure. */
import type {ChangedExample, MessageExample} from '../../backtest/comparison.ts';
import type {BacktestResult} from '../../backtest/result.ts';
import type {RuleTally} from '../../backtest/tally.ts';
import {oneLine} from '../../base/text/show.ts';
import {indented, type Line, line, mark, type Style, span, widthOf, wrap} from '../../ui/terminal.ts';
import type {Screen} from '../shared/screen.ts';
import {bucketsOf, sparkline} from './chart.ts';
import {
  backtestHeadline,
  comparisonText,
  costText,
  differencesText,
  exampleText,
  incidentsOf,
  listCounts,
  openIn,
  remarksOf,
  showCount,
  showMinute,
} from './format.ts';

export function renderBacktest(result: BacktestResult, screen: Screen): Line[] {
  const {width} = screen;
  return [
    ...wrap(line(span(`Backtest of ${oneLine(result.rulesFile)}`, 'bold')), width),
    ...wrap(line(span(oneLine(backtestHeadline(result)), 'dim')), width),
    ...result.rules.flatMap(rule => [line(), ...renderRule(rule, width)]),
    ...renderDays(result, width),
    ...renderOpen(result, width),
    line(),
    ...wrap(line(span('Cost  ', 'bold'), costText(result.cost)), width),
    ...renderComparison(result, width),
    ...renderProtected(result, width),
  ];
}

function renderRule(rule: RuleTally, width: number): Line[] {
  const {rule: name, matches, messages, reports, scripts, incidents} = rule;
  const scriptsText = listCounts(scripts);
  const facts = [
    `${showCount(matches)} match${matches === 1 ? '' : 'es'}`,
    `${showCount(messages)} message${messages === 1 ? '' : 's'}${messages === 0 ? '' : ` (${listCounts(reports)})`}`,
    ...(scriptsText === '' ? [] : [`runs: ${scriptsText}`]),
  ];
  return [
    ...wrap(line(span(oneLine(name), 'bold'), `  ${facts.join(' · ')}`), width),
    ...(incidents === undefined ? [] : indented(line(incidentsOf(incidents)), 2, width)),
    ...remarksOf(rule).flatMap(remark => indented(line(span(remark, 'yellow')), 2, width)),
  ];
}

function renderDays({days, destinations, messages}: BacktestResult, width: number): Line[] {
  const names = Object.keys(destinations);
  if (names.length === 0) return [line(), line('No messages.')];
  const nameWidth = Math.min(24, Math.max(...names.map(name => widthOf(oneLine(name)))));
  const buckets = bucketsOf(days, Math.max(10, width - nameWidth - 40));
  const max = Math.max(...buckets.flatMap(bucket => [...bucket.messages.values()]));
  const rows = names.map(name => {
    const numbers = buckets.map(bucket => bucket.messages.get(name) ?? 0);
    const most = Math.max(...numbers);
    const at = buckets[numbers.indexOf(most)];
    const when = at === undefined || at.first === at.last ? `on ${at?.first}` : `in ${at.first} to ${at.last}`;
    const label = oneLine(name).slice(0, nameWidth).padEnd(nameWidth);
    return line(
      span(`  ${label} `),
      span(sparkline(numbers, max), 'cyan'),
      ` ${showCount(destinations[name] ?? 0)}`,
      span(`, most ${when}: ${showCount(most)}`, 'dim'),
    );
  });
  const size = buckets[0]?.first === buckets[0]?.last ? 'day' : 'day, several days in one column';
  const range = `${days[0]?.day} to ${days.at(-1)?.day}`;
  return [
    line(),
    ...wrap(
      line(
        span('Messages', 'bold'),
        ` ${showCount(messages)}`,
        span(`, by destination and ${size} (UTC), ${range}`, 'dim'),
      ),
      width,
    ),
    ...rows,
  ];
}

const MAX_LINES = 20;

function renderOpen({open, rules}: BacktestResult, width: number): Line[] {
  if (open.length === 0) return [];
  const rows = open
    .slice(0, MAX_LINES)
    .map(one => line(`${showMinute(one.since)} ${oneLine(one.entity)}`, span(` (${oneLine(one.rule)})`, 'dim')));
  return [
    line(),
    line(span('Open at the end', 'bold')),
    ...rows.flatMap(one => indented(one, 2, width)),
    ...rest(openIn(rules), open.length),
  ];
}

function renderComparison({comparison}: BacktestResult, width: number): Line[] {
  if (comparison === undefined) return [];
  const {ref, new: added, gone, changed} = comparison;
  return [
    line(),
    ...wrap(line(span(`Compared with ${oneLine(ref)}  `, 'bold'), comparisonText(comparison)), width),
    ...renderExamples(added, {sign: '+', style: 'green'}, width),
    ...renderExamples(gone, {sign: '-', style: 'red'}, width),
    ...renderExamples(changed, {sign: '~', style: 'yellow'}, width),
  ];
}

const PROTECTED_WORDS = {
  reported: 'reported',
  lost: 'no longer reported',
  unknown: 'unknown: the recording has no change of the entity at this time',
} as const;

function renderProtected({protected: items = []}: BacktestResult, width: number): Line[] {
  if (items.length === 0) return [];
  const rows = items.map(({incident, status}) =>
    line(
      mark(status !== 'lost'),
      oneLine(incident),
      span(`: ${PROTECTED_WORDS[status]}`, ...(status === 'lost' ? (['red'] as const) : [])),
    ),
  );
  return [line(), line(span('Protected incidents', 'bold')), ...rows.flatMap(one => indented(one, 2, width))];
}

interface Listed {
  readonly count: number;
  readonly examples: readonly (MessageExample | ChangedExample)[];
}

interface Marking {
  readonly sign: string;
  readonly style: Style;
}

function renderExamples({count, examples}: Listed, {sign, style}: Marking, width: number): Line[] {
  const rows = examples.slice(0, MAX_LINES).map(one => {
    const differences = 'differences' in one ? `: ${differencesText(one)}` : '';
    return line(span(`${sign} `, style), exampleText(one), span(differences, style));
  });
  return [...rows.flatMap(one => indented(one, 2, width)), ...rest(count, examples.length)];
}

/** @param listed the number of items that --json and --html show */
function rest(total: number, listed: number): Line[] {
  if (total <= MAX_LINES) return [];
  const where = listed < total ? `--json and --html show ${showCount(listed)}` : '--json, --html';
  return [line(span(`  … and ${showCount(total - MAX_LINES)} more (${where})`, 'dim'))];
}
