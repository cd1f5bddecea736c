/** Runs the steps of a rule test in order, each with the memory of the previous step. Pure. */
import {previewRun, type RunPreview} from '../act/preview.ts';
import {showDuration} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import {acknowledge} from '../memory/acknowledge.ts';
import {emptyShards} from '../memory/fold/fold.ts';
import type {Shards} from '../memory/format/format.ts';
import {settleAll} from '../memory/settle.ts';
import type {Rules} from '../rules/rules.ts';
import {type Actual, actualOf, withoutReactions} from './actual.ts';
import type {AckStep, Step} from './rule-tests.ts';

/** The result of a step. */
export interface StepRun {
  readonly step: Step;
  /** The time since the first step: "the start", "16 min". Absent if there is only one step. */
  readonly at?: string;
  readonly actual: Actual;
  /** Absent for an acknowledgement, and for a run without changes or clock. */
  readonly preview?: RunPreview;
  /** The rule whose incidents a person acknowledged although it has none. */
  readonly acknowledgedNothing?: string;
}

/** Fixed messageLinks, so that results do not depend on the machine. */
const MESSAGE_LINKS = {runUrl: 'https://github.com/OWNER/REPOSITORY/actions/runs/1', appUrl: 'https://app.port.io'};

/** @param known the names of the configured Slack destinations */
export function runSteps(rules: Rules, steps: readonly Step[], known: readonly string[] | undefined): StepRun[] {
  const [first] = steps;
  let shards = emptyShards();
  return steps.map((step, index) => {
    const timed = first === undefined || steps.length === 1 ? {} : {at: sinceStart(step.nowMs - first.nowMs)};
    const {next, ...result} = runTestStep(rules, step, {shards, run: `${index + 1}/1`, known, ...timed});
    if (index < steps.length - 1) shards = next();
    return {step, ...timed, ...result};
  });
}

function sinceStart(milliseconds: number): string {
  return milliseconds === 0 ? 'the start' : showDuration(milliseconds);
}

/** A single run with the changes of all steps and an empty memory. */
export function runAtOnce(rules: Rules, steps: readonly Step[], known: readonly string[] | undefined) {
  const changes = steps.flatMap(step => (step.kind === 'changes' ? step.changes : []));
  const facts = {shards: emptyShards(), run: '1/1', known};
  return run(rules, changes, {...facts, nowMs: steps.at(-1)?.nowMs ?? 0});
}

/** The inputs of a step. */
export interface StepInput {
  readonly shards: Shards;
  /** `<run id>/<attempt>` */
  readonly run: string;
  readonly known: readonly string[] | undefined;
  readonly at?: string;
}

/** The result of a step. */
export type TestStepResult = Omit<StepRun, 'step' | 'at'> & {
  /** Computes the memory after the step. */
  readonly next: () => Shards;
};

/** Runs one step. {@link runSteps} runs all steps. */
export function runTestStep(rules: Rules, step: Step, facts: StepInput): TestStepResult {
  if (step.kind === 'ack') return runAcknowledgement(rules, step, facts.shards);
  return run(rules, step.kind === 'changes' ? step.changes : [], {...facts, nowMs: step.nowMs});
}

/** Runs a step whose planned reactions all succeed. */
function run(rules: Rules, changes: readonly Change[], {shards, run, known, at, nowMs}: StepInput & {nowMs: number}) {
  const facts = {nowMs, messageLinks: MESSAGE_LINKS, past: {shards, run}, ...(known === undefined ? {} : {known})};
  const preview = previewRun(rules, changes, facts);
  const {reactions = [], next = shards} = preview.folded ?? {};
  return {preview, actual: actualOf(preview, at), next: () => settleAll(next, reactions, nowMs)};
}

function runAcknowledgement(rules: Rules, {rule, nowMs}: AckStep, shards: Shards): TestStepResult {
  const at = Math.floor(nowMs / 1000);
  const {next, taken} = acknowledge(rules, shards, {
    isSelected: incident => incident.rule === rule,
    by: 'a person',
    at,
  });
  return {next: () => next, actual: withoutReactions(next), ...(taken.length === 0 ? {acknowledgedNothing: rule} : {})};
}
