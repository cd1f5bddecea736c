/** Reconcile: alerts Slack directly about dispatched changes that remain undecided. If no run starts, no run can report it. */
import {contextLine, fitBlocks, message, type SlackMessage, section} from '../act/slack/block-kit/blocks.ts';
import {code, escapeUrl, link, localTime} from '../act/slack/block-kit/text.ts';
import type {Destination, Slack} from '../act/slack/post/slack.ts';
import {messageOf} from '../base/errors.ts';
import {count, showSpan} from '../base/text/show.ts';
import {dispatchTitle} from '../dispatch/title.ts';
import type {DispatchedChange} from './undecided.ts';

export interface AlarmFacts {
  readonly overdue: readonly DispatchedChange[];
  /** The partitions of the new dispatches. Empty if GitHub did not accept them. */
  readonly partitions: readonly string[];
  readonly nowMs: number;
  /** The page with the workflow runs of the repository. */
  readonly runsUrl: string;
}

/**
 * Never rejects.
 * @returns a sentence that explains why the alarm was not sent. Undefined if it was sent
 */
export async function raiseAlarm(
  facts: AlarmFacts,
  to: Destination | undefined,
  slack: Slack,
): Promise<string | undefined> {
  if (to === undefined)
    return 'The alarm was not sent to Slack: no default destination is configured (SLACK_WEBHOOK_URL, or the input `slack-webhook-url`).';
  try {
    await slack.send(to, renderAlarm(facts));
    return undefined;
  } catch (error) {
    return `The alarm was not sent to Slack: ${messageOf(error)}`;
  }
}

const MAX_LINES = 20;

function renderAlarm({overdue, partitions, nowMs, runsUrl}: AlarmFacts): SlackMessage {
  const first = Math.min(...overdue.map(({awaited}) => awaited.first));
  const head = `${count(overdue.length, 'change')} not decided for ${showSpan(nowMs / 1000 - first)}`;
  const again =
    partitions.length === 0
      ? 'They could not be dispatched again.'
      : `They were dispatched again, outside the queue, as ${partitions.map(one => code(one)).join(', ')}.`;
  const why =
    'GitHub accepted the dispatch, but no run has decided on it. A run may be stuck in the queue, or may fail each time.';
  const blocks = fitBlocks(overdue, MAX_LINES, (shown, hidden) => [
    section([`🚨 *${head}*`, why, again]),
    section([...shown.map(lineOf), ...(hidden > 0 ? [`… and ${count(hidden, 'more change')}`] : [])]),
    contextLine([link(escapeUrl(runsUrl), 'Workflow runs'), 'port-reactor reconcile']),
  ]);
  return message(`${head}: ${overdue.map(({change}) => change.entity).join(', ')}`, blocks);
}

function lineOf({change, awaited: {times}}: DispatchedChange): string {
  const what = dispatchTitle([{change, transition: undefined}]);
  return `• ${code(what)} at ${localTime(change.at)}, dispatched ${count(times, 'time')}`;
}
