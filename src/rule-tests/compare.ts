/** What was expected × what came → where the two differ, and why. Pure; JSON. */
import {type DescribedDecision, undecidedIn} from '../decide/describe.ts';
import {matchesIn, type Plan} from '../decide/plan.ts';
import type {Rules} from '../rules/rules.ts';
import type {Actual, ActualIncident, ActualMessage, ActualMute, ActualRemediation, ActualTold} from './actual.ts';
import type {Expectation, ExpectedIncident, ExpectedMessage, ExpectedRemediation} from './rule-tests.ts';

/** One difference. */
export type Mismatch =
  /** A rule that was to match and did not, or the other way round; the reasons are those that decided. */
  | {readonly kind: 'rule'; readonly rule: string; readonly expected: boolean; readonly reasons: readonly string[]}
  /** A message that did not come, or that lacks some of its texts; the one that came instead. */
  | {
      readonly kind: 'message';
      readonly expected: ExpectedMessage;
      readonly missing: readonly string[];
      readonly actual?: ActualMessage;
      /** Why none came, if that is known. */
      readonly reasons: readonly string[];
    }
  | {readonly kind: 'unexpected message'; readonly actual: ActualMessage}
  /** Whether a rule matches, where a message goes, or what its text says is not known: no expectation can be met then. */
  | {readonly kind: 'undecided'; readonly rule: string; readonly reasons: readonly string[]}
  | {readonly kind: 'remediation'; readonly expected: ExpectedRemediation; readonly reasons: readonly string[]}
  | {readonly kind: 'unexpected remediation'; readonly actual: ActualRemediation; readonly reasons: readonly string[]}
  /** The messages of incidents are others, or come in another order; why some were not sent. */
  | {
      readonly kind: 'told';
      readonly expected: readonly string[];
      readonly actual: readonly ActualTold[];
      readonly reasons: readonly string[];
    }
  | {readonly kind: 'incident'; readonly expected: ExpectedIncident; readonly actual: readonly ActualIncident[]}
  | {readonly kind: 'unexpected incident'; readonly actual: ActualIncident}
  /** No incident of the rule was open when a person acknowledged it. */
  | {readonly kind: 'acknowledgement'; readonly rule: string};

/** What decided, run by run. */
export interface Explanations {
  readonly rules: Rules;
  /** Whether a verdict could not be reached. */
  readonly mayBeUndecided: boolean;
  /** In words. To make them takes longer than to decide, and a test that passes needs none. */
  readonly decisions: () => readonly DescribedDecision[];
  readonly plans: readonly Plan[];
}

export function mismatchesIn(expect: Expectation, actual: Actual, decided: Explanations): Mismatch[] {
  return [
    ...findUndecided(decided),
    ...(expect.rules === undefined ? [] : compareRules(expect.rules, actual.rules, decided.decisions)),
    ...(expect.messages === undefined ? [] : compareMessages(expect.messages, actual)),
    ...(expect.remediations === undefined ? [] : compareRemediations(expect.remediations, actual, decided)),
    ...(expect.told === undefined ? [] : compareTold(expect.told, actual)),
    ...(expect.incidents === undefined ? [] : compareIncidents(expect.incidents, actual)),
  ];
}

function findUndecided({mayBeUndecided, decisions, plans}: Explanations): Mismatch[] {
  const found = [
    ...undecidedIn(mayBeUndecided ? decisions() : []).map(({verdict: {rule, reason}}) => ({rule, reason})),
    ...plans
      .flatMap(matchesIn)
      .flatMap(({rule, undecided = []}) => undecided.map(reason => ({rule: rule.name, reason}))),
  ];
  const rules = [...new Set(found.map(({rule}) => rule))];
  return rules.map(name => {
    const reasons = found.filter(({rule}) => rule === name).map(({reason}) => reason);
    return {kind: 'undecided', rule: name, reasons: [...new Set(reasons)]};
  });
}

function compareRules(expected: readonly string[], actual: readonly string[], decisions: Explanations['decisions']) {
  const wrong = (names: readonly string[], others: readonly string[]) => names.filter(name => !others.includes(name));
  const mismatch = (rule: string, isExpected: boolean): Mismatch => ({
    kind: 'rule',
    rule,
    expected: isExpected,
    reasons: reasonsOf(decisions, rule, !isExpected),
  });
  return [
    ...wrong(expected, actual).map(rule => mismatch(rule, true)),
    ...wrong(actual, expected).map(rule => mismatch(rule, false)),
  ];
}

/** The sentences with which the rule did, or did not match, each once. */
function reasonsOf(decisions: Explanations['decisions'], rule: string, matched: boolean): string[] {
  const verdicts = decisions().flatMap(decision => decision.verdicts.filter(verdict => verdict.rule === rule));
  return [...new Set(verdicts.filter(verdict => verdict.matched === matched).map(({reason}) => reason))];
}

