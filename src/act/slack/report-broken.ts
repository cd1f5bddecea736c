/** Act: tells the default destination that rules or settings are broken: a red step alone is easily not seen. */

import {type ConfigError, messageOf} from '../../base/errors.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import {renderBroken} from './broken-message.ts';
import type {NotifyDeps} from './notify.ts';

/** What is wrong with rules and settings. */
export interface Broken {
  readonly errors: readonly ConfigError[];
  /** Whether anything was decided in spite of the mistakes. */
  readonly works: boolean;
  readonly runUrl: string;
}

/**
 * Posts once, however many mistakes there are. Never rejects.
 * @returns why the destination was not told, as a sentence
 */
export async function tellBroken(
  {errors, works, runUrl}: Broken,
  {destinations, slack}: Pick<NotifyDeps, 'destinations' | 'slack'>,
): Promise<string | undefined> {
  if (errors.length === 0) return undefined;
  const to = destinations.get(DEFAULT_DESTINATION);
  const untold = (why: string) => `Slack was not told that the rules are broken: ${why}`;
  if (to === undefined)
    return untold(
      'there is no default destination; set the input `slack-webhook-url`, or `default=…` in `slack-channels`.',
    );
  try {
    await slack.send(to, renderBroken(errors, works, runUrl));
    return undefined;
  } catch (error) {
    return untold(messageOf(error));
  }
}
