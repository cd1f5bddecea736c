/** HTML in which every text is escaped, in elements and in quoted attributes alike. Pure. */
import {UNPRINTABLE_IN_HTML} from '../base/unprintable.ts';

/** HTML that may stand in other HTML; made by {@link html} and {@link trusted} only. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | readonly Html[];

/** A template; what is put into it is text, unless it is HTML already. Attributes must have double quotes. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const rendered = parts.map(part => {
    if (typeof part !== 'object') return escapeText(String(part));
    const inner = [part].flat().map(({markup}) => markup);
    return inner.join('');
  });
  return {markup: template.map((text, index) => text + (rendered[index] ?? '')).join('')};
}

/** Markup that is known to be safe. */
export function trusted(markup: string): Html {
  return {markup};
}

export const NOTHING: Html = {markup: ''};

function escapeText(text: string): string {
  return text.replace(UNPRINTABLE_IN_HTML, '\ufffd').replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
