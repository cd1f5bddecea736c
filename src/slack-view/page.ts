/** Renders a Slack message as HTML, as Slack shows it. Pure. */

import type {Html} from '../base/text/html.ts';
import {html} from '../ui/html.ts';
import {type Node, parseMrkdwn, plainText, type Reader} from './mrkdwn.ts';
import type {ShownMessage} from './shown-message.ts';

export interface PageContext extends Reader {
  /** The page to link to instead of a URL of the message. */
  readonly page?: (url: string) => string | undefined;
}

/** The time of the message, and a note next to it. */
export interface Posting {
  readonly atMs: number;
  readonly note?: Html;
}

/** The message as a part of a page. Its styles are in style.ts. */
export function renderMessage({text, parts}: ShownMessage, {atMs, note}: Posting, context: PageContext): Html {
  const zone = context.timeZone === undefined ? {} : {timeZone: context.timeZone};
  const time = new Date(atMs).toLocaleTimeString('en-GB', {...zone, hour: '2-digit', minute: '2-digit'});
  return html`
<div class="slack"><div class="avatar" aria-hidden="true">⚡</div><div>
<div class="who">Port Reactor <span class="app">APP</span> <time>${time}</time>${note ?? ''}</div>
${parts.map(part => renderPart(part, context))}
<div class="lock">On a lock screen: ${plainText(parseMrkdwn(text, context))}</div></div></div>`;
}

function renderPart({text, isSmall}: {text: string; isSmall: boolean}, context: PageContext): Html {
  const nodes = parseMrkdwn(text, context);
  // A code block cannot be inside a paragraph.
  const parts: Html[] = [];
  let inline: Html[] = [];
  const endParagraph = () => {
    if (inline.length > 0) parts.push(isSmall ? html`<p class="small">${inline}</p>` : html`<p>${inline}</p>`);
    inline = [];
  };
  for (const [index, node] of nodes.entries()) {
    if (node.kind === 'block') {
      endParagraph();
      parts.push(html`<pre>${node.text}</pre>`);
    } else {
      inline.push(renderNode(trimBeforeBlock(node, nodes[index + 1]), context));
    }
  }
  endParagraph();
  return html`${parts}`;
}

function trimBeforeBlock(node: Node, next: Node | undefined): Node {
  return node.kind === 'text' && next?.kind === 'block' ? {...node, text: node.text.replace(/\n$/, '')} : node;
}

function renderNode(node: Node, context: PageContext): Html {
  switch (node.kind) {
    case 'text':
      return html`${node.text}`;
    case 'code':
      return html`<code>${node.text}</code>`;
    case 'block':
      return html`<pre>${node.text}</pre>`;
    case 'mention':
      return html`<span class="mention">${node.text}</span>`;
    case 'bold':
      return html`<b>${renderAll(node.children, context)}</b>`;
    case 'italic':
      return html`<i>${renderAll(node.children, context)}</i>`;
    case 'strike':
      return html`<s>${renderAll(node.children, context)}</s>`;
    case 'link':
      return renderLink(node, context);
  }
}

function renderAll(nodes: readonly Node[], context: PageContext): Html[] {
  return nodes.map(node => renderNode(node, context));
}

/** Only http and https URLs become links. */
function renderLink({url, label}: {url: string; label: string}, context: PageContext): Html {
  const page = context.page?.(url);
  if (page !== undefined) return html`<a href="${page}">${label}</a>`;
  if (!/^https?:\/\//i.test(url)) return html`${label}`;
  return html`<a href="${url}" target="_blank" rel="noreferrer noopener">${label}</a>`;
}
