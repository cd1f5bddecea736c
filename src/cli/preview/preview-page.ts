/** Renders messages as an HTML page that looks like Slack: one file without scripts and external resources. Pure. */

import type {Html} from '../../base/text/html.ts';
import {renderMessage} from '../../slack-view/page.ts';
import {parseMessage} from '../../slack-view/shown-message.ts';
import {COLOURS, SLACK_STYLE} from '../../slack-view/style.ts';
import {htmlDocument} from '../../ui/document.ts';
import {html} from '../../ui/html.ts';
import type {MessagePreview, Preview} from './preview.ts';

const STYLE = `
${COLOURS}
*{box-sizing:border-box}
body{margin:0;background:var(--panel);color:var(--text);font:14px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",
Helvetica,Arial,sans-serif,"Apple Color Emoji","Segoe UI Emoji","Noto Color Emoji"}
main{max-width:52rem;margin:0 auto;padding:1.5rem 1.25rem}
h1{font-size:1.2rem;margin:0 0 .2rem;overflow-wrap:anywhere}
.dim,footer{color:var(--dim);font-size:.857rem;margin:0 0 1.2rem}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{overflow-x:auto}
section{border:1px solid var(--line);border-radius:10px;overflow:hidden;background:var(--slack);margin:0 0 1.5rem;
box-shadow:0 1px 3px #0000001a}
section>header{padding:.65rem 1rem;font-weight:800;color:var(--slacktext)}
section:not(.unsent)>header::before{content:"# ";color:var(--slackdim);font-weight:400}
section>.facts{background:var(--panel);border-top:1px solid var(--line);padding:.6rem 1rem;color:var(--dim);
font-size:.857rem;overflow-wrap:anywhere}
section>.facts p{margin:.1rem 0}
details pre{background:var(--code);border-radius:6px;padding:.7rem;font-size:12px;line-height:1.45;margin:.4rem 0 .2rem}
summary{cursor:pointer}
ul.reasons{margin:0;padding:.4rem 1rem 1rem 2.2rem}
${SLACK_STYLE}
`;

/** @param name the name of the event @param nowMs the time of the messages, in milliseconds since the epoch */
export function renderPreviewPage({messages, isUndated, reasons}: Preview, name: string, nowMs: number): string {
  const body = html`<main>
<h1>Slack messages</h1>
<p class="dim">of <code>${name}</code>. Nothing was sent.${isUndated ? ' The event has no time, so the current time is shown.' : ''}</p>
${messages.map(message => renderSection(message, nowMs))}
${renderReasons(messages.length, reasons)}
<footer>Made by <code>port-reactor preview</code>.</footer>
</main>`;
  return htmlDocument({title: 'Slack messages', style: STYLE, body});
}

function renderSection({slack, rules, routes, payload, blockKitBuilder}: MessagePreview, nowMs: number): Html {
  const context = {nowMs};
  return html`<section><header>${slack}</header>
${renderMessage(parseMessage(payload), {atMs: nowMs}, context)}
<div class="facts"><p>By ${rules.join(', ')}. Route: ${routes.join('; ')}.</p>
<p><a href="${blockKitBuilder}" target="_blank" rel="noreferrer noopener">Open in Slack's Block Kit Builder</a></p>
<details><summary>Posted JSON</summary><pre>${JSON.stringify(payload, null, 2)}</pre></details></div></section>
`;
}

function renderReasons(messages: number, reasons: readonly string[]): Html {
  if (messages > 0 && reasons.length === 0) return html``;
  const items = reasons.map(reason => html`<li>${reason}</li>`);
  return html`<section class="unsent"><header>Not sent</header><ul class="reasons">${items}</ul></section>`;
}
