/** Report: outcomes → outputs, job summary, decision record, annotations; and whether the step is red. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Outcome} from '../act/outcome.ts';
import {variableText} from '../act/script-env.ts';
import type {Decision} from '../decide/evaluate.ts';
import type {Plan} from '../decide/plan.ts';
import type {Core} from '../deps.ts';
import type {Run} from '../run.ts';
import {clip, count, logText} from '../text.ts';
import {reactionOf, renderRecord} from './decision-record.ts';
import {renderSummary} from './summary.ts';

export interface Report {
  readonly decisions: readonly Decision[];
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  readonly dryRun: boolean;
  /** Whether changes were left out because they came twice. */
  readonly duplicates: number;
  /** Why there is nothing to decide, or what went wrong beside the reactions. */
  readonly remarks: readonly string[];
}

/** GitHub withholds a job's outputs above 1 MB; the record has them all. */
const MAX_OUTPUT_CHARACTERS = 200_000;
/** GitHub shows ten annotations of a step. */
const MAX_ANNOTATIONS = 9;

export type RunOutcome = 'reacted' | 'nothing' | 'duplicate' | 'dry-run' | 'failed';

/** Tells everybody, and leaves the step red where a required reaction failed. */
export async function report(report: Report, core: Core, run: Run): Promise<void> {
  const outcome = outcomeOf(report);
  writeOutputs(report, outcome, core, run);
  await writeSummary({...report, outcome}, core, run);
  const failed = report.outcomes.filter(({status}) => status === 'failed');
  for (const {kind, match, detail} of failed.slice(0, MAX_ANNOTATIONS)) {
    core.error(logText(`${match.rule.name}, ${match.change.entity}: ${kind} failed: ${detail}`), {
      title: `Port Reactor: ${kind} failed`,
    });
  }
  if (failed.length > 0)
    core.setFailed(`${count(failed.length, 'reaction')} failed; the job summary says which and why.`);
}

function outcomeOf({outcomes, dryRun, decisions, duplicates}: Report): RunOutcome {
  if (outcomes.some(({status}) => status === 'failed')) return 'failed';
  if (outcomes.length > 0) return dryRun ? 'dry-run' : 'reacted';
  return decisions.length === 0 && duplicates > 0 ? 'duplicate' : 'nothing';
}

function writeOutputs({decisions, plan, outcomes, dryRun}: Report, outcome: RunOutcome, core: Core, run: Run): void {
  const record = join(run.tempDir, 'decisions.jsonl');
  mkdirSync(dirname(record), {recursive: true});
  writeFileSync(record, renderRecord(decisions, outcomes, run.url));
  const handOvers = dryRun ? [] : plan.handOvers;
  const first = outcomes[0]?.match;
  const outputs: Record<string, string> = {
    outcome,
    reactions: jsonList(outcomes.map(reactionOf)),
    remediations: jsonList(handOvers.map(({match, job}) => ({job, ...factsOf(match)}))),
    ...(first === undefined ? EMPTY_FACTS : firstOutputs(factsOf(first))),
    decisions: record,
  };
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

type Facts = ReturnType<typeof factsOf>;

function factsOf({rule, change, transition}: Outcome['match']) {
  return {
    change: change.id,
    rule: rule.name,
    severity: rule.severity,
    blueprint: change.blueprint,
    entity: change.entity,
    title: change.title,
    property: transition?.property ?? '',
    from: variableText(transition?.from),
    to: variableText(transition?.to),
    at: change.at,
  };
}

function firstOutputs({rule, entity, blueprint, property, from, to, severity}: Facts): Record<string, string> {
  const values = {rule, entity, blueprint, property, from, to, severity};
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, clip(value, 10_000)]));
}

const EMPTY_FACTS = {rule: '', entity: '', blueprint: '', property: '', from: '', to: '', severity: ''};

/** The first items, as many as an output takes. */
function jsonList(items: readonly unknown[]): string {
  const kept: string[] = [];
  let length = 2;
  for (const item of items) {
    const text = JSON.stringify(item);
    length += text.length + 1;
    if (length > MAX_OUTPUT_CHARACTERS) break;
    kept.push(text);
  }
  return `[${kept.join(',')}]`;
}

async function writeSummary(report: Report & {outcome: RunOutcome}, core: Core, run: Run): Promise<void> {
  if (run.hasSummary) await core.summary.addRaw(renderSummary(report)).write();
}
