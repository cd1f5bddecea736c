/** Act: posts planned notifications and the results of remediations to their destinations. */

import type {Now} from '../../base/deps.ts';
import {messageOf} from '../../base/errors.ts';
import type {Notification} from '../../decide/plan.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import type {Outcome} from '../outcome.ts';
import {messageText, type SlackMessage} from './blocks.ts';
import {type MessageContext, renderNotification} from './message.ts';
import type {Post} from './post.ts';
import {renderResults} from './result-message.ts';

export interface NotifyDeps {
  /** Slack webhooks by destination. */
  readonly destinations: ReadonlyMap<string, string>;
  readonly post: Post;
  readonly now: Now;
}

/** Posts one message; every match in it shares its outcome. Never rejects. */
export async function notify(
  notification: Notification,
  context: MessageContext,
  deps: NotifyDeps,
): Promise<Outcome[]> {
  const {destination} = notification;
  const startedAt = deps.now();
  const message = renderNotification(notification, context);
  const failure = await tryToPost(destination, message, deps);
  const durationMs = deps.now() - startedAt;
  const detail = failure ?? `posted to ${destination}`;
  return outcomesOf(notification, message, {status: failure === undefined ? 'done' : 'failed', detail, durationMs});
}

/** What {@link notify} would do, without posting. */
export function planNotification(
  notification: Notification,
  context: MessageContext,
  destinations: NotifyDeps['destinations'],
): Outcome[] {
  const {destination} = notification;
  const message = renderNotification(notification, context);
  const result = destinations.has(destination)
    ? ({status: 'planned', detail: `would be posted to ${destination}`} as const)
    : ({status: 'failed', detail: missingDestination(destination, [...destinations.keys()])} as const);
  return outcomesOf(notification, message, result);
}

function outcomesOf(
  {destination, matches}: Notification,
  message: SlackMessage,
  result: Pick<Outcome, 'status' | 'detail' | 'durationMs'>,
): Outcome[] {
  return matches.map(match => ({match, kind: 'notification', ...result, destination, message: messageText(message)}));
}

/**
 * Tells each destination what became of its remediations. Where none is configured nobody asked to be told, unless a
 * rule notifies, whose own notification has failed then; where the match is muted, nobody is told. Gives the outcomes of posts that failed only. Never rejects.
 */
export async function notifyResults(results: readonly Outcome[], runUrl: string, deps: NotifyDeps): Promise<Outcome[]> {
  const unmuted = results.filter(({match}) => match.mutes === undefined);
  const all = new Set(unmuted.flatMap(({match}) => match.destinations));
  const known = [...all].filter(name => deps.destinations.has(name));
  const told = known.map(async (destination): Promise<Outcome[]> => {
    const own = unmuted.filter(({match}) => match.destinations.includes(destination));
    const message = renderResults(own, runUrl);
    const failure = await tryToPost(destination, message, deps);
    if (failure === undefined) return [];
    const detail = `the result of the remediation could not be told: ${failure}`;
    const matches = own.map(({match}) => match);
    return outcomesOf({destination, matches}, message, {status: 'failed', detail}).map(outcome => ({
      ...outcome,
      isExtra: true,
    }));
  });
  return (await Promise.all(told)).flat();
}

/** Why it failed, or undefined. */
async function tryToPost(destination: string, message: SlackMessage, deps: NotifyDeps): Promise<string | undefined> {
  const url = deps.destinations.get(destination);
  if (url === undefined) return missingDestination(destination, [...deps.destinations.keys()]);
  try {
    await deps.post(url, message);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function missingDestination(destination: string, known: readonly string[]): string {
  const list = known.length === 0 ? 'none is' : `configured: ${known.join(', ')}`;
  const input =
    destination === DEFAULT_DESTINATION ? '`slack-webhook-url`' : `\`${destination}=…\` in \`slack-webhooks\``;
  return `no Slack destination "${destination}" is configured (${list}); set the input ${input} of the action's step`;
}
