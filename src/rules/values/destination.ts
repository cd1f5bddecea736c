/** Compile: the written destination of a notification: a name, or an `{{ expression }}` that evaluates to one. */
import {messageOf} from '../../base/errors.ts';
import {compileValue, type ExpressionError} from '../expression/expression.ts';
import type {DestinationRef} from '../rules.ts';
import {show} from '../written/describe-value.ts';
import type {Mistake} from '../written/written-values.ts';

/** The form of a name. Only the action knows whether the destination is configured. */
const NAME = /^[^\s=#{}]+$/;

/** @throws {ExpressionError} if {@link destinationMistake} reports one */
export function compileDestination(written: string): DestinationRef {
  const [, opening, inner] = /^(\$?\{\{)([\s\S]*)\}\}$/.exec(written) ?? [];
  return opening === undefined || inner === undefined ? written : compileValue(inner, opening.length);
}

/** Why the text is not a destination. Undefined if it is valid. */
export function destinationMistake(written: string): Mistake | undefined {
  const address = addressMistake(written);
  if (address !== undefined) return address;
  try {
    const ref = compileDestination(written);
    if (typeof ref !== 'string') return undefined;
    return /\{\{|\}\}/.test(ref) ? {message: ALONE} : nameMistake(ref);
  } catch (error) {
    return {message: messageOf(error), column: (error as ExpressionError).column};
  }
}

const ALONE = 'must be a name, or only one expression, for example {{ after.properties.slackChannelName }}';

/**
 * Reports an address that is used instead of a name. The message does not repeat the address, because logs show it. An
 * expression can contain any address except that of a Slack webhook.
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function addressMistake(written: string): Mistake | undefined {
  const isAddress = SLACK_WEBHOOK.test(written) || (!written.includes('{{') && written.includes('://'));
  return isAddress ? {message: ADDRESS} : undefined;
}

const SLACK_WEBHOOK = /hooks\.slack(-gov)?\.com/i;
const ADDRESS =
  'is a URL, which is a secret. Write a name here, and name=<url> in the input slack-webhooks. Everyone who has seen this file can post there, so create a new webhook.';

/** Why the name is not valid for a destination. Undefined if it is valid. */
export function nameMistake(name: string): Mistake | undefined {
  const address = addressMistake(name);
  if (address !== undefined) return address;
  if (NAME.test(name)) return undefined;
  const bare = name.replace(/^#/, '');
  const hint = NAME.test(bare) ? `. Write ${bare}.` : '';
  const message = `"${show(name)}" is not the name of a destination in the input slack-webhooks${hint}`;
  return {message};
}
