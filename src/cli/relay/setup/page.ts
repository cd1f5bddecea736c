/** The pages of the setup. They contain no secrets: neither the key, nor the code, nor Port's secret. Pure. */

import type {Html} from '../../../base/text/html.ts';
import {htmlDocument} from '../../../ui/document.ts';
import {html, NOTHING} from '../../../ui/html.ts';
import type {NextStep} from '../../shared/next-step.ts';
import {installationUrl} from './github.ts';
import {type Manifest, registrationUrl} from './manifest.ts';
import {SETUP_STYLE} from './page-style.ts';
import type {Phase} from './session.ts';
import type {SetupSettings} from './settings.ts';

export interface SetupPageContext {
  readonly settings: SetupSettings;
  /** The organization that will own the App. Undefined for the signed-in user. */
  readonly org: string | undefined;
  readonly manifest: Manifest;
  readonly state: string;
  readonly next: readonly NextStep[];
}

/** The page reloads itself when its content changes. */
const LIVE = "new EventSource('events').onmessage=()=>location.reload()";

export function renderPage(phase: Phase, context: SetupPageContext): string {
  switch (phase.kind) {
    case 'start':
      return document({title: 'Create the GitHub App', step: 0, body: startBody(context), context});
    case 'created':
      return document({
        title: 'Install the GitHub App',
        step: 1,
        body: installBody(phase, context),
        context,
        isLive: true,
      });
    case 'installed':
      return document({title: 'The relay has access', step: 2, body: doneBody(context), context});
    case 'ended':
      return document({
        title: 'The setup has ended',
        body: html`<p>${phase.why}</p><p>You can close this page.</p>`,
        context,
      });
  }
}

function startBody(context: SetupPageContext): Html {
  const {settings, org, manifest, state} = context;
  const {host} = new URL(settings.serverUrl);
  const facts: [string, Html | string][] = [
    ['Name', html`${manifest.name} <span class="dim">(you can change it on GitHub)</span>`],
    ['Account', org === undefined ? 'your account' : html`the organization ${org}`],
    ['Permission', html`Contents: write <span class="dim">(Metadata: read is always included)</span>`],
    ['Webhook', 'none'],
    ['Key', html`saved in <code>${settings.file}</code>, which only you can read`],
  ];
  return html`
<p>GitHub creates an App that can write the contents of the repositories that you choose, and its key is saved on this computer,
so that the relay can dispatch events to <b>${settings.repository}</b>.</p>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<div class="actions">
<form method="post" action="${registrationUrl(settings.serverUrl, org, state)}">
<input type="hidden" name="manifest" value="${JSON.stringify(manifest)}"><button>Create the App on GitHub</button></form>
<form method="post" action="cancel"><button class="plain">Cancel</button></form>
</div>
<p class="dim">Sign in to <a href="${settings.serverUrl}/login" target="_blank" rel="noopener">${host}</a> in this browser first.${
    org === undefined
      ? html` If ${settings.owner} is an organization, cancel, and run the setup with <code>--org ${settings.owner}</code>.`
      : html` You must be an owner of ${org}, or be allowed to manage its Apps.`
  }</p>`;
}

function installBody({app, problem}: Extract<Phase, {kind: 'created'}>, {settings}: SetupPageContext): Html {
  return html`
<p>The App exists, and its key is saved in <code>${settings.file}</code>. Now install it: choose <b>Only select repositories</b>, and
there <b>${settings.repository}</b>.</p>
<div class="actions"><a class="button" href="${installationUrl(app)}" target="_blank" rel="noopener">Install the App on GitHub</a></div>
<p class="note" role="status">Waiting for the installation on ${settings.repository}. This page continues automatically.</p>
${problem === undefined ? NOTHING : html`<p class="note warn" role="alert">${problem}</p>`}`;
}

function doneBody({settings, next}: SetupPageContext): Html {
  return html`
<p>The App is installed on <b>${settings.repository}</b>, and <code>${settings.file}</code> has the settings of the relay.</p>
${next.map(({text, commands}) => html`<p>${text}</p>${commands.length === 0 ? NOTHING : html`<pre>${commands.join('\n')}</pre>`}`)}
<p class="dim">You can close this page.</p>`;
}

interface PageProblem {
  readonly title: string;
  readonly message: string;
  /** Whether the page links to the start of the setup. */
  readonly again: boolean;
}

/** A step failed, and the setup continues. */
export function renderProblem({title, message, again}: PageProblem, context: SetupPageContext): string {
  const body = html`<p class="note bad" role="alert">${message}</p>
${again ? html`<div class="actions"><a class="button" href="./">Back to the setup</a></div>` : NOTHING}`;
  return document({title, body, context});
}

const STEPS = ['Create', 'Install', 'Start'];

interface Document {
  readonly title: string;
  readonly body: Html;
  readonly context: SetupPageContext;
  /** Of {@link STEPS}. */
  readonly step?: number;
  readonly isLive?: boolean;
}

function document({title, body, context, step, isLive = false}: Document): string {
  const {origin} = new URL(context.settings.serverUrl);
  return htmlDocument({
    title: `${title} · Port Reactor`,
    style: SETUP_STYLE,
    body: html`<main>${step === undefined ? NOTHING : steps(step)}<h1>${title}</h1>${body}</main>`,
    script: isLive ? LIVE : undefined,
    formAction: `'self' ${origin}`,
    referrer: 'strict-origin', // GitHub can check the origin of the form. The path is secret, and is not sent
  });
}

function steps(current: number): Html {
  const items = STEPS.map((name, index) => {
    if (index < current) return html`<li class="done"><b aria-label="Done:">✓</b>${name}</li>`;
    const number = html`<b>${index + 1}</b>${name}`;
    return index === current ? html`<li aria-current="step">${number}</li>` : html`<li>${number}</li>`;
  });
  return html`<ol class="steps">${items}</ol>`;
}
