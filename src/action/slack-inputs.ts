/** Parse: the Slack inputs → destinations by name. Invalid ones are ignored, and the step continues. */

import {isChannelId} from '../act/slack/post/channel-id.ts';
import type {Bot, Destination} from '../act/slack/post/slack.ts';
import type {Problem} from '../base/errors.ts';
import {isHttpUrl} from '../base/http/url.ts';
import {DEFAULT_DESTINATION} from '../decide/route.ts';

type Read = (name: string) => string | undefined;

export interface SlackInputs {
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly bot: Bot | undefined;
}

export const SECRET_HINT =
  'If it comes from a secret, check that the secret exists and that this workflow can read it.';

/** If a name has both a webhook and a channel, the channel is used, because only channels have threads. */
export function readSlack(read: Read, problems: Problem[]): SlackInputs {
  const webhooks = readWebhooks(read('slack-webhook-url'), read('slack-webhooks'), problems);
  const channels = readChannels(read('slack-channels'), problems);
  const bot = readBot(read, channels.size, problems);
  const usable: ReadonlyMap<string, Destination> = bot === undefined ? new Map() : channels;
  return {destinations: new Map([...webhooks, ...usable]), bot};
}

function readBot(read: Read, channels: number, problems: Problem[]): Bot | undefined {
  const token = read('slack-bot-token')?.trim();
  const apiUrl = (read('slack-api-url')?.trim() ?? 'https://slack.com/api').replace(/\/+$/, '');
  const isGiven = token !== undefined || read('slack-channels') !== undefined;
  if (!isGiven) return undefined;
  if (token === undefined)
    problems.push({
      message: `slack-bot-token: is missing, but \`slack-channels\` is set. Set both, or neither. ${SECRET_HINT}`,
    });
  else if (/\s/.test(token))
    problems.push({message: `slack-bot-token: is not a token, because it contains spaces. ${SECRET_HINT}`});
  if (read('slack-channels') === undefined)
    problems.push({
      message:
        'slack-channels: is missing, but `slack-bot-token` is set. Add lines of the form `name=C0123`, or remove the token',
    });
  if (!isHttpUrl(apiUrl))
    problems.push({message: 'slack-api-url: must be an http or https URL, for example https://slack.com/api'});
  const isUsable = token !== undefined && !/\s/.test(token) && isHttpUrl(apiUrl) && channels > 0;
  return isUsable ? {token, apiUrl} : undefined;
}

function readChannels(text: string | undefined, problems: Problem[]): Map<string, Destination> {
  const channels = new Map<string, Destination>();
  for (const {place, name, value} of linesOf({input: 'slack-channels', form: 'name=C0123'}, text, problems)) {
    if (!isChannelId(value))
      problems.push({
        message: `${place}: is not a channel ID. Use an ID such as C0123ABCD. Slack shows it at the end of the channel's details`,
      });
    else if (channels.has(name))
      problems.push({message: `${place}: the destination "${name}" appears twice. Rename one of them`});
    else channels.set(name, {channel: value});
  }
  return channels;
}

function readWebhooks(
  single: string | undefined,
  more: string | undefined,
  problems: Problem[],
): Map<string, Destination> {
  const webhooks = new Map<string, Destination>();
  const add = (place: string, name: string, url: string) => {
    if (url === '')
      problems.push({
        message: `${place}: the URL is empty. The secret does not exist, is empty, or cannot be read by this workflow`,
      });
    else if (!isHttpUrl(url))
      problems.push({message: `${place}: the value is not an http or https URL. ${SECRET_HINT}`});
    else if (webhooks.has(name))
      problems.push({message: `${place}: the destination "${name}" appears twice. Rename one of them`});
    else webhooks.set(name, {webhook: url});
  };
  if (single !== undefined) add('slack-webhook-url', DEFAULT_DESTINATION, single);
  for (const {place, name, value} of linesOf({input: 'slack-webhooks', form: 'name=url'}, more, problems))
    add(place, name, value);
  return webhooks;
}

/** The lines `name=value` of an input. */
function linesOf({input, form}: {input: string; form: string}, text: string | undefined, problems: Problem[]) {
  return (text ?? '').split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const [, name, value] = /^\s*([\w.-]+)\s*=\s*(\S*)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      problems.push({message: `${input}: line ${index + 1} is not \`${form}\``});
      return [];
    }
    return [{place: `${input}: line ${index + 1} ("${name}")`, name, value}];
  });
}
