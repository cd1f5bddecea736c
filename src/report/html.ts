/** Report: HTML for GitHub's job summaries, in which catalog text is only ever text. Pure. */

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

/** Control characters, and those that turn the direction of the text around them: in a page they show nothing but trouble. */
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escapeHtml(text: string): string {
  return text.replace(UNSEEN, '\ufffd').replace(MEANING, character => `&#${character.charCodeAt(0)};`);
}
