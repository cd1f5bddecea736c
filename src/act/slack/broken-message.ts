/** Act: what is wrong with the rules and the settings → the Slack message about it. Pure. */
import {type ConfigError, describeProblem} from '../../base/errors.ts';
import {clip, count, oneLine} from '../../base/text.ts';
import {contextLine, message, type SlackMessage, section} from './blocks.ts';
import {escapeText, escapeUrl, link} from './text.ts';

/** On a phone, more is not read: the run has all. */
const MAX_LINES = 10;
const MAX_LINE = 400;

/** @param works whether anything was decided in spite of the mistakes */
export function renderBroken(errors: readonly ConfigError[], works: boolean, runUrl: string): SlackMessage {
  const mistakes = mistakesIn(errors);
  const [first = '', ...others] = mistakes;
  const more = others.length === 0 ? '' : `, and ${count(others.length, 'more mistake')}`;
  const hidden = mistakes.length - MAX_LINES;
  const lines = mistakes.slice(0, MAX_LINES).map(line => `• ${escapeText(clip(oneLine(line), MAX_LINE))}`);
  const consequence = works
    ? 'The rules and destinations with mistakes are left out until they are fixed. The others work.'
    : 'Nothing is decided until this is fixed.';
  return message(`Your rules are broken: ${first}${more}`, [
    section([`🛠️ *Your rules are broken: ${count(mistakes.length, 'mistake')}*`, consequence]),
    section([...lines, ...(hidden > 0 ? [`… and ${count(hidden, 'more mistake')}`] : [])]),
    contextLine([link(escapeUrl(runUrl), 'This run has all of them')]),
  ]);
}

/** Each on one line, with its place. */
export function mistakesIn(errors: readonly ConfigError[]): string[] {
  return errors.flatMap(({problems, file, message: whole}) =>
    file === undefined && problems.length < 2 ? [oneLine(whole)] : problems.map(one => describeProblem(one, file)),
  );
}
