/** Report: HTML for GitHub's job summaries, in which catalog text is only ever text. Pure. */
import {UNPRINTABLE_IN_HTML} from '../base/unprintable.ts';

/** HTML that may be put together with other HTML; made by {@link html} only. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | readonly Html[];

/**
 * A template in which every text is escaped. GitHub reads a summary as Markdown with HTML in it: an entity for each
 * character that means something in either, and no line that Markdown could take for its own.
 */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const rendered = parts.map(part =>
    typeof part === 'object' ? [part].flat().map(({markup}) => markup) : [escapeHtml(String(part))],
  );
  return {markup: template.map((text, index) => text + (rendered[index] ?? []).join('')).join('')};
}

const MEANING = /[&<>`*_~[\]#|\\@$!\n\r]/g;

function escapeHtml(text: string): string {
  return text.replace(UNPRINTABLE_IN_HTML, '\ufffd').replace(MEANING, character => `&#${character.charCodeAt(0)};`);
}
