/** A run's Slack messages on its page. Pure. */

import type {Html} from '../../base/text/html.ts';
import {renderMessage} from '../../slack-view/page.ts';
import {parseMessage} from '../../slack-view/shown-message.ts';
import {html} from '../../ui/html.ts';
import type {SlackPost} from '../history.ts';
import {type RunPageContext, runLink} from './run-link.ts';

export function renderPosts(posts: readonly SlackPost[], context: RunPageContext): Html {
  if (posts.length === 0) return html`<p class="empty">Nothing was posted.</p>`;
  return html`${posts.map(post => renderPost(post, context))}`;
}

function renderPost(post: SlackPost, context: RunPageContext): Html {
  const posting = {atMs: post.atMs, ...(post.status === 200 ? {} : {note: verdictOf(post)})};
  return renderMessage(parseMessage(post.message), posting, {...context, page: url => pageOf(url, context)});
}

function verdictOf({status, answer}: SlackPost): Html {
  return html` <span class="badge bad">Slack answered ${status}: ${answer}</span>`;
}

/** A link to a run on GitHub opens the demo's page of that run. */
function pageOf(url: string, context: RunPageContext): string | undefined {
  const folder = runLink(url, context);
  return folder === undefined ? undefined : `../${folder}/index.html`;
}
