/** Act: mistakes in rules, settings and the event → the Slack message about them. Pure. */
import {type ConfigError, describeProblem} from '../../../base/errors.ts';
import {clip, count, oneLine} from '../../../base/text/show.ts';
import {type Block, contextLine, message, type SlackMessage, section} from '../block-kit/blocks.ts';
import {escapeText, escapeUrl, link} from '../block-kit/text.ts';

/** A reader on a phone skips longer lists. The run shows all mistakes. */
const MAX_LINES = 10;
const MAX_LINE = 400;

/** Mistakes in rules, settings and the event. */
export interface Mistakes {
  readonly errors: readonly ConfigError[];
  /** The unreadable parts of the event, one sentence each. */
  readonly unreadable: readonly string[];
  /** Whether the run could decide anything despite the mistakes. */
  readonly canDecide: boolean;
  readonly runUrl: string;
}

/** Rules and event have separate sections, because their mistakes are independent. */
export function renderMistakes({errors, unreadable, canDecide, runUrl}: Mistakes): SlackMessage {
  const parts = [
    ...(errors.length === 0 ? [] : [partOfRules(mistakesIn(errors), canDecide)]),
    ...(unreadable.length === 0 ? [] : [partOfEvent(unreadable)]),
  ];
  const text = parts.map(({title}) => title).join(' · ');
  const foot = contextLine([link(escapeUrl(runUrl), 'See all of them in this run')]);
  return message(text, [...parts.flatMap(({blocks}) => blocks), foot]);
}

interface Part {
  /** The text on a lock screen. */
  readonly title: string;
  readonly blocks: readonly Block[];
}

function partOfRules(mistakes: readonly string[], canDecide: boolean): Part {
  const consequence = canDecide
    ? 'The rules and destinations with mistakes are ignored until they are fixed. The others apply.'
    : 'No change is decided until this is fixed.';
  const head = `Your rules are broken: ${count(mistakes.length, 'mistake')}`;
  return partOf('Your rules are broken', {head, consequence, lines: mistakes, noun: 'mistake'});
}

function partOfEvent(unreadable: readonly string[]): Part {
  const head = `${count(unreadable.length, 'change')} could not be read`;
  const consequence =
    'No rule reacts to a change that cannot be read. Check the entity in Port, and the source of the events.';
  return partOf('A change could not be read', {head, consequence, lines: unreadable, noun: 'change'});
}

interface Words {
  readonly head: string;
  readonly consequence: string;
  readonly lines: readonly string[];
  readonly noun: string;
}

function partOf(lead: string, {head, consequence, lines, noun}: Words): Part {
  const [first = '', ...others] = lines;
  const more = others.length === 0 ? '' : `, and ${count(others.length, `more ${noun}`)}`;
  const hidden = lines.length - MAX_LINES;
  const shown = lines.slice(0, MAX_LINES).map(line => `• ${escapeText(clip(oneLine(line), MAX_LINE))}`);
  const rest = hidden > 0 ? [`… and ${count(hidden, `more ${noun}`)}`] : [];
  return {
    title: `${lead}: ${oneLine(first)}${more}`,
    blocks: [section([`🛠️ *${head}*`, consequence]), section([...shown, ...rest])],
  };
}

/** One line for each mistake, with its place. */
export function mistakesIn(errors: readonly ConfigError[]): string[] {
  return errors.flatMap(({problems, file, message: whole}) =>
    file === undefined && problems.length < 2 ? [oneLine(whole)] : problems.map(one => describeProblem(one, file)),
  );
}
