/** HTML of pages, in which every text is escaped, in elements and in quoted attributes alike. Pure. */
import {type Html, htmlTag} from '../base/html.ts';
import {UNPRINTABLE_IN_HTML} from '../base/unprintable.ts';

/** A template. What is put into it is text, unless it is HTML already. Attributes must have double quotes. */
export const html = htmlTag(text =>
  text.replace(UNPRINTABLE_IN_HTML, '\ufffd').replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`),
);

/** Markup that is known to be safe. */
export function trusted(markup: string): Html {
  return {markup};
}

export const NOTHING: Html = {markup: ''};
