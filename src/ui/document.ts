/** A self-contained page: it loads nothing, and runs no script except an optional inline script. Pure. */
import {createHash} from 'node:crypto';
import type {Html} from '../base/text/html.ts';
import {html, NOTHING, trusted} from './html.ts';

export interface HtmlDocument {
  readonly title: string;
  /** The style sheet. Elements have no inline styles. */
  readonly style: string;
  readonly body: Html;
  /** The only script of the page, inline. It can connect only to the server of the page. */
  readonly script?: string | undefined;
  /** The targets that forms can submit to, as sources of a content security policy. Default: none. */
  readonly formAction?: string;
  /** The referrer that links and forms send. Default: none. */
  readonly referrer?: 'no-referrer' | 'strict-origin';
}

export function htmlDocument(page: HtmlDocument): string {
  const {title, style, body, script, referrer = 'no-referrer'} = page;
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policyOf(page)}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="${referrer}">
<title>${title}</title><style>${trusted(style)}</style></head><body>${body}${
      script === undefined ? NOTHING : trusted(`<script>${script}</script>`)
    }</body></html>`.markup
  }\n`;
}

function policyOf({script, formAction = "'none'"}: HtmlDocument): string {
  const hash = script === undefined ? undefined : createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    ...(hash === undefined ? [] : [`script-src 'sha256-${hash}'`, "connect-src 'self'"]),
    "base-uri 'none'",
    `form-action ${formAction}`,
  ].join('; ');
}
