/** Act: notifies the default destination about mistakes in rules, settings and the event. A red step alone is easy to miss. */

import {messageOf} from '../../base/errors.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import {type Mistakes, renderMistakes} from './message/mistakes.ts';
import type {NotifyDeps} from './notify.ts';

/**
 * Posts one message, regardless of the number of mistakes. Never rejects.
 * @returns why the destination was not notified, as a sentence
 */
export async function notifyMistakes(
  mistakes: Mistakes,
  {destinations, slack}: Pick<NotifyDeps, 'destinations' | 'slack'>,
): Promise<string | undefined> {
  const {errors, unreadable} = mistakes;
  if (errors.length === 0 && unreadable.length === 0) return undefined;
  const to = destinations.get(DEFAULT_DESTINATION);
  const what = errors.length > 0 ? 'the rules are broken' : 'changes could not be read';
  const notNotified = (why: string) => `Slack was not notified that ${what}: ${why}`;
  if (to === undefined)
    return notNotified(
      'there is no default destination. Set the input `slack-webhook-url`, or add `default=…` to `slack-channels`.',
    );
  try {
    await slack.send(to, renderMistakes(mistakes));
    return undefined;
  } catch (error) {
    return notNotified(messageOf(error));
  }
}
