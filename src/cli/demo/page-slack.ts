/** Slack messages as Slack shows them, on a page. Pure. */
import {parseMessage} from './decisions.ts';
import type {SlackPost} from './history.ts';
import {type Html, html} from './html.ts';
import {type Node, parseMrkdwn} from './mrkdwn.ts';
import {type PageContext, runLink} from './run-link.ts';

export function renderPosts(posts: readonly SlackPost[], context: PageContext): Html {
  if (posts.length === 0) return html`<p class="empty">Nothing was posted.</p>`;
  return html`${posts.map(post => renderPost(post, context))}`;
}

function renderPost(post: SlackPost, context: PageContext): Html {
  const {text, parts} = parseMessage(post);
  const zone = context.timeZone === undefined ? {} : {timeZone: context.timeZone};
  const time = new Date(post.atMs).toLocaleTimeString('en-GB', {...zone, hour: '2-digit', minute: '2-digit'});
  const shown = parts.length === 0 ? [{text, isSmall: false}] : parts;
  return html`
<div class="slack"><div class="avatar" aria-hidden="true">⚡</div><div>
<div class="who">Port Reactor <span class="app">APP</span> <time>${time}</time>${verdictOf(post)}</div>
${shown.map(part => renderPart(part, context))}
<div class="lock">On a lock screen: ${plain(parseMrkdwn(text, context))}</div></div></div>`;
}

function verdictOf({status, answer}: SlackPost): Html | string {
  return status === 200 ? '' : html` <span class="badge bad">Slack answered ${status}: ${answer}</span>`;
}

function renderPart({text, isSmall}: {text: string; isSmall: boolean}, context: PageContext): Html {
  const nodes = parseMrkdwn(text, context);
  // A block of code stands between paragraphs, not in one.
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

/** Only http and https lead anywhere; a run's address leads to its page here. */
function renderLink({url, label}: {url: string; label: string}, context: PageContext): Html {
  const folder = runLink(url, context);
  if (folder !== undefined) return html`<a href="../${folder}/index.html">${label}</a>`;
  if (!/^https?:\/\//i.test(url)) return html`${label}`;
  return html`<a href="${url}" target="_blank" rel="noreferrer noopener">${label}</a>`;
}

function plain(nodes: readonly Node[]): string {
  return nodes
    .map(node => {
      if ('children' in node) return plain(node.children);
      return node.kind === 'link' ? node.label : node.text;
    })
    .join('');
}
