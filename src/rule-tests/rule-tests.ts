/** Rule tests in their parsed form: changes, and what the rules are to make of them. The written form is in written-rule-tests.ts. */
import type {Change} from '../change/change.ts';
import {STATES, TOPICS, type Topic} from '../memory/format/format.ts';
import type {Place} from '../rules/yaml/load-yaml.ts';

/** What must follow from some steps. What is absent is not compared; an empty list asks for none. */
export interface Expectation {
  /** The names of the rules that match, all of them, in any order. */
  readonly rules?: readonly string[];
  /** The messages, all of them, in any order. */
  readonly messages?: readonly ExpectedMessage[];
  /** The remediations, all of them, in any order. */
  readonly remediations?: readonly ExpectedRemediation[];
  /** The messages of incidents, all of them, in order. */
  readonly told?: readonly Topic[];
  /** The incidents that are not closed afterwards, all of them, in any order. */
  readonly incidents?: readonly ExpectedIncident[];
}

export interface ExpectedIncident {
  readonly rule?: string;
  readonly entity?: string;
  readonly state?: LastingState;
}

export interface ExpectedMessage {
  /** The name of its destination. */
  readonly slack?: string;
  /** What it holds, as people see it in Slack. */
  readonly text: readonly string[];
}

/** One of `run` and `job` is set. */
export interface ExpectedRemediation {
  /** A file of the repository. */
  readonly run?: string;
  /** The later job that it is handed to. */
  readonly job?: string;
  readonly rule?: string;
  readonly entity?: string;
}

/** What happens at one time of the test's clock, and what must follow from it alone. */
export type Step = ChangesStep | ClockStep | AckStep;

interface Timed {
  /** Milliseconds since the epoch: when the run decides. It never goes back within a test. */
  readonly nowMs: number;
  readonly expect?: Expectation;
}

/** A run that gets changes. */
interface ChangesStep extends Timed {
  readonly kind: 'changes';
  /** None for an event that is not an entity change, several for a dispatch of several. */
  readonly changes: readonly Change[];
}

/** A run of the clock, which does what is due. */
interface ClockStep extends Timed {
  readonly kind: 'clock';
}

/** A person acknowledges the incidents of a rule. */
export interface AckStep extends Timed {
  readonly kind: 'ack';
  readonly rule: string;
}

/** One life: what a step leaves behind is what the next one finds. */
export interface RuleTest extends Place {
  readonly name: string;
  readonly steps: readonly Step[];
  /**
   * `told` and `incidents` are of the whole life. The rest is of one run that gets the changes of all steps at once; of the
   * whole life too if the test is a life of several runs: see `isLife`.
   */
  readonly expect?: Expectation;
  /** Whether the test says what a single run can't have: time that passes, an acknowledgement, messages in order. */
  readonly isLife: boolean;
  /** The names of the Slack destinations that are configured, if the file says them. */
  readonly destinations?: readonly string[];
}

/** What `told` can hold: a test knows what became of each script. */
export const TOLD_WORDS = TOPICS.filter(word => word !== 'outcome-unknown');

/** The states of an incident that is not closed. */
export const LASTING_STATES = STATES.filter(state => state !== 'closed');
export type LastingState = (typeof LASTING_STATES)[number];
