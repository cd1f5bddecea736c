/** Act: closes the Port runs that reported the changes, so that Port shows the results. */

import type {Now} from '../../base/deps.ts';
import {type ConfigError, messageOf} from '../../base/errors.ts';
import {clip, count} from '../../base/text/show.ts';
import type {PortClient, RunReport} from '../../clients/port.ts';
import {PortError} from '../../clients/port-error.ts';
import {
  type DescribedDecision,
  type DescribedVerdict,
  undecidedIn,
  verdictsOnBlueprint,
} from '../../decide/describe.ts';
import {type Outcome, sentenceOf, undecidedReactions} from '../outcome.ts';
import {mistakesIn} from '../slack/message/mistakes.ts';

/** The maximum number of requests at the same time. Port does not publish its limits. */
const AT_ONCE = 4;
/** Failures in a row after which the rest of the batch is skipped, because each failed connection takes time. */
const MAX_FAILURES = AT_ONCE;
/** The time after which no more runs are closed, so that a slow Port does not delay the step for long. */
const MAX_MS = 60_000;

/** The results of the action's run. */
interface Done {
  readonly decisions: readonly DescribedDecision[];
  readonly outcomes: readonly Outcome[];
  /** Mistakes in rules and settings. */
  readonly errors: readonly ConfigError[];
  /** Failures of the incident memory. */
  readonly failures?: readonly string[];
  readonly runUrl: string;
}

/**
 * Closes the automation run of every change that has one: log, link, summary, and the status last. Runs of workflow nodes are
 * closed by their workflow, through other routes. The reactions are not affected. Never rejects.
 * @returns what could not be closed and why, as sentences
 */
export async function reportBack(
  done: Done,
  {port, now}: {readonly port: PortClient; readonly now: Now},
): Promise<string[]> {
  const untilMs = now() + MAX_MS;
  const open = done.decisions.flatMap(decision => {
    const {runId, source} = decision.change;
    return runId === undefined || source === 'workflow' ? [] : [{runId, decision}];
  });
  const remarks: string[] = [];
  let failures = 0; // in a row
  const worker = async () => {
    while (failures < MAX_FAILURES && now() < untilMs) {
      const next = open.shift();
      if (next === undefined) return;
      try {
        remarks.push(...(await closeOne(next.runId, reportOf(next.decision, done), port)));
        failures = 0;
      } catch (error) {
        if (!isUnknownRun(error)) failures++;
        remarks.push(`Port run ${next.runId} could not be closed: ${messageOf(error)}`);
      }
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, worker));
  const rest = open.length;
  return rest === 0 ? remarks : [...remarks, `${count(rest, 'more Port run')} could not be closed.`];
}

/** Whether the error concerns only that run. */
function isUnknownRun(error: unknown): boolean {
  return error instanceof PortError && error.status === 404 && error.isOfPort;
}

async function closeOne(runId: string, report: RunReport, port: PortClient): Promise<string[]> {
  const {unlogged} = await port.closeRun(runId, report);
  return unlogged === undefined ? [] : [`Port run ${runId} was closed without its log: ${unlogged}`];
}

function reportOf(
  decision: DescribedDecision,
  {outcomes, errors, failures: forgotten = [], runUrl: link}: Done,
): RunReport {
  const own = outcomes.filter(({match}) => match.change === decision.change);
  const failures = [...failuresOf(decision, own), ...brokenIn(errors), ...(own.length === 0 ? [] : forgotten)];
  const summary = failures.length > 0 ? failures.join('; ') : summarize(own);
  const status = failures.length > 0 ? 'FAILURE' : 'SUCCESS';
  return {status, link, summary: clip(summary, 1000), message: logOf(decision, own)};
}

/** An invalid rule could apply to any change, so no change of the run counts as fully handled. */
function brokenIn(errors: readonly ConfigError[]): string[] {
  return errors.length === 0 ? [] : [`the rules are broken: ${mistakesIn(errors).join('; ')}`];
}

function failuresOf(decision: DescribedDecision, outcomes: readonly Outcome[]): string[] {
  return [
    ...outcomes.filter(({status}) => status === 'failed').map(sentenceOf),
    ...undecidedIn([decision]).map(({verdict: {rule, reason}}) => `${rule} could not be decided: ${reason}`),
    ...undecidedReactions(outcomes).map(({rule, reason}) => `${rule}: not everything could be decided: ${reason}`),
  ];
}

function summarize(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return 'No rule reacts to this change.';
  return `${count(outcomes.length, 'reaction')}: ${outcomes.map(sentenceOf).join('; ')}`;
}

function logOf(decision: DescribedDecision, outcomes: readonly Outcome[]): string {
  const word = ({matched, undecided}: DescribedVerdict) => (matched ? 'matched' : undecided ? 'undecided' : 'no match');
  const rules = verdictsOnBlueprint(decision).map(verdict => `${word(verdict)}: ${verdict.rule}: ${verdict.reason}`);
  return clip([...rules, ...outcomes.map(sentenceOf)].join('\n') || 'No rule watches this blueprint.', 10_000);
}
