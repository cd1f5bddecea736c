/** A message in Slack's own editor. Pure. */
import type {SlackMessage} from '../act/slack/block-kit/blocks.ts';

/**
 * The URL that opens the message in the Block Kit Builder. Requires a Slack login.
 * @see https://docs.slack.dev/block-kit: the builder reads the message from the URL's fragment, which is not sent to a server
 */
export function blockKitBuilderUrl({blocks}: SlackMessage): string {
  return `https://app.slack.com/block-kit-builder#${encodeURIComponent(JSON.stringify({blocks}))}`;
}
