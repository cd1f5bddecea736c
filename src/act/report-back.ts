/** Act: closes the Port runs that reported the changes, so that Port shows what came of them. */
import type {PortClient} from '../clients/port.ts';
import type {Decision} from '../decide/evaluate.ts';
import {messageOf} from '../errors.ts';
import {clip, count} from '../text.ts';
import {type Outcome, sentenceOf} from './outcome.ts';

/** Port limits neither strictly nor by published figures; a batch must not look like an attack. */
const AT_ONCE = 4;

/**
 * Closes the run of every change that has one: log, link, summary, and the status last. A workflow node's run is closed
 * by its workflow, on other routes.
 * @returns what could not be closed and why, in sentences: the reactions have happened all the same. Never rejects.
 */
export async function reportBack(
  decisions: readonly Decision[],
  outcomes: readonly Outcome[],
  runUrl: string,
  port: PortClient,
): Promise<string[]> {
  const open = decisions.filter(({change}) => change.runId !== undefined && change.source !== 'workflow');
  const remarks: string[] = [];
  const worker = async () => {
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const remark = await closeOne(next, outcomes, runUrl, port);
      if (remark !== undefined) remarks.push(remark);
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, worker));
  return remarks;
}

async function closeOne(
  decision: Decision,
  outcomes: readonly Outcome[],
  link: string,
  port: PortClient,
): Promise<string | undefined> {
  const {change} = decision;
  const runId = change.runId ?? '';
  const own = outcomes.filter(({match}) => match.change === change);
  const status = own.some(outcome => outcome.status === 'failed') ? 'FAILURE' : 'SUCCESS';
  try {
    await port.closeRun(runId, {status, link, summary: summarise(own), message: logOf(decision, own)});
    return undefined;
  } catch (error) {
    return `Port's run ${runId} could not be closed: ${messageOf(error)}`;
  }
}

function summarise(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return 'No rule reacts to this change.';
  const failed = outcomes.filter(({status}) => status === 'failed');
  const [first] = failed;
  if (first === undefined)
    return clip(`${count(outcomes.length, 'reaction')}: ${outcomes.map(sentenceOf).join('; ')}`, 1000);
  return clip(`${failed.length} of ${count(outcomes.length, 'reaction')} failed: ${sentenceOf(first)}`, 1000);
}

function logOf({verdicts, change}: Decision, outcomes: readonly Outcome[]): string {
  const watching = verdicts.filter(({rule}) => rule.blueprint === change.blueprint);
  const rules = watching.map(
    ({rule, matched, reason}) => `${matched ? 'matched' : 'no match'}: ${rule.name}: ${reason}`,
  );
  return clip([...rules, ...outcomes.map(sentenceOf)].join('\n') || 'No rule watches this blueprint.', 10_000);
}
