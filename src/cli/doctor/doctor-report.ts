/** Renders the findings of `doctor` as text and as JSON. Pure. */
import {count} from '../../base/text/show.ts';
import {type Line, line, mark, type Span, span, wrap} from '../../ui/terminal.ts';
import type {DrillResult} from './drill/drill.ts';
import {HOPS, type HopFinding, type Status} from './finding.ts';

export interface DoctorReport {
  readonly checks: readonly HopFinding[];
  readonly drill?: Omit<DrillResult, 'finding'>;
}

export function isHealthy({checks}: DoctorReport): boolean {
  return !checks.some(({status}) => status === 'failed');
}

export function doctorData(report: DoctorReport): object {
  return {healthy: isHealthy(report), ...report};
}

export function renderReport(report: DoctorReport, width: number): Line[] {
  const titles = Object.values(HOPS).map(({length}) => length);
  const indent = Math.max(...titles) + 4;
  return [
    ...report.checks.flatMap((check, index) => renderCheck(check, report.checks[index - 1], {width, indent})),
    line(),
    ...wrap(line(...verdictOf(report)), width),
  ];
}

interface Layout {
  readonly width: number;
  readonly indent: number;
}

/** Only the first finding of a hop has the title. */
function renderCheck(check: HopFinding, before: HopFinding | undefined, {width, indent}: Layout): Line[] {
  const {hop, status, sentence, fix} = check;
  const title = hop === before?.hop ? '' : HOPS[hop];
  const text = status === 'not-checked' ? `not checked: ${sentence}` : sentence;
  const [first = [], ...more] = wrap(
    line(span(text, ...(status === 'not-checked' ? (['dim'] as const) : []))),
    width - indent,
  );
  const fixes = fix === undefined ? [] : wrap(line(span(`Fix: ${fix}`, 'cyan')), width - indent);
  const pad = span(' '.repeat(indent));
  return [
    line(markOf(status), span(title.padEnd(indent - 2), 'bold'), ...first),
    ...[...more, ...fixes].map(one => line(pad, ...one)),
  ];
}

function markOf(status: Status): Span {
  if (status === 'advice') return span('! ', 'yellow');
  return status === 'not-checked' ? span('- ', 'dim') : mark(status === 'ok');
}

function verdictOf(report: DoctorReport): Line {
  const hopsWith = (status: Status) =>
    new Set(report.checks.flatMap(check => (check.status === status ? [check.hop] : []))).size;
  const [broken, unknown] = [hopsWith('failed'), hopsWith('not-checked')];
  const rest =
    unknown === 0 ? '' : ` ${count(unknown, 'hop')} of ${new Set(report.checks.map(({hop}) => hop)).size} not checked.`;
  const verdict = broken === 0 ? 'No hop failed.' : `${count(broken, 'hop')} failed.`;
  return line(mark(broken === 0), span(verdict, 'bold'), span(rest));
}
