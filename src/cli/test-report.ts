/** Report: the results of rule tests, for people. Pure. */
import type {Mismatch} from '../rule-tests/compare.ts';
import type {ExpectedMessage, ExpectedRemediation} from '../rule-tests/rule-tests.ts';
import type {RuleTestResult} from '../rule-tests/run-rule-tests.ts';
import type {Screen} from './screen.ts';
import {type Line, line, mark, type Style, span, wrap} from './terminal.ts';

export interface TestReport {
  readonly file: string;
  readonly rules: string;
  readonly passed: number;
  readonly failed: number;
  readonly durationMs: number;
  readonly results: readonly RuleTestResult[];
}

export function renderTestReport(report: TestReport, screen: Screen): Line[] {
  return [...report.results.flatMap(result => renderResult(result, report.file, screen)), line(), summary(report)];
}

function summary({passed, failed, durationMs}: TestReport): Line {
  const took = ` in ${(durationMs / 1000).toFixed(2)} s`;
  const failures = failed === 0 ? [] : [', ', span(`${failed} failed`, 'red', 'bold')];
  return line(span(`${passed} passed`, ...(failed === 0 ? (['green', 'bold'] as const) : [])), ...failures, took);
}

function renderResult({name, line: at, passed, runs}: RuleTestResult, file: string, screen: Screen): Line[] {
  if (passed) return [line(mark(true), name)];
  const wrong = runs.filter(({mismatches}) => mismatches.length > 0);
  return [
    line(mark(false), span(name, 'bold'), span(`  ${file}:${at}`, 'dim')),
    ...wrong.flatMap(({of, mismatches}) => [
      ...(of === undefined ? [] : [line(span(`    ${of}:`, 'dim'))]),
      ...mismatches.flatMap(mismatch => renderMismatch(mismatch, screen)),
    ]),
  ];
}

/** What it is about, then what was expected and what came, marked as in a diff. */
function renderMismatch(mismatch: Mismatch, screen: Screen): Line[] {
  const {subject, expected, actual} = diffOf(mismatch);
  return [
    line('    ', subject),
    ...side('- expected: ', expected, 'red', screen),
    ...side('+ actual:   ', actual, 'green', screen),
  ];
}

interface Diff {
  readonly subject: string;
  /** Texts of one or more lines. */
  readonly expected: string;
  readonly actual: string;
}

function diffOf(mismatch: Mismatch): Diff {
  switch (mismatch.kind) {
    case 'rule': {
      const [wanted, came] = mismatch.expected ? ['matches', 'does not match'] : ['does not match', 'matches'];
      return {subject: `rule ${mismatch.rule}`, expected: wanted, actual: withReasons(came, mismatch.reasons)};
    }
    case 'message':
      return {
        subject: messageSubject(mismatch.expected),
        expected: mismatch.missing.length === 0 ? 'a message' : `holds ${quoted(mismatch.missing)}`,
        actual: mismatch.actual?.text ?? withReasons('no message', mismatch.reasons),
      };
    case 'unexpected message':
      return {subject: `message to ${mismatch.actual.slack}`, expected: 'no message', actual: mismatch.actual.text};
    case 'remediation':
      return {
        subject: `remediation ${remediationSubject(mismatch.expected)}`,
        expected: 'is started',
        actual: withReasons('is not', mismatch.reasons),
      };
    case 'unexpected remediation':
      return {
        subject: `remediation ${remediationSubject(mismatch.actual)}`,
        expected: 'is not started',
        actual: withReasons(`is, by ${mismatch.actual.rule}`, mismatch.reasons),
      };
  }
}

function messageSubject({slack}: ExpectedMessage): string {
  return slack === undefined ? 'message' : `message to ${slack}`;
}

function remediationSubject({run, job, rule, entity}: ExpectedRemediation): string {
  const what = run ?? `job ${job}`;
  return `${what}${rule === undefined ? '' : ` of ${rule}`}${entity === undefined ? '' : ` for ${entity}`}`;
}

function quoted(texts: readonly string[]): string {
  return texts.map(text => JSON.stringify(text)).join(' and ');
}

const MAX_REASONS = 3;

function withReasons(what: string, reasons: readonly string[]): string {
  const more = reasons.length > MAX_REASONS ? [`… and ${reasons.length - MAX_REASONS} more`] : [];
  const shown = [...reasons.slice(0, MAX_REASONS), ...more];
  return shown.length === 0 ? what : `${what}: ${shown.join('\n')}`;
}

/** Wrapped, and every line under the first. */
function side(label: string, text: string, style: Style, {width}: Screen): Line[] {
  const indent = ' '.repeat(6);
  const lines = text.split('\n').flatMap(part => wrap(line(span(part, style)), width - indent.length - label.length));
  return lines.map((one, index) => line(indent, span(index === 0 ? label : ' '.repeat(label.length), style), ...one));
}
