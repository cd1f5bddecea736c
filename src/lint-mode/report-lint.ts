/** Report: the lint result → annotations, log, summary, outputs, and the status of the step. */
import type {Core} from '../base/deps.ts';
import {describeProblem} from '../base/errors.ts';
import {clip, count, logText} from '../base/text/show.ts';
import type {FailedTest, LintModeResult} from './check.ts';
import {tallyChanges} from './comparison-summary.ts';
import {type Month, monthTitle} from './month.ts';
import {renderLintSummary} from './summary.ts';

/** GitHub shows ten error annotations per step. One is the failure itself. */
const MAX_ANNOTATIONS = 9;
const MAX_MESSAGE = 1_000;

interface Found {
  readonly title: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface LintReport extends LintModeResult {
  readonly files: readonly string[];
  /** Whether a check could not run, so that the result must not be green. */
  readonly isIncomplete: boolean;
  /** Whether a protected incident could not be checked. */
  readonly isUnprotected?: boolean;
  /** The effect of the rules on the last month. */
  readonly month?: Month;
}

/** @param hasSummary whether the runner supports summaries */
export function reportLint(report: LintReport, core: Core, hasSummary: boolean): void {
  const found = foundIn(report);
  const verdict = verdictOf(report);
  writeLog(report, found, core);
  const annotated = selectAnnotations(found);
  for (const {title, file, line, column, message} of annotated) {
    core.error(logText(message), {title, file, startLine: line, startColumn: column});
  }
  const isRed = found.length > 0 || report.isIncomplete || report.isUnprotected === true;
  for (const [name, value] of Object.entries(outputsOf(isRed))) core.setOutput(name, value);
  if (hasSummary) core.appendSummary(renderLintSummary({...report, verdict, isRed, files: report.files.length}));
  if (isRed) core.setFailed(failureOf(verdict, found.length, annotated.length));
  else core.info(logText(verdict));
}

/** The outputs of a run without reactions. Lists are empty JSON, so that `fromJSON` in a later step works. */
function outputsOf(isRed: boolean): Record<string, string> {
  return {outcome: isRed ? 'failed' : 'nothing', reactions: '[]', remediations: '[]', 'remediations-by-job': '{}'};
}

function foundIn({problems, failed}: LintModeResult): Found[] {
  return [
    ...problems.map(problem => ({title: 'Port Reactor', ...problem})),
    ...failed.map(test => ({title: 'Port Reactor: rule test fails', ...test, message: sentenceOf(test)})),
  ];
}

/** "a deployment crashes: remediation job restart: expected is started, came is not: …". */
function sentenceOf({name, mismatches}: FailedTest): string {
  const differences = mismatches.map(({of, subject, expected, actual}) => {
    const what = of === undefined ? subject : `${of}, ${subject}`;
    return `${what}: expected ${expected}, got ${actual}`;
  });
  return clip(`${name}: ${differences.join('. ')}`, MAX_MESSAGE);
}

/** Selects one annotation per line first, because a second one on the same line adds little. */
function selectAnnotations(found: readonly Found[]): Found[] {
  const firsts = [...new Map(found.toReversed().map(one => [`${one.file}:${one.line}`, one])).values()].toReversed();
  const others = found.filter(one => !firsts.includes(one));
  return [...firsts, ...others].slice(0, MAX_ANNOTATIONS);
}

function writeLog({remarks, passed, failed, comparison, month}: LintReport, found: readonly Found[], core: Core): void {
  for (const remark of remarks) core.info(logText(remark));
  for (const one of found) core.info(logText(describeProblem(one, one.file)));
  core.info(`Rule tests: ${passed} passed, ${failed.length} failed`);
  if (comparison !== undefined) core.info(logText(`Compared with the base: ${tallyChanges(comparison.tests)}`));
  if (month !== undefined) core.info(logText(monthTitle(month)));
}

function verdictOf({problems, failed, isIncomplete, isUnprotected}: LintReport): string {
  const parts = [
    ...(problems.length > 0 ? [count(problems.length, 'mistake')] : []),
    ...(failed.length > 0 ? [count(failed.length, 'failed rule test')] : []),
    ...(isIncomplete ? ['Port could not be reached'] : []),
    ...(isUnprotected ? ['protected incidents could not be checked'] : []),
  ];
  return parts.length === 0 ? 'no mistakes and no failed rule tests' : parts.join(' and ');
}

function failureOf(verdict: string, found: number, annotated: number): string {
  const shown = annotated < found ? ` GitHub shows ${annotated} of them as annotations.` : '';
  return `${verdict}.${shown} The job summary and the log show all.`;
}
