/** Act: tells the default destination that rules or settings are broken: a red step alone is easily not seen. */

import {messageOf} from '../../base/errors.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import {type Broken, renderBroken} from './broken-message.ts';
import type {NotifyDeps} from './notify.ts';

/**
 * Posts once, however many mistakes there are. Never rejects.
 * @returns why the destination was not told, as a sentence
 */
export async function tellBroken(
  broken: Broken,
  {destinations, slack}: Pick<NotifyDeps, 'destinations' | 'slack'>,
): Promise<string | undefined> {
  const {errors, unreadable} = broken;
  if (errors.length === 0 && unreadable.length === 0) return undefined;
  const to = destinations.get(DEFAULT_DESTINATION);
  const what = errors.length > 0 ? 'the rules are broken' : 'changes could not be read';
  const untold = (why: string) => `Slack was not told that ${what}: ${why}`;
  if (to === undefined)
    return untold(
      'there is no default destination; set the input `slack-webhook-url`, or `default=…` in `slack-channels`.',
    );
  try {
    await slack.send(to, renderBroken(broken));
    return undefined;
  } catch (error) {
    return untold(messageOf(error));
  }
}
