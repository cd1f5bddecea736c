/** Rule tests in parsed form: changes and expected results. The written form is in written-rule-tests.ts. */
import type {Change} from '../change/change.ts';
import {STATES, TOPICS, type Topic} from '../memory/format/format.ts';
import type {Place} from '../rules/yaml/load-yaml.ts';

/** The expected results of steps. Absent keys are not compared. An empty list expects no items. */
export interface Expectation {
  /** The names of all matching rules, in any order. */
  readonly rules?: readonly string[];
  /** All messages, in any order. */
  readonly messages?: readonly ExpectedMessage[];
  /** All remediations, in any order. */
  readonly remediations?: readonly ExpectedRemediation[];
  /** All messages of incidents, in order. */
  readonly told?: readonly Topic[];
  /** All incidents that are not closed at the end, in any order. */
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
  /** Texts that the message contains, as shown in Slack. */
  readonly text: readonly string[];
}

/** Exactly one of `run` and `job` is set. */
export interface ExpectedRemediation {
  /** A file of the repository. */
  readonly run?: string;
  /** The later job that runs it. */
  readonly job?: string;
  readonly rule?: string;
  readonly entity?: string;
}

/** One step on the clock of the test, with its own expectation. */
export type Step = ChangesStep | ClockStep | AckStep;

interface Timed {
  /** The time of the decision, in milliseconds since the epoch. It never decreases within a test. */
  readonly nowMs: number;
  readonly expect?: Expectation;
}

/** A run with changes. */
interface ChangesStep extends Timed {
  readonly kind: 'changes';
  /** Empty for an event that is not an entity change. A dispatch can contain several. */
  readonly changes: readonly Change[];
}

/** A run of the clock, which processes due timers. */
interface ClockStep extends Timed {
  readonly kind: 'clock';
}

/** A person acknowledges the incidents of a rule. */
export interface AckStep extends Timed {
  readonly kind: 'ack';
  readonly rule: string;
}

/** A test. Each step starts with the memory of the previous one. */
export interface RuleTest extends Place {
  readonly name: string;
  readonly steps: readonly Step[];
  /**
   * The expectation for the whole test. If `needsSeveralRuns` is true, it applies to all runs together. Otherwise, it applies to
   * a single run with the changes of all steps.
   */
  readonly expect?: Expectation;
  /** Whether the test needs several runs: it contains waiting time, an acknowledgement, or messages in order. */
  readonly needsSeveralRuns: boolean;
  /** The names of the configured Slack destinations, if the file lists them. */
  readonly destinations?: readonly string[];
}

/** The values of `told`. In a test, the outcome of a script is always known. */
export const TOLD_WORDS = TOPICS.filter(word => word !== 'outcome-unknown');

/** The states of an incident that is not closed. */
export const LASTING_STATES = STATES.filter(state => state !== 'closed');
export type LastingState = (typeof LASTING_STATES)[number];
