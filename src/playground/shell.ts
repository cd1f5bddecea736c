/** The static page: the input form, and empty elements for the output of the script. Pure. */
import {createHash} from 'node:crypto';
import type {Html} from '../base/text/html.ts';
import {html, trusted} from '../ui/html.ts';
import {PLAYGROUND_STYLE} from './style.ts';

const BODY = html`
<header><div><div><h1>Port Reactor playground</h1>
<p>Shows how rules react to an event and to later changes. The page sends no data.</p></div>
<div class="buttons"><button type="button" data-action="results" class="narrow">Results ↓</button>
<button type="button" data-action="copy-link">Copy link</button>
<button type="button" data-action="sample">Start again</button></div></div></header>
<noscript><p class="bad">The playground needs JavaScript. All of its code is in this file. It loads nothing else.</p></noscript>
<p id="notice" class="busy" role="status" hidden></p>
<main>
<div class="inputs">
<section aria-labelledby="rules-title"><h2 id="rules-title"><label for="rules">Rules</label></h2>
<div class="editor"><pre class="gutter" id="gutter" aria-hidden="true"></pre>
<textarea id="rules" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" aria-describedby="mistakes"></textarea></div>
<div id="mistakes" aria-live="polite"></div></section>
<section aria-labelledby="event-title"><h2 id="event-title">Event</h2>
<fieldset><legend class="dim">Input format</legend>
<label><input type="radio" name="mode" value="form">Fields</label>
<label><input type="radio" name="mode" value="json">JSON: any message from Port, or a decision record</label></fieldset>
<div id="fields" class="fields">
<label>Blueprint<input id="blueprint" list="blueprints" autocapitalize="off" autocomplete="off" spellcheck="false"></label>
<label>Entity<input id="entity" autocapitalize="off" autocomplete="off" spellcheck="false"></label>
<label class="wide">Property<input id="property" list="properties" autocapitalize="off" autocomplete="off" spellcheck="false"></label>
<label>From (null: not set)<input id="from" list="values" autocapitalize="off" autocomplete="off" spellcheck="false"></label>
<label>To (null: not set)<input id="to" list="values" autocapitalize="off" autocomplete="off" spellcheck="false"></label>
<label class="wide">Time with time zone (empty: now)<input id="at" autocapitalize="off" autocomplete="off" spellcheck="false"></label></div>
<label id="json-label" for="json" hidden>Event as JSON</label>
<textarea id="json" hidden spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" aria-describedby="event-error"></textarea>
<p id="event-error" class="bad" aria-live="polite"></p></section>
<section aria-labelledby="steps-title"><h2 id="steps-title">Later steps</h2>
<ol id="steps" class="steps"></ol>
<div class="buttons"><button type="button" data-action="add-change">+ Change</button>
<button type="button" data-action="add-wait">+ Wait</button>
<button type="button" data-action="add-ack">+ Acknowledgement</button></div></section>
</div>
<div class="outputs">
<p id="status" class="status" role="status" tabindex="-1"></p>
<section aria-labelledby="why-title"><h2 id="why-title">Why each rule matches or does not match</h2><div id="verdicts"></div></section>
<section aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2><div id="timeline"></div></section>
</div></main>
<datalist id="blueprints"></datalist><datalist id="properties"></datalist><datalist id="values"></datalist><datalist id="names"></datalist>
`;

function footer(licenses: string): Html {
  return html`
<footer><p>The page uses the same code as the action. It assumes that every script succeeds, that the clock runs when a timer
ends, and that all destinations are configured. Times are in UTC. The link contains your input, in the part of the URL that
browsers do not send.</p>
<details><summary>Licenses of the packages in this file</summary><pre>${licenses}</pre></details></footer>`;
}

/** The whole page, as one file without external resources. @param script JavaScript @param licenses of its packages */
export function playgroundPage(script: string, licenses: string): string {
  const inline = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const policy = [
    "default-src 'none'",
    `script-src '${digestOf(inline)}'`,
    `style-src '${digestOf(PLAYGROUND_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Port Reactor playground</title><style>${trusted(PLAYGROUND_STYLE)}</style></head><body>${BODY}${footer(licenses)}<script>${trusted(inline)}</script></body></html>`
      .markup
  }\n`;
}

/** The digest of an inline script or style, for the content security policy. */
function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
