/** HTML that is built from templates in which every text is escaped. Pure. */

/** HTML that may be part of other HTML. Only a tag of {@link htmlTag}, or a constant, makes it. */
export interface Html {
  readonly markup: string;
}

type HtmlPart = Html | string | number | readonly Html[];
type HtmlTag = (template: TemplateStringsArray, ...parts: readonly HtmlPart[]) => Html;

/** @param escapeText makes a text safe in the place where the HTML is shown */
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
