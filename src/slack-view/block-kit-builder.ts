/** A message in Slack's own editor. Pure. */
import type {SlackMessage} from '../act/slack/blocks.ts';

/**
 * The address that opens the message in the Block Kit Builder; needs a login to Slack.
 * @see https://docs.slack.dev/block-kit: the builder reads its message from behind the #, which no server is sent
 */
export function blockKitBuilderUrl({blocks}: SlackMessage): string {
  return `https://app.slack.com/block-kit-builder#${encodeURIComponent(JSON.stringify({blocks}))}`;
}
