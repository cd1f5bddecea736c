/** Act: posts planned notifications and the results of remediations to their destinations. */

import type {Now} from '../../base/deps.ts';
import type {Match, Notification} from '../../decide/plan.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import type {Outcome} from '../outcome.ts';
import {messageText, type SlackMessage} from './block-kit/blocks.ts';
import {deliver} from './deliver.ts';
import {updateOf} from './incident/update.ts';
import {type MessageContext, renderNotification} from './message/notification.ts';
import {renderResults} from './message/results.ts';
import type {Destination, Slack} from './post/slack.ts';
import {type Delivery, deliveriesOf, type MembersOf, threadOf} from './threads.ts';

export interface NotifyDeps {
  /** By name. */
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly slack: Slack;
  readonly now: Now;
  /** The incidents of a thread, according to the memory. Absent if there is no memory. */
  readonly membersOf?: MembersOf;
}

/** Posts the messages to their destinations. All matches of a message share its outcome. Never rejects. */
export async function notify(
  notification: Notification,
  context: MessageContext,
  deps: NotifyDeps,
): Promise<Outcome[]> {
  const {destination} = notification;
  const to = deps.destinations.get(destination);
  if (to === undefined) {
    const detail = missingDestination(destination, deps.destinations);
    return outcomesOf(notification, renderNotification(notification, context), {status: 'failed', detail});
  }
  const {membersOf = () => []} = deps;
  const deliveries = deliveriesOf(notification, to, {...context, membersOf});
  return (await Promise.all(deliveries.map(delivery => deliverOne(delivery, {name: destination, to}, deps)))).flat();
}

interface NamedDestination {
  readonly name: string;
  readonly to: Destination;
}

async function deliverOne(
  delivery: Delivery,
  {name: destination, to}: NamedDestination,
  {slack, now}: NotifyDeps,
): Promise<Outcome[]> {
  const startedAt = now();
  const {failure, remark, posted} = await deliver(delivery, to, slack);
  if (delivery.kind === 'edit') return []; // the outcome of its matches is that of their own message
  const {matches, message} = delivery;
  const remarks = remark === undefined ? '' : `, but ${remark}`;
  const detail = failure ?? `posted to ${destination}${remarks}`;
  const answeredMs = now();
  const took = {detail, durationMs: answeredMs - startedAt};
  const result =
    failure === undefined ? ({status: 'done', ...took, answeredMs} as const) : ({status: 'failed', ...took} as const);
  const more = matches.filter(match => updateOf(match)?.reaction.incident === undefined).length;
  const thread = posted === undefined ? {} : {posted: {...posted, ...(more === 0 ? {} : {more})}};
  return outcomesOf({destination, matches}, message, result).map(outcome => ({...outcome, ...thread}));
}

/** The results that {@link notify} would have, without posting. */
export function planNotification(
  notification: Notification,
  context: MessageContext,
  destinations: NotifyDeps['destinations'],
): Outcome[] {
  const {destination} = notification;
  const message = renderNotification(notification, context);
  const result = destinations.has(destination)
    ? ({status: 'planned', detail: `would be posted to ${destination}`} as const)
    : ({status: 'failed', detail: missingDestination(destination, destinations)} as const);
  return outcomesOf(notification, message, result);
}

function outcomesOf(
  {destination, matches}: Notification,
  message: SlackMessage,
  result: Pick<Outcome, 'status' | 'detail' | 'durationMs' | 'answeredMs'>,
): Outcome[] {
  return matches.map(match => ({match, kind: 'notification', ...result, destination, message: messageText(message)}));
}

/** The results of remediations, and the messages about them. */
export interface Results {
  readonly results: readonly Outcome[];
  /** Outcomes with the threads to which results are posted in a channel. */
  readonly notified?: readonly Outcome[];
  readonly runUrl: string;
}

/**
 * Posts the results of remediations to their destinations. A destination that is not configured is skipped: if a rule notifies
 * it, that notification has already failed. Results of muted matches are not posted. Never rejects.
 * @returns only the outcomes of failed posts
 */
export async function notifyResults({results, notified = [], runUrl}: Results, deps: NotifyDeps): Promise<Outcome[]> {
  const unmuted = results.filter(({match}) => match.mutes === undefined);
  const names = new Set(unmuted.flatMap(({match}) => match.destinations));
  const posts = [...names].flatMap(destination => {
    const to = deps.destinations.get(destination);
    if (to === undefined) return [];
    const own = unmuted.filter(({match}) => match.destinations.includes(destination));
    return groupByThread(own, {name: destination, to}, notified).map(async ({thread, group}): Promise<Outcome[]> => {
      const message = renderResults(group, runUrl);
      const matches = group.map(({match}) => match);
      const delivery: Delivery =
        thread === undefined
          ? {kind: 'first', matches, message, startsThread: false}
          : {kind: 'reply', matches, message, thread, broadcast: false};
      const {failure} = await deliver(delivery, to, deps.slack);
      if (failure === undefined) return [];
      const detail = `the result of the remediation could not be posted: ${failure}`;
      return outcomesOf({destination, matches}, message, {status: 'failed', detail}).map(outcome => ({
        ...outcome,
        isExtra: true,
      }));
    });
  });
  return (await Promise.all(posts)).flat();
}

interface ResultGroup {
  readonly thread: {readonly channel: string; readonly ts: string} | undefined;
  readonly group: readonly Outcome[];
}

/** If there are more threads, one message contains all results. */
const MAX_RESULT_THREADS = 10;

function groupByThread(
  results: readonly Outcome[],
  {name: destination, to}: NamedDestination,
  notified: readonly Outcome[],
): ResultGroup[] {
  if ('webhook' in to) return [{thread: undefined, group: results}];
  const {channel} = to;
  const groups = new Map<string | undefined, Outcome[]>();
  for (const result of results) {
    const ts = startedBy(result.match, destination, notified) ?? threadOf(result.match, destination, channel);
    groups.set(ts, [...(groups.get(ts) ?? []), result]);
  }
  if (groups.size > MAX_RESULT_THREADS) return [{thread: undefined, group: results}];
  return Array.from(groups, ([ts, group]) => ({thread: ts === undefined ? undefined : {channel, ts}, group}));
}

/** The thread that a message of this run started for the match. */
function startedBy({rule, change}: Match, destination: string, notified: readonly Outcome[]): string | undefined {
  const found = notified.find(
    ({match, posted, ...outcome}) =>
      posted !== undefined && outcome.destination === destination && match.rule === rule && match.change === change,
  );
  return found?.posted?.ts;
}

function missingDestination(destination: string, destinations: NotifyDeps['destinations']): string {
  const known = [...destinations.keys()];
  const list = known.length === 0 ? '' : ` (configured: ${known.join(', ')})`;
  const hasChannels = [...destinations.values()].some(to => 'channel' in to);
  const add = (input: string) => `Add \`${destination}=…\` to the input \`${input}\``;
  const webhook = destination === DEFAULT_DESTINATION ? 'Set the input `slack-webhook-url`' : add('slack-webhooks');
  const fix = hasChannels ? add('slack-channels') : webhook;
  const secret = 'If it is set from a secret, the secret does not exist or is empty';
  return `no Slack destination "${destination}" is configured${list}. ${fix} of the action's step. ${secret}`;
}
