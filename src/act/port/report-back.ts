/** Act: closes the Port runs that reported the changes, so that Port shows what came of them. */

import type {Now} from '../../base/deps.ts';
import {type ConfigError, messageOf} from '../../base/errors.ts';
import {clip, count} from '../../base/text.ts';
import type {PortClient, RunReport} from '../../clients/port.ts';
import {PortError} from '../../clients/port-error.ts';
import {type DescribedDecision, type DescribedVerdict, undecidedIn} from '../../decide/describe.ts';
import {type Outcome, sentenceOf, undecidedReactions} from '../outcome.ts';
import {mistakesIn} from '../slack/broken-message.ts';

/** Port limits neither strictly nor by published figures; a batch must not look like an attack. */
const AT_ONCE = 4;
/** A failure to reach Port takes its time; after so many in a row, the rest of a large batch would have no better luck. */
const MAX_FAILURES = AT_ONCE;
/** After it no more closings are begun: a Port that takes seconds for each would hold the step for long. */
const MAX_MS = 60_000;

/** What has happened. */
interface Done {
  readonly decisions: readonly DescribedDecision[];
  readonly outcomes: readonly Outcome[];
  /** What is wrong with rules and settings. */
  readonly errors: readonly ConfigError[];
  /** What the incident memory could not do. */
  readonly failures?: readonly string[];
  readonly runUrl: string;
}

/**
 * Closes the run of every change that has one: log, link, summary, and the status last. A workflow node's run is closed
 * by its workflow, on other routes.
 * @returns what could not be closed and why, in sentences: the reactions have happened all the same. Never rejects.
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
        remarks.push(`Port's run ${next.runId} could not be closed: ${messageOf(error)}`);
      }
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, worker));
  const rest = open.length;
  return rest === 0 ? remarks : [...remarks, `${count(rest, 'more run')} of Port's could not be closed either.`];
}

/** Says something about that run only. */
function isUnknownRun(error: unknown): boolean {
  return error instanceof PortError && error.status === 404 && error.isOfPort;
}

async function closeOne(runId: string, report: RunReport, port: PortClient): Promise<string[]> {
  const {unlogged} = await port.closeRun(runId, report);
  return unlogged === undefined ? [] : [`Port's run ${runId} was closed without its log: ${unlogged}`];
}

function reportOf(
  decision: DescribedDecision,
  {outcomes, errors, failures: forgotten = [], runUrl: link}: Done,
): RunReport {
  const own = outcomes.filter(({match}) => match.change === decision.change);
  const failures = [...failuresOf(decision, own), ...brokenIn(errors), ...(own.length === 0 ? [] : forgotten)];
  const summary = failures.length > 0 ? failures.join('; ') : summarise(own);
  const status = failures.length > 0 ? 'FAILURE' : 'SUCCESS';
  return {status, link, summary: clip(summary, 1000), message: logOf(decision, own)};
}

/** Whether a broken rule is for the change is not known, so no change of the run counts as handled in full. */
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

function summarise(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return 'No rule reacts to this change.';
  return `${count(outcomes.length, 'reaction')}: ${outcomes.map(sentenceOf).join('; ')}`;
}

function logOf({watching}: DescribedDecision, outcomes: readonly Outcome[]): string {
  const word = ({matched, undecided}: DescribedVerdict) => (matched ? 'matched' : undecided ? 'undecided' : 'no match');
  const rules = watching.map(verdict => `${word(verdict)}: ${verdict.rule}: ${verdict.reason}`);
  return clip([...rules, ...outcomes.map(sentenceOf)].join('\n') || 'No rule watches this blueprint.', 10_000);
}
