/** The relay's routes, as an Express app that never listens: what is answered, and one line of the log per delivery. */
import type {IncomingMessage, ServerResponse} from 'node:http';
import express, {type ErrorRequestHandler, type Request, type Response} from 'express';
import {oneLine} from '../../src/base/text.ts';
import type {Change} from '../../src/change/change.ts';
import type {RelayLog} from '../observe/log.ts';
import type {RelayMetrics} from '../observe/metrics.ts';
import type {Readiness} from '../observe/readiness.ts';
import {createWebhook, type DeliveryResult, type WebhookDeps, type WebhookSettings} from '../webhook.ts';
import {TurnedAway} from './connections.ts';

export interface AppDeps extends WebhookDeps {
  readonly log: RelayLog;
  readonly metrics: RelayMetrics;
  readonly readiness: Readiness;
  /** A short id that no other delivery has, in any copy of the relay. */
  readonly newId: () => string;
  /** Whether the relay is being stopped. */
  readonly isClosing: () => boolean;
  /** Why nothing reaches the relay, as a sentence: its smee channel is not connected, for instance. */
  readonly inputTrouble: () => string | undefined;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const BUG = 'Internal error: please report it with the details from the log of the relay.';
const CLOSING = 'The relay is being stopped: it answers the webhooks it holds and takes no new ones.';

type Headers = Readonly<Record<string, string>>;
type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** The app as a listener for `node:http`: Express' own way out of what it can't route is a page with the path on it. */
export function createApp(settings: WebhookSettings, deps: AppDeps): Answering {
  const sendText = (response: ServerResponse, status: number, type: string, text: string, headers: Headers = {}) => {
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
    endWhenRead(response, text);
  };
  const send: Send = (response, status, body, headers) =>
    sendText(response, status, JSON_TYPE, JSON.stringify(body), headers);

  const only = (methods: string) => (request: IncomingMessage, response: ServerResponse) => {
    send(response, 405, {error: `${request.method} is not for this route; use ${methods}.`}, {allow: methods});
  };
  const toNowhere: Answering = (_request, response) => {
    send(response, 404, {error: 'There is no such route; Port posts to /webhooks/port.'});
  };

  const receive = createReceive(settings, deps, send);
  const onError = createOnError(deps, send);
  const app = express().disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');
  app.route('/webhooks/port').post(receive).all(only('POST'));
  const routes: Record<string, Answering> = {
    '/healthz': (_request, response) => send(response, 200, {status: 'ok'}),
    '/readyz': createReadyz(deps, send),
    '/metrics': createMetricsRoute(deps, sendText),
  };
  for (const [path, answer] of Object.entries(routes)) app.route(path).get(answer).all(only('GET, HEAD'));
  app.use(toNowhere);
  app.use(onError);
  return (request, response) => {
    const path = pathOf(request.url ?? '');
    if (path === undefined) return toNowhere(request, response);
    if (path === '/webhooks/port' && request.method === 'POST') {
      // What nearly every request is goes past Express, which puts its own prototypes under request and response: all that
      // touches them afterwards is slow, and the whole webhook took half as long again.
      receive(request, response).catch(error =>
        onError(error, request as Request, response as Response, () => response.destroy()),
      );
      return;
    }
    request.url = path;
    app(request as Request, response as Response, () => toNowhere(request, response));
  };
}

/**
 * Node closes the connection with the end of a last answer. If the request is still coming in, that resets the connection,
 * and the client may never see the answer: a 413, for instance. So the rest of the request is read first, and dropped.
 */
function endWhenRead(response: ServerResponse, text: string): void {
  const {req: request} = response;
  if (request.complete || response.shouldKeepAlive) return void response.end(text);
  response.write(text);
  request.resume().once('close', () => response.end());
}

/**
 * A request can name its target with the host before it (RFC 9112 §3.2.2). Node's parser of such addresses, which Express
 * uses, complains about strange ones on standard error, with the address in it.
 */
function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  return /^https?:\/\/[^/?#]*(\/.*)$/i.exec(target)?.[1];
}

type Send = (response: ServerResponse, status: number, body: unknown, headers?: Headers) => void;
type SendText = (response: ServerResponse, status: number, type: string, text: string) => void;

function createReceive(settings: WebhookSettings, deps: AppDeps, send: Send) {
  const {log, metrics, now, newId} = deps;
  const webhook = createWebhook(settings, deps);
  return async (request: IncomingMessage, response: ServerResponse) => {
    const startedAtMs = now();
    const delivery = newId();
    const answer = await webhook(request, startedAtMs);
    // Of a sender that left while it was held, the change is where it is, but nobody was told.
    const status = response.destroyed ? undefined : answer.status;
    if (status !== undefined) send(response, status, answer.body, headersOf(delivery, answer));
    const holdMs = now() - startedAtMs;
    metrics.delivery({outcome: answer.outcome, status, holdMs});
    // Of those that were turned away there can be thousands: start.ts logs them together.
    if (!(request.socket.errored instanceof TurnedAway)) logDelivery(log, delivery, {...answer, status}, holdMs);
  };
}

/** Probes keep the rules and what is known of GitHub fresh; they wait for GitHub only as long as nothing is known. */
function createReadyz({readiness, rules, isClosing, inputTrouble}: AppDeps, send: Send) {
  return async (_request: IncomingMessage, response: ServerResponse) => {
    if (isClosing()) return send(response, 503, {error: CLOSING});
    void rules.current();
    const state = await readiness.check();
    const reasons = [...(state.ready ? [] : [state.reason]), inputTrouble() ?? []].flat();
    if (reasons.length === 0) send(response, 200, {status: 'ready'});
    else send(response, 503, {error: `Not ready. ${reasons.join(' ')}`});
  };
}

/** Waits for nothing outside; what is too old is asked for behind the scenes, for the next time. */
function createMetricsRoute({metrics, readiness, rules, inputTrouble}: AppDeps, sendText: SendText) {
  return async (_request: IncomingMessage, response: ServerResponse) => {
    void rules.current();
    void readiness.check();
    metrics.ready(readiness.state().ready && inputTrouble() === undefined);
    sendText(response, 200, metrics.contentType, await metrics.render());
  };
}

function createOnError({log, metrics}: AppDeps, send: Send): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    if (error?.status >= 400 && error.status < 500) {
      return send(response, error.status, {error: 'The request is malformed.'});
    }
    log.error({status: 500, outcome: 'bug', stack: error?.stack ?? String(error)}, 'delivery');
    metrics.delivery({outcome: 'bug', status: 500, holdMs: 0});
    if (!response.headersSent) send(response, 500, {error: BUG});
    else if (!response.writableEnded) response.destroy(); // half an answer is no answer
  };
}

function headersOf(delivery: string, {retryAfterSeconds}: DeliveryResult): Headers {
  const headers = {'x-reactor-delivery': delivery};
  return retryAfterSeconds === undefined ? headers : {...headers, 'retry-after': String(retryAfterSeconds)};
}

/** Refusals are warnings. What GitHub did not take is an error: the change is lost unless it is sent again. */
function logDelivery(log: RelayLog, delivery: string, answer: DeliveryResult, durationMs: number): void {
  const {status, outcome, change, dispatched, reason} = answer;
  const fields = {delivery, status, outcome, ...(change && describe(change)), ...dispatched, durationMs, reason};
  if (status !== undefined && status < 400) log.info(fields, 'delivery');
  else if (status !== undefined && status >= 500) log.error(fields, 'delivery');
  else log.warn(fields, 'delivery');
}

/** Catalog text can steer a terminal that shows it. */
function describe({id, blueprint, entity, action}: Change) {
  return {id: oneLine(id), blueprint: oneLine(blueprint), entity: oneLine(entity), action};
}
