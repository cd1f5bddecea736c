/** The life that a rule test is: its steps one after the other, each with the memory that the one before left. Pure. */
import {previewRun, type RunPreview} from '../act/preview.ts';
import {showDuration} from '../base/text.ts';
import type {Change} from '../change/change.ts';
import {acknowledge} from '../memory/acknowledge.ts';
import type {Shards} from '../memory/format/format.ts';
import {emptyShards} from '../memory/recall.ts';
import {settleAll} from '../memory/settle.ts';
import type {Rules} from '../rules/rules.ts';
import {type Actual, actualOf, nothingIn} from './actual.ts';
import type {AckStep, Step} from './rule-tests.ts';

/** What a step led to. */
export interface LiveMoment {
  readonly step: Step;
  /** The time since the first step: "the start", "16 min". Absent if there is one step only. */
  readonly at?: string;
  readonly actual: Actual;
  /** Absent for an acknowledgement, and for a run that looks at no change and no clock. */
  readonly preview?: RunPreview;
  /** The rule of which a person acknowledged incidents that are not there. */
  readonly acknowledgedNothing?: string;
}

/** Addresses that are the same on every machine. */
const ADDRESSES = {runUrl: 'https://github.com/OWNER/REPOSITORY/actions/runs/1', appUrl: 'https://app.port.io'};

/** @param known the names of the Slack destinations that are configured */
export function live(rules: Rules, steps: readonly Step[], known: readonly string[] | undefined): LiveMoment[] {
  const [first] = steps;
  let shards = emptyShards();
  return steps.map((step, index) => {
    const timed = first === undefined || steps.length === 1 ? {} : {at: sinceStart(step.nowMs - first.nowMs)};
    const {next, ...moment} = takeStep(rules, step, {shards, run: `${index + 1}/1`, known, ...timed});
    if (index < steps.length - 1) shards = next();
    return {step, ...timed, ...moment};
  });
}

function sinceStart(milliseconds: number): string {
  return milliseconds === 0 ? 'the start' : showDuration(milliseconds);
}

/** One run that gets the changes of all steps at once, with an empty memory. */
export function liveAtOnce(rules: Rules, steps: readonly Step[], known: readonly string[] | undefined) {
  const changes = steps.flatMap(step => (step.kind === 'changes' ? step.changes : []));
  const facts = {shards: emptyShards(), run: '1/1', known};
  return run(rules, changes, {...facts, nowMs: steps.at(-1)?.nowMs ?? 0});
}

/** What a step finds. */
export interface LifeFacts {
  readonly shards: Shards;
  /** `<run id>/<attempt>` */
  readonly run: string;
  readonly known: readonly string[] | undefined;
  readonly at?: string;
}

/** What a step led to. */
export type Taken = Omit<LiveMoment, 'step' | 'at'> & {
  /** The memory that it leaves, made when it is asked for. */
  readonly next: () => Shards;
};

/** One step of a life. {@link live} takes all of them. */
export function takeStep(rules: Rules, step: Step, facts: LifeFacts): Taken {
  if (step.kind === 'ack') return takeAcknowledgement(rules, step, facts.shards);
  return run(rules, step.kind === 'changes' ? step.changes : [], {...facts, nowMs: step.nowMs});
}

/** Everything that is to be done is done. */
function run(rules: Rules, changes: readonly Change[], {shards, run, known, at, nowMs}: LifeFacts & {nowMs: number}) {
  const facts = {nowMs, addresses: ADDRESSES, past: {shards, run}, ...(known === undefined ? {} : {known})};
  const preview = previewRun(rules, changes, facts);
  const {reactions = [], next = shards} = preview.recalled ?? {};
  return {preview, actual: actualOf(preview, at), next: () => settleAll(next, reactions, nowMs)};
}

function takeAcknowledgement(rules: Rules, {rule, nowMs}: AckStep, shards: Shards): Taken {
  const at = Math.floor(nowMs / 1000);
  const {next, taken} = acknowledge(rules, shards, {
    isSelected: incident => incident.rule === rule,
    by: 'a person',
    at,
  });
  return {next: () => next, actual: nothingIn(next), ...(taken.length === 0 ? {acknowledgedNothing: rule} : {})};
}
