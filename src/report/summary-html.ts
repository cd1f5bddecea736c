/** Report: HTML for GitHub's job summaries, in which catalog text is only ever text. Pure. */
import {htmlTag} from '../base/html.ts';
import {UNPRINTABLE_IN_HTML} from '../base/unprintable.ts';

const MEANING = /[&<>`*_~[\]#|\\@$!\n\r]/g;

/**
 * A template in which every text is escaped. GitHub reads a summary as Markdown with HTML in it. So each character that has a
 * meaning in either becomes an entity, and no line of a text looks like Markdown.
 */
export const summaryHtml = htmlTag(text =>
  text.replace(UNPRINTABLE_IN_HTML, '\ufffd').replace(MEANING, character => `&#${character.charCodeAt(0)};`),
);
