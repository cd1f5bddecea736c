/** Act: notifies the default destination that rules or settings are broken. A red step alone is easy to miss. */

import {messageOf} from '../../base/errors.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import {type Broken, renderBroken} from './broken-message.ts';
import type {NotifyDeps} from './notify.ts';

/**
 * Posts one message, regardless of the number of mistakes. Never rejects.
 * @returns why the destination was not notified, as a sentence
 */
export async function notifyBroken(
  broken: Broken,
  {destinations, slack}: Pick<NotifyDeps, 'destinations' | 'slack'>,
): Promise<string | undefined> {
  const {errors, unreadable} = broken;
  if (errors.length === 0 && unreadable.length === 0) return undefined;
  const to = destinations.get(DEFAULT_DESTINATION);
  const what = errors.length > 0 ? 'the rules are broken' : 'changes could not be read';
  const notNotified = (why: string) => `Slack was not notified that ${what}: ${why}`;
  if (to === undefined)
    return notNotified(
      'there is no default destination. Set the input `slack-webhook-url`, or `default=…` in `slack-channels`.',
    );
  try {
    await slack.send(to, renderBroken(broken));
    return undefined;
  } catch (error) {
    return notNotified(messageOf(error));
  }
}
