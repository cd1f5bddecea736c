/** Compile: the written destination of a notification: a destination's name, or `{{ an expression }}` that leads to one. */
import {messageOf} from '../../base/errors.ts';
import {compileValue, type ExpressionError} from '../expression/expression.ts';
import type {DestinationRef} from '../rules.ts';
import {show} from '../written/describe-value.ts';
import type {Mistake} from '../written/written-values.ts';

/** What no name can hold. Whether it is configured is known only in the action. */
const NAME = /^[^\s=#{}]+$/;

/** @throws {ExpressionError} if {@link destinationMistake} reports one */
export function compileDestination(written: string): DestinationRef {
  const [, opening, inner] = /^(\$?\{\{)([\s\S]*)\}\}$/.exec(written) ?? [];
  return opening === undefined || inner === undefined ? written : compileValue(inner, opening.length);
}

/** Why it can't be a destination. Undefined if it can. */
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

const ALONE = 'must be a name, or one expression and nothing beside it, as {{ after.properties.slackChannelName }}';

/**
 * Why it must not stand in a file if it is an address instead of a name. The message does not repeat the address, as logs show it.
 * An expression may hold any address but one of Slack's webhooks.
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function addressMistake(written: string): Mistake | undefined {
  const isAddress = SLACK_WEBHOOK.test(written) || (!written.includes('{{') && written.includes('://'));
  return isAddress ? {message: ADDRESS} : undefined;
}

const SLACK_WEBHOOK = /hooks\.slack(-gov)?\.com/i;
const ADDRESS =
  'is an address, which is a secret: write a name here, and name=<url> in the input slack-webhooks. Everyone who has seen this file can post there, so make a new webhook.';

/** Why no destination can have this name. Undefined if one can. */
export function nameMistake(name: string): Mistake | undefined {
  const address = addressMistake(name);
  if (address !== undefined) return address;
  if (NAME.test(name)) return undefined;
  const bare = name.replace(/^#/, '');
  const hint = NAME.test(bare) ? `. Write ${bare}.` : '';
  const message = `"${show(name)}" is not the name of a destination, as the input slack-webhooks has them${hint}`;
  return {message};
}
