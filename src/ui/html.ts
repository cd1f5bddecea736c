/** HTML for pages. Escapes every text, both in elements and in quoted attributes. Pure. */
import {type Html, htmlTag} from '../base/text/html.ts';
import {UNPRINTABLE_IN_HTML} from '../base/text/unprintable.ts';

/** A template tag. It escapes values that are not HTML already. Attributes must have double quotes. */
export const html = htmlTag(text =>
  text.replace(UNPRINTABLE_IN_HTML, '\ufffd').replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`),
);

/** Markup that is known to be safe. */
export function trusted(markup: string): Html {
  return {markup};
}

export const NOTHING: Html = {markup: ''};