/** Each message counts once: first for what it fulfils, then for what it comes nearest to. */
function compareMessages(expected: readonly ExpectedMessage[], {messages, muted}: Actual): Mismatch[] {
  const {unmet, left} = pair(
    expected,
    messages,
    (wanted, message) => isFor(wanted, message) && lacking(wanted, message).length === 0,
  );
  const near = pair(unmet, left, isFor);
  return [
    ...near.pairs.map(
      ([wanted, message]): Mismatch => ({
        kind: 'message',
        expected: wanted,
        missing: lacking(wanted, message),
        actual: message,
        reasons: [],
      }),
    ),
    ...near.unmet.map(
      (wanted): Mismatch => ({
        kind: 'message',
        expected: wanted,
        missing: wanted.text,
        reasons: muted.filter(({slack}) => slack !== undefined && (wanted.slack ?? slack) === slack).map(toSentence),
      }),
    ),
    ...near.left.map((message): Mismatch => ({kind: 'unexpected message', actual: message})),
  ];
}

function isFor({slack}: ExpectedMessage, message: ActualMessage): boolean {
  return slack === undefined || slack === message.slack;
}

/** Of the expected texts, those that the message has neither as it is read nor as it is posted. White space is one space. */
function lacking({text}: ExpectedMessage, message: ActualMessage): string[] {
  const has = (shown: string, wanted: string) => folded(shown).includes(folded(wanted));
  // What is posted is there already. What is read must be made from it.
  return text.filter(wanted => !has(message.mrkdwn, wanted) && !has(message.text, wanted));
}

function folded(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function compareRemediations(
  expected: readonly ExpectedRemediation[],
  {remediations, muted}: Actual,
  decided: Explanations,
): Mismatch[] {
  const {unmet, left} = pair(expected, remediations, isThat);
  const mutedOf = ({run, job}: ExpectedRemediation) =>
    muted.filter(one => one.slack === undefined && one.run === run && one.job === job).map(toSentence);
  return [
    ...unmet.map(
      (wanted): Mismatch => ({
        kind: 'remediation',
        expected: wanted,
        reasons: [...mutedOf(wanted), ...whyNot(wanted, decided)],
      }),
    ),
    ...left.map(
      (one): Mismatch => ({
        kind: 'unexpected remediation',
        actual: one,
        reasons: reasonsOf(decided.decisions, one.rule, true),
      }),
    ),
  ];
}

function isThat(wanted: ExpectedRemediation, actual: ActualRemediation): boolean {
  const keys = ['run', 'job', 'rule', 'entity'] as const;
  return keys.every(key => wanted[key] === undefined || wanted[key] === actual[key]);
}

/** Why the rules that have this remediation did not match. */
function whyNot({run, job, rule}: ExpectedRemediation, {rules, decisions}: Explanations): string[] {
  const verdicts = decisions().flatMap(decision => decision.verdicts);
  const own = verdicts.filter(({rule: name, matched}) => {
    const remediate = rules.byName.get(name)?.remediate;
    const isIt = remediate !== undefined && remediate.run === run && remediate.job === job;
    return !matched && isIt && (rule === undefined || rule === name);
  });
  return [...new Set(own.map(verdict => `${verdict.rule}: ${verdict.reason}`))];
}

function toSentence({rule, reason, at}: ActualMute): string {
  return `${at === undefined ? '' : `at ${at}: `}${rule}: ${reason}`;
}

function compareTold(expected: readonly string[], {told: actual, muted}: Actual): Mismatch[] {
  if (actual.length === expected.length && actual.every(({told}, index) => told === expected[index])) return [];
  const unsent = muted.filter(({slack}) => slack !== undefined);
  return [{kind: 'told', expected, actual, reasons: [...new Set(unsent.map(toSentence))]}];
}

function compareIncidents(expected: readonly ExpectedIncident[], {incidents}: Actual): Mismatch[] {
  const keys = ['rule', 'entity', 'state'] as const;
  const isIt = (wanted: ExpectedIncident, actual: ActualIncident) =>
    keys.every(key => wanted[key] === undefined || wanted[key] === actual[key]);
  const {unmet, left} = pair(expected, incidents, isIt);
  return [
    ...unmet.map((wanted): Mismatch => ({kind: 'incident', expected: wanted, actual: incidents})),
    ...left.map((actual): Mismatch => ({kind: 'unexpected incident', actual})),
  ];
}

/** Pairs off what belongs together, each once, in order. */
function pair<A, B>(wanted: readonly A[], given: readonly B[], belong: (wanted: A, given: B) => boolean) {
  const left = [...given];
  const pairs: [A, B][] = [];
  const unmet = wanted.filter(one => {
    const index = left.findIndex(other => belong(one, other));
    if (index === -1) return true;
    pairs.push(...left.splice(index, 1).map((other): [A, B] => [one, other]));
    return false;
  });
  return {pairs, unmet, left};
}
