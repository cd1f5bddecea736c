/** A fake of Slack's incoming webhooks: validates messages as strictly as Slack, and stores them. */

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

export interface FakeSlack {
  /** A new webhook URL, and the messages that it has received. Each run gets its own, so that its messages are separate. */
  createWebhook(): {readonly url: string; readonly posts: readonly SlackPost[]};
  close(): Promise<void>;
}

/** @param realUrl a real Slack webhook that also receives all messages. Its URL is not passed on */
export async function startSlack(realUrl: string | undefined, deps: SlackDeps): Promise<FakeSlack> {
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

/** A refusal. Undefined for a valid message. */
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
    return {status: 503, body: 'slack_not_reached'}; // the error's text can contain the address
  }
}
