/** Compares expected and actual results → differences with reasons. Pure. JSON. */
import {type DescribedDecision, undecidedIn} from '../decide/describe.ts';
import {matchesIn, type Plan} from '../decide/plan.ts';
import type {Rules} from '../rules/rules.ts';
import type {Actual, ActualIncident, ActualMessage, ActualMute, ActualRemediation, ActualTold} from './actual.ts';
import type {Expectation, ExpectedIncident, ExpectedMessage, ExpectedRemediation} from './rule-tests.ts';

/** One difference. */
export type Mismatch =
  /** A rule that should match and did not, or the reverse, with the deciding reasons. */
  | {readonly kind: 'rule'; readonly rule: string; readonly expected: boolean; readonly reasons: readonly string[]}
  /** A message that is missing or lacks some of its texts, with the actual message. */
  | {
      readonly kind: 'message';
      readonly expected: ExpectedMessage;
      readonly missing: readonly string[];
      readonly actual?: ActualMessage;
      /** Why there is no message, if known. */
      readonly reasons: readonly string[];
    }
  | {readonly kind: 'unexpected message'; readonly actual: ActualMessage}
  /** It is unknown whether a rule matches, where a message goes, or what its text is. No expectation can be met. */
  | {readonly kind: 'undecided'; readonly rule: string; readonly reasons: readonly string[]}
  | {readonly kind: 'remediation'; readonly expected: ExpectedRemediation; readonly reasons: readonly string[]}
  | {readonly kind: 'unexpected remediation'; readonly actual: ActualRemediation; readonly reasons: readonly string[]}
  /** The messages of incidents or their order differ, with the reasons for unsent ones. */
  | {
      readonly kind: 'told';
      readonly expected: readonly string[];
      readonly actual: readonly ActualTold[];
      readonly reasons: readonly string[];
    }
  | {readonly kind: 'incident'; readonly expected: ExpectedIncident; readonly actual: readonly ActualIncident[]}
  | {readonly kind: 'unexpected incident'; readonly actual: ActualIncident}
  /** A person acknowledged the rule, but it had no open incident. */
  | {readonly kind: 'acknowledgement'; readonly rule: string};

/** The decisions of each run. */
export interface Explanations {
  readonly rules: Rules;
  /** Whether a verdict is possibly undecided. */
  readonly mayBeUndecided: boolean;
  /**
   * The described decisions. Created on demand, because that takes longer than deciding, and a passing test does not need
   * them.
   */
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

/** The reasons why the rule did or did not match, without duplicates. */
function reasonsOf(decisions: Explanations['decisions'], rule: string, matched: boolean): string[] {
  const verdicts = decisions().flatMap(decision => decision.verdicts.filter(verdict => verdict.rule === rule));
  return [...new Set(verdicts.filter(verdict => verdict.matched === matched).map(({reason}) => reason))];
}

/** Pairs each message once: first with an expectation that it fulfils, then with one for the same destination. */
function compareMessages(expected: readonly ExpectedMessage[], {messages, muted}: Actual): Mismatch[] {
  const {unmatched, left} = pair(
    expected,
    messages,
    (wanted, message) => isFor(wanted, message) && missingTexts(wanted, message).length === 0,
  );
  const near = pair(unmatched, left, isFor);
  return [
    ...near.pairs.map(
      ([wanted, message]): Mismatch => ({
        kind: 'message',
        expected: wanted,
        missing: missingTexts(wanted, message),
        actual: message,
        reasons: [],
      }),
    ),
    ...near.unmatched.map(
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

/** The expected texts that are in neither the shown nor the posted text. White space is collapsed. */
function missingTexts({text}: ExpectedMessage, message: ActualMessage): string[] {
  const has = (shown: string, wanted: string) => folded(shown).includes(folded(wanted));
  // The posted text comes first, because the shown text must be computed from it.
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
  const {unmatched, left} = pair(expected, remediations, matchesRemediation);
  const mutedOf = ({run, job}: ExpectedRemediation) =>
    muted.filter(one => one.slack === undefined && one.run === run && one.job === job).map(toSentence);
  return [
    ...unmatched.map(
      (wanted): Mismatch => ({
        kind: 'remediation',
        expected: wanted,
        reasons: [...mutedOf(wanted), ...reasonsForMissing(wanted, decided)],
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

function matchesRemediation(wanted: ExpectedRemediation, actual: ActualRemediation): boolean {
  const keys = ['run', 'job', 'rule', 'entity'] as const;
  return keys.every(key => wanted[key] === undefined || wanted[key] === actual[key]);
}

/** Why the rules with this remediation did not match. */
function reasonsForMissing({run, job, rule}: ExpectedRemediation, {rules, decisions}: Explanations): string[] {
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
  const {unmatched, left} = pair(expected, incidents, isIt);
  return [
    ...unmatched.map((wanted): Mismatch => ({kind: 'incident', expected: wanted, actual: incidents})),
    ...left.map((actual): Mismatch => ({kind: 'unexpected incident', actual})),
  ];
}

/** Pairs matching items in order, each only once. */
function pair<A, B>(wanted: readonly A[], given: readonly B[], belong: (wanted: A, given: B) => boolean) {
  const left = [...given];
  const pairs: [A, B][] = [];
  const unmatched = wanted.filter(one => {
    const index = left.findIndex(other => belong(one, other));
    if (index === -1) return true;
    pairs.push(...left.splice(index, 1).map((other): [A, B] => [one, other]));
    return false;
  });
  return {pairs, unmatched, left};
}
