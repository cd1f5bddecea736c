/** A stand-in for Slack's incoming webhooks: as strict as the real one about messages, and it keeps them. */

import {randomBytes} from 'node:crypto';
import type {Fetch, Now} from '../../base/deps.ts';
import {parseOrUndefined} from '../../base/json.ts';
import {type LocalServer, listenLocally, type Reply} from '../../ui/local-server.ts';
import type {SlackPost} from '../history.ts';
import {refusalOf} from './block-kit.ts';

export interface SlackDeps {
  readonly fetch: Fetch;
  readonly now: Now;
}

export interface SlackStandIn {
  /** A webhook's address, and what was posted to it so far. Each run has its own, which keeps their messages apart. */
  createWebhook(): {readonly url: string; readonly posts: readonly SlackPost[]};
  close(): Promise<void>;
}

/** @param realUrl a webhook of the real Slack, which then gets all messages; its address goes no further than here */
export async function startSlack(realUrl: string | undefined, deps: SlackDeps): Promise<SlackStandIn> {
  const webhooks = new Map<string, SlackPost[]>();
  const server: LocalServer = await listenLocally(async ({method, path, text}) => {
    const posts = webhooks.get(path);
    if (posts === undefined) return {status: 404, body: 'no_service'};
    if (method !== 'POST') return {status: 405, body: 'method_not_allowed'};
    const message = parseOrUndefined(text);
    const {status, headers, body} = answerTo(message) ?? (await forward(realUrl, text, deps.fetch));
    posts.push({atMs: deps.now(), message, status, answer: String(body)});
    return {status, ...(headers === undefined ? {} : {headers}), body};
  });
  return {
    createWebhook() {
      const path = `/services/T0PORTDEMO/B0PORTDEMO/${randomBytes(12).toString('hex')}`;
      const posts: SlackPost[] = [];
      webhooks.set(path, posts);
      return {url: `${server.url}${path}`, posts};
    },
    close: () => server.close(),
  };
}

/** A refusal, or undefined for a message that is fine. */
function answerTo(message: unknown): Reply | undefined {
  const refusal = refusalOf(message);
  return refusal === undefined ? undefined : {status: 400, body: `${refusal.word}: ${refusal.why}`};
}

async function forward(realUrl: string | undefined, body: string, fetch: Fetch): Promise<Reply> {
  if (realUrl === undefined) return {status: 200, body: 'ok'};
  try {
    const headers = {'content-type': 'application/json'};
    const signal = AbortSignal.timeout(8_000);
    const response = await fetch(realUrl, {method: 'POST', headers, body, signal, redirect: 'error'});
    const retryAfter = response.headers.get('retry-after');
    const answer = {status: response.status, body: await response.text()};
    return retryAfter === null ? answer : {...answer, headers: {'retry-after': retryAfter}};
  } catch {
    return {status: 503, body: 'slack_not_reached'}; // the error's text may hold the address
  }
}
