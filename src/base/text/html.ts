/** HTML built from templates that escape every text. Pure. */

/** HTML that can be embedded in other HTML. Created only by a tag of {@link htmlTag}, or as a constant. */
export interface Html {
  readonly markup: string;
}

type HtmlPart = Html | string | number | readonly Html[];
type HtmlTag = (template: TemplateStringsArray, ...parts: readonly HtmlPart[]) => Html;

/** @param escapeText escapes a text for the context in which the HTML is shown */
export function htmlTag(escapeText: (text: string) => string): HtmlTag {
  const render = (part: HtmlPart): string => {
    if (typeof part !== 'object') return escapeText(String(part));
    return [part]
      .flat()
      .map(({markup}) => markup)
      .join('');
  };
  return (template, ...parts) => {
    const rendered = parts.map(render);
    return {markup: template.map((text, index) => text + (rendered[index] ?? '')).join('')};
  };
}
