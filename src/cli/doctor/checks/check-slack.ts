/** Checks the Slack destinations in the environment. It sends a message only with `--post`. */

import {contextLine, message, section} from '../../../act/slack/block-kit/blocks.ts';
import {createSlack, type Destination, type Slack} from '../../../act/slack/post/slack.ts';
import type {Now} from '../../../base/deps.ts';
import {isReactorError, messageOf} from '../../../base/errors.ts';
import {type Finding, failed, notChecked, ok, withFullStop} from '../finding.ts';
import type {SlackSettings} from '../settings.ts';
import type {NetworkCalls} from '../time-limit.ts';

export interface SlackQuestion {
  readonly settings: SlackSettings;
  /** Whether to send a test message. */
  readonly post: boolean;
  /** Destinations of the rules that the workflow does not configure. */
  readonly unconfigured: readonly Finding[];
}

export async function checkSlack(
  question: SlackQuestion,
  deps: NetworkCalls & {readonly now: Now},
): Promise<readonly Finding[]> {
  const {settings, post, unconfigured} = question;
  const mistakes = [
    ...settings.mistakes.map(mistake =>
      failed(withFullStop(mistake), 'Fix the variable and the secret of the workflow.'),
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
    return ok(`${name}: Slack accepted the test message.`);
  } catch (error) {
    if (!isReactorError(error)) throw error;
    const why = messageOf(error).replace('; the message is in the job summary', ''); // this command has no job summary
    return failed(`${name}: the test message was not sent. ${withFullStop(why)}`, FIX);
  }
}

const FIX = 'Fix the URL or the token in the environment and in the secret of the workflow.';

const TEST_MESSAGE = message('Port Reactor: test message. No action is needed.', [
  section([
    ':test_tube: *Test message from Port Reactor*',
    'No action is needed. Port Reactor can post to this channel.',
  ]),
  contextLine(['sent by `port-reactor doctor --post`']),
]);
