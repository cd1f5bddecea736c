/** Report: HTML for GitHub's job summaries, in which catalog text is always plain text. Pure. */
import {htmlTag} from '../base/text/html.ts';
import {UNPRINTABLE_IN_HTML} from '../base/text/unprintable.ts';

const MEANING = /[&<>`*_~[\]#|\\@$!\n\r]/g;

/**
 * A template that escapes every text. GitHub reads a summary as Markdown that contains HTML. So each character with a
 * meaning in either becomes an entity, and no line of a text can be read as Markdown.
 */
export const summaryHtml = htmlTag(text =>
  text.replace(UNPRINTABLE_IN_HTML, '\ufffd').replace(MEANING, character => `&#${character.charCodeAt(0)};`),
);
