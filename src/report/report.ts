/** Report: outcomes → outputs, job summary, decision record and annotations. Decides whether the step is red. */
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {factsOf, type MatchFacts} from '../act/facts.ts';
import {type Outcome, sentenceOf, undecidedReactions} from '../act/outcome.ts';
import {itemsByJob, jobItems} from '../act/script/hand-over.ts';
import type {Core} from '../base/deps.ts';
import {type ConfigError, messageOf} from '../base/errors.ts';
import {firstThatFit} from '../base/fit.ts';
import type {Run} from '../base/run.ts';
import {count, logText} from '../base/text/show.ts';
import {type DescribedDecision, undecidedIn} from '../decide/describe.ts';
import type {Finished} from '../memory/run/input.ts';
import {SEVERITIES} from '../rules/rules.ts';
import {annotationsOf, MAX_ANNOTATIONS} from './annotations.ts';
import {reactionOf, renderRecord} from './decision-record.ts';
import {renderSummary} from './summary.ts';

export interface Report {
  readonly decisions: readonly DescribedDecision[];
  readonly outcomes: readonly Outcome[];
  /** Mistakes in rules and settings. The decisions ignore the invalid ones. */
  readonly errors: readonly ConfigError[];
  /** The number of changes that were dropped as duplicates. */
  readonly duplicates: number;
  /** Why no change needs a decision, and problems other than failed reactions. */
  readonly remarks: readonly string[];
  /** Failures of the incident memory. They make the step red. */
  readonly failures?: readonly string[];
  /** The incidents before and after. Undefined without the incident memory. */
  readonly finished?: Finished | undefined;
}

/** GitHub drops all outputs of a job above 1 MB in UTF-16. */
const MAX_REACTIONS = 140_000;
const MAX_FACT = 10_000;

type RunOutcome = 'reacted' | 'nothing' | 'duplicate' | 'dry-run' | 'failed';

/**
 * Writes every report. The step is red if a required reaction failed or a report could not be written. Never rejects, because
 * the reactions have already taken place.
 */
export function report(report: Report, core: Core, run: Run): void {
  const outcome = outcomeOf(report);
  const unwritten: string[] = [];
  const attempt = (what: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      unwritten.push(`${what} could not be written: ${messageOf(error)}`);
    }
  };
  attempt('The decision record', () => core.setOutput('decisions', writeRecord(report, run)));
  attempt('The outputs', () => writeOutputs(report, outcome, core));
  attempt('The job summary', () => {
    if (run.hasSummary) core.appendSummary(renderSummary({...report, outcome}));
  });
  annotate(report, unwritten, core);
}

function outcomeOf({outcomes, decisions, errors, failures = [], duplicates}: Report): RunOutcome {
  const hasOutcome = (wanted: Outcome['status']) => outcomes.some(({status}) => status === wanted);
  const undecided = undecidedIn(decisions).length + undecidedReactions(outcomes).length;
  if (errors.length + failures.length > 0 || hasOutcome('failed') || undecided > 0) return 'failed';
  if (hasOutcome('planned')) return 'dry-run';
  if (hasOutcome('done')) return 'reacted';
  const isAgain = (decisions.length === 0 && duplicates > 0) || outcomes.some(({isDuplicate}) => isDuplicate);
  return isAgain ? 'duplicate' : 'nothing';
}

/** Writes to a new folder, because a job can use the action more than once. */
function writeRecord(report: Report, {tempDir, url}: Run): string {
  mkdirSync(tempDir, {recursive: true});
  const path = join(mkdtempSync(join(tempDir, 'run-')), 'decisions.jsonl');
  writeFileSync(path, renderRecord(report, url));
  return path;
}

function writeOutputs({outcomes}: Report, outcome: RunOutcome, core: Core): void {
  const outputs = {
    outcome,
    reactions: reactionList(outcomes, core),
    remediations: JSON.stringify(jobItems(outcomes)),
    'remediations-by-job': JSON.stringify(itemsByJob(outcomes)),
    ...factOutputs(outcomes),
  };
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

/** The facts of the most severe reaction. If several are equally severe, the first one counts. */
function factOutputs(outcomes: readonly Outcome[]): Record<string, string> {
  // a muted reaction must not cause a later step to page a person
  const sent = outcomes.filter(({isSuppressed}) => isSuppressed !== true);
  const [worst] = sent.toSorted((a, b) => severityOf(b) - severityOf(a));
  const facts: Partial<MatchFacts> = worst === undefined ? {} : factsOf(worst.match, MAX_FACT);
  const names = ['rule', 'entity', 'blueprint', 'property', 'from', 'to', 'severity'] as const;
  return Object.fromEntries(names.map(name => [name, facts[name] ?? '']));
}

function severityOf({match}: Outcome): number {
  return SEVERITIES.indexOf(match.rule.severity);
}

/** The first reactions, as many as fit into an output. */
function reactionList(outcomes: readonly Outcome[], core: Core): string {
  const items = outcomes.map(outcome => JSON.stringify(reactionOf(outcome)));
  const shown = firstThatFit(items, MAX_REACTIONS, item => item.length + 1);
  if (shown.length < items.length) {
    const message = `The output \`reactions\` contains the first ${shown.length} of ${items.length} items. The decision record contains all of them.`;
    core.warning(message);
  }
  return `[${shown.join(',')}]`;
}

function annotate(
  {outcomes, decisions, errors: broken, failures = []}: Report,
  unwritten: readonly string[],
  core: Core,
): void {
  const failed = outcomes.filter(({status}) => status === 'failed');
  const undecided = [
    ...undecidedIn(decisions).map(({change, verdict: {rule, reason}}) => ({change, rule, reason})),
    ...undecidedReactions(outcomes),
  ];
  const errors = [
    ...broken.flatMap(annotationsOf),
    ...[...failures, ...unwritten].map(text => ({title: 'Port Reactor', text})),
    ...failed.map(outcome => ({
      title: `Port Reactor: ${outcome.kind} failed`,
      text: `${outcome.match.change.entity}: ${sentenceOf(outcome)}`,
    })),
    ...undecided.map(({change, rule, reason}) => ({
      title: 'Port Reactor: not decided',
      text: `${rule}, ${change.entity}: could not be decided: ${reason}. Check the entity in Port, and act manually if needed.`,
    })),
  ];
  for (const {text, ...properties} of errors.slice(0, MAX_ANNOTATIONS)) core.error(logText(text), properties);
  const reason = failureOf(failed.length, undecided.length, unwritten.length);
  const reasons = [...broken.map(({message}) => message), ...failures, ...(reason === undefined ? [] : [reason])];
  if (reasons.length > 0) core.setFailed(reasons.flatMap(text => text.split('\n').map(logText)).join('\n'));
}

function failureOf(failed: number, undecided: number, unwritten: number): string | undefined {
  if (failed > 0) return `${count(failed, 'reaction')} failed. See the job summary for details.`;
  if (undecided > 0) return `${count(undecided, 'decision')} could not be made. See the job summary for details.`;
  return unwritten > 0 ? 'All reactions succeeded, but some reports could not be written.' : undefined;
}
