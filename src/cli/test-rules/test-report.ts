/** Renders the results of rule tests. Pure. */
import type {Mismatch} from '../../rule-tests/compare.ts';
import {describeMismatch} from '../../rule-tests/describe-mismatch.ts';
import type {RuleTestResult} from '../../rule-tests/run-rule-tests.ts';
import {type Line, line, mark, type Style, span, wrap} from '../../ui/terminal.ts';
import type {NamedProblem} from '../shared/input/rules-file.ts';
import type {Screen} from '../shared/screen.ts';

export interface TestReport {
  readonly file: string;
  readonly rules: string;
  readonly passed: number;
  readonly failed: number;
  readonly durationMs: number;
  /** Sentences about unknown facts, such as destinations. */
  readonly remarks: readonly string[];
  readonly results: readonly RuleTestResult[];
  /** The mistakes in the files. */
  readonly problems?: readonly NamedProblem[];
}

export function renderTestReport(report: TestReport, screen: Screen): Line[] {
  return [
    ...report.results.flatMap(result => renderResult(result, report.file, screen)),
    line(),
    ...report.remarks.flatMap(remark => wrap(line(span(remark, 'dim')), screen.width)),
    summary(report),
  ];
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

/** The subject, then the expected and the actual value, in diff style. */
function renderMismatch(mismatch: Mismatch, screen: Screen): Line[] {
  const {subject, expected, actual} = describeMismatch(mismatch);
  return [
    line('    ', subject),
    ...side({label: '- expected: ', style: 'red'}, expected, screen),
    ...side({label: '+ actual:   ', style: 'green'}, actual, screen),
  ];
}

/** Wraps the text and aligns all lines. */
function side({label, style}: {label: string; style: Style}, text: string, {width}: Screen): Line[] {
  const indent = ' '.repeat(6);
  const lines = text.split('\n').flatMap(part => wrap(line(span(part, style)), width - indent.length - label.length));
  return lines.map((one, index) => line(indent, span(index === 0 ? label : ' '.repeat(label.length), style), ...one));
}
