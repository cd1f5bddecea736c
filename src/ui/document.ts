/** A page that is one file: no scripts, and nothing is loaded. Pure. */

import type {Html} from '../base/html.ts';
import {html, trusted} from './html.ts';

export interface HtmlDocument {
  readonly title: string;
  /** The style sheet. Elements have no styles of their own. */
  readonly style: string;
  readonly body: Html;
}

export function htmlDocument({title, style, body}: HtmlDocument): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>${title}</title><style>${trusted(style)}</style></head><body>${body}</body></html>`.markup
  }\n`;
}
