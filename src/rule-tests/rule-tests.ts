/** Rule tests in their parsed form: changes, and what the rules are to make of them. The written form is in written-rule-tests.ts. */
import type {Change} from '../change/change.ts';
import type {Place} from '../rules/yaml/parse-yaml.ts';

/** What is to come of some changes. What is absent is not looked at; an empty list asks for none. */
export interface Expectation {
  /** The names of the rules that match, all of them, in any order. */
  readonly rules?: readonly string[];
  /** The messages, all of them, in any order. */
  readonly messages?: readonly ExpectedMessage[];
  /** The remediations, all of them, in any order. */
  readonly remediations?: readonly ExpectedRemediation[];
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

/** What happens at once, and what the rules are to make of it alone. */
export interface Step {
  /** None for an event that is no entity change; several for a dispatch of several. */
  readonly changes: readonly Change[];
  readonly expect?: Expectation;
}

export interface RuleTest extends Place {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Of one run that gets the changes of all steps. */
  readonly expect?: Expectation;
  /** The names of the Slack destinations that are configured, where the file says them. */
  readonly destinations?: readonly string[];
  /** ISO 8601: when the run decides; else when its last change happened. */
  readonly now?: string;
}
