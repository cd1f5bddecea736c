/** Renders the report for the terminal and as Markdown. Pure. */
import {momentWord} from '../../act/hops.ts';
import type {PercentileSummary} from '../../backtest/percentiles.ts';
import {count, oneLine, showDuration, showSpan} from '../../base/text/show.ts';
import {type Line, line, span, wrap} from '../../ui/terminal.ts';
import type {Screen} from '../shared/screen.ts';
import type {Operations} from './operations.ts';

interface Section {
  readonly title: string;
  readonly rows: readonly string[];
}

/** The report as sections with lines of text. */
function sectionsOf({runs, changes, matched, reactions, incidents, ...rest}: Operations): Section[] {
  const {flappers, timeToNotify, hops, scripts} = rest;
  const {opened, ended, noise, timeToRecover} = incidents;
  return [
    {
      title: 'Changes and reactions',
      rows: [
        `${count(changes, 'change')} in ${count(runs, 'run')}, ${matched} matched by a rule`,
        ...Object.entries(reactions).map(([word, n]) => `${word}: ${n}`),
      ],
    },
    {
      title: 'Incidents',
      rows: [
        `${opened} seen, ${ended} ended`,
        `noise: ${noise}${ended === 0 ? '' : ` (${Math.round((100 * noise) / ended)} % of those that ended)`}, recovered within 5 minutes without a script`,
        ...(timeToRecover === undefined ? [] : [`time to recover: ${percentileText(timeToRecover, showSpan)}`]),
      ],
    },
    {
      title: 'Time to notify, from the change to the answer of Slack',
      rows: Object.entries(timeToNotify).map(
        ([severity, {messages, ...percentiles}]) =>
          `${severity}: ${percentileText(percentiles, showDuration)} (${count(messages, 'message')})`,
      ),
    },
    {
      title: 'Time to notify by hop',
      rows: hops.map(
        ({from, to, messages, ...percentiles}) =>
          `${momentWord(from)} to ${momentWord(to)}: ${percentileText(percentiles, showDuration)} (${count(messages, 'message')})`,
      ),
    },
    {
      title: 'Top flappers',
      rows: flappers.map(({rule, entity, turns}) => `${entity} (${rule}): ${turns} openings and closings`),
    },
    {
      title: 'Scripts',
      rows: scripts.map(
        ({name, started, failed, helped, didNotHelp}) =>
          `${name}: started ${started}, failed ${failed}, ${count(helped, 'incident')} ended after it, did not help ${didNotHelp}`,
      ),
    },
  ];
}

function percentileText({p50, p95, longest}: PercentileSummary, show: (n: number) => string): string {
  return `p50 ${show(p50)}, p95 ${show(p95)}, longest ${show(longest)}`;
}

function rangeOf({from, to}: Operations): string {
  return from === undefined || to === undefined ? 'no changes' : `${from.slice(0, 16)} to ${to.slice(0, 16)} (UTC)`;
}

export function renderOperations(operations: Operations, {width}: Screen): Line[] {
  const sections = sectionsOf(operations).filter(({rows}) => rows.length > 0);
  return [
    ...wrap(line(span('Report', 'bold'), span(`  ${rangeOf(operations)}`, 'dim')), width),
    ...sections.flatMap(({title, rows}) => [
      line(),
      line(span(title, 'bold')),
      ...rows.flatMap(row => wrap(line(oneLine(row)), width - 2).map(part => line('  ', ...part))),
    ]),
  ];
}

export function operationsMarkdown(operations: Operations): string {
  const sections = sectionsOf(operations).filter(({rows}) => rows.length > 0);
  const parts = sections.map(
    ({title, rows}) => `### ${title}\n\n${rows.map(row => `- ${markdown(row)}`).join('\n')}\n`,
  );
  return `## Port Reactor, ${rangeOf(operations)}\n\n${parts.join('\n')}`;
}

/** Escapes names from the catalog, so that they cannot contain markup, mentions or links. */
function markdown(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]()<>#+!|~&@:]/g, character =>
    character === '@' ? '@\u200b' : `\\${character}`,
  );
}
