/** Compile: where a notification goes as people write it: a destination's name, or `{{ an expression }}` that leads to one. */
import {messageOf} from '../errors.ts';
import {compileValue, type ExpressionError} from './expression.ts';
import type {DestinationRef} from './rules.ts';
import {type Mistake, show} from './written-values.ts';

/** What no name can hold; that it is configured is known only where the action's inputs are. */
const NAME = /^[^\s=#{}]+$/;

/** @throws {ExpressionError} where {@link destinationMistake} tells of one */
export function compileDestination(written: string): DestinationRef {
  const [, opening, inner] = /^(\$?\{\{)([\s\S]*)\}\}$/.exec(written) ?? [];
  return opening === undefined || inner === undefined ? written : compileValue(inner, opening.length);
}

/** Why it can't be where a notification goes; undefined where it can. */
export function destinationMistake(written: string): Mistake | undefined {
  try {
    const ref = compileDestination(written);
    if (typeof ref !== 'string') return undefined;
    return /\{\{|\}\}/.test(ref) ? {message: ALONE} : nameMistake(ref);
  } catch (error) {
    return {message: messageOf(error), column: (error as ExpressionError).column};
  }
}

const ALONE = 'must be a name, or one expression and nothing beside it, as {{ after.properties.slackChannelName }}';

/** Why no destination can have this name; undefined where one can. */
export function nameMistake(name: string): Mistake | undefined {
  if (NAME.test(name)) return undefined;
  const bare = name.replace(/^#/, '');
  const hint = NAME.test(bare) ? `; write ${bare}` : '';
  const message = `"${show(name)}" is not the name of a destination, as the input slack-webhooks has them${hint}`;
  return {message};
}
