/** Check: the Slack destinations that are known here. A message is sent only if the user asked for one. */

import {contextLine, message, section} from '../../act/slack/blocks.ts';
import {createSlack, type Destination, type Slack} from '../../act/slack/slack.ts';
import type {Now} from '../../base/deps.ts';
import {isReactorError, messageOf} from '../../base/errors.ts';
import {type Finding, failed, notChecked, ok, withStop} from './finding.ts';
import type {Limited} from './limited.ts';
import type {SlackSettings} from './settings.ts';

export interface SlackQuestion {
  readonly settings: SlackSettings;
  /** Whether a test message is sent. */
  readonly post: boolean;
  /** Destinations of the rules that the workflow does not configure. */
  readonly unconfigured: readonly Finding[];
}

export async function checkSlack(
  question: SlackQuestion,
  deps: Limited & {readonly now: Now},
): Promise<readonly Finding[]> {
  const {settings, post, unconfigured} = question;
  const mistakes = [
    ...settings.mistakes.map(mistake =>
      failed(withStop(mistake), 'Correct the variable, and the secret of the workflow.'),
    ),
    ...unconfigured,
  ];
  if (settings.destinations.size === 0) {
    const missing = notChecked('SLACK_WEBHOOK_URL is not set');
    return settings.mistakes.length > 0 ? mistakes : [...mistakes, missing];
  }
  const slack = createSlack({...deps, bot: settings.bot});
  const tried = await Promise.all(
    [...settings.destinations].map(([name, to]) => (post ? tryToPost(name, to, slack) : untried(name))),
  );
  return [...mistakes, ...tried];
}

function untried(name: string): Finding {
  return notChecked(`${name}: nothing was sent. --post sends a test message`);
}

async function tryToPost(name: string, to: Destination, slack: Slack): Promise<Finding> {
  try {
    await slack.send(to, TEST_MESSAGE);
    return ok(`${name}: Slack took the test message.`);
  } catch (error) {
    if (!isReactorError(error)) throw error;
    const why = messageOf(error).replace('; the message is in the job summary', ''); // there is no job here
    return failed(`${name}: the test message was not sent. ${withStop(why)}`, FIX);
  }
}

const FIX = 'Correct the address or the token here, and in the secret of the workflow.';

const TEST_MESSAGE = message('Port Reactor: a test message. Nothing happened.', [
  section([':test_tube: *Test message of Port Reactor*', 'Nothing happened. Messages of Port Reactor arrive here.']),
  contextLine(['sent by `port-reactor doctor --post`']),
]);
