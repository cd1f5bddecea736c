/** Act: the format of a Slack channel ID. */

/**
 * The ID of a channel, a group or a direct message.
 * @see https://docs.slack.dev/reference/objects/conversation-object
 */
export function isChannelId(text: string): boolean {
  return /^[CGD][A-Z0-9]{2,20}$/.test(text);
}
