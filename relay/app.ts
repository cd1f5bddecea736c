/** The relay's routes, as an Express app that does not listen itself. Writes one log line per delivery. */
import type {IncomingMessage, OutgoingHttpHeaders, ServerResponse} from 'node:http';
import express, {type ErrorRequestHandler, type Request, type Response} from 'express';
import {oneLine} from '../src/base/text/show.ts';
import type {Change} from '../src/change/change.ts';
import {ConnectionRejected} from './http/connections.ts';
import type {DeliveryResult} from './http/delivery-result.ts';
import type {RelayLog} from './observe/log.ts';
import type {RelayMetrics} from './observe/metrics.ts';
import type {Readiness} from './observe/readiness.ts';
import type {RulesSource} from './rules/rules-source.ts';
import {createWebhook, type WebhookDeps, type WebhookSettings} from './webhook.ts';

export interface AppDeps extends WebhookDeps {
  /** Undefined if every change is dispatched. */
  readonly rules: Pick<RulesSource, 'read' | 'readFresh' | 'refreshIfDue'> | undefined;
  readonly log: RelayLog;
  readonly metrics: RelayMetrics;
  readonly readiness: Readiness;
  /** A short ID, unique among all copies of the relay. */
  readonly newId: () => string;
  /** Whether the relay is shutting down. */
  readonly isClosing: () => boolean;
  /** Why no webhook can reach the relay, as a sentence, for example because its smee channel is not connected. */
  readonly inputProblem: () => string | undefined;
}

const BUG = 'Internal error. Please report it with the details from the log of the relay.';
const CLOSING = 'The relay is shutting down. It answers the webhooks it holds and accepts no new ones.';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The app as a listener for `node:http`. By default, Express responds to unknown routes with an HTML page that shows the path.
 */
export function createApp(settings: WebhookSettings, deps: AppDeps): Handler {
  const only = (methods: string) => (request: IncomingMessage, response: ServerResponse) => {
    const error = `${request.method} is not supported on this route. Use ${methods}.`;
    send(response, {status: 405, body: {error}, headers: {allow: methods}});
  };
  const notFound: Handler = (_request, response) => {
    send(response, {status: 404, body: {error: 'Not found. Port posts to /webhooks/port.'}});
  };

  const receive = createReceive(settings, deps);
  const onError = createOnError(deps);
  const app = express().disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');
  app.route('/webhooks/port').post(receive).all(only('POST'));
  const routes: Record<string, Handler> = {
    '/healthz': (_request, response) => send(response, {status: 200, body: {status: 'ok'}}),
    '/readyz': createReadyz(deps),
    '/metrics': createMetricsRoute(deps),
  };
  for (const [path, handler] of Object.entries(routes)) app.route(path).get(handler).all(only('GET, HEAD'));
  app.use(notFound);
  app.use(onError);
  return (request, response) => {
    const path = pathOf(request.url ?? '');
    if (path === undefined) return notFound(request, response);
    if (path === '/webhooks/port' && request.method === 'POST') {
      // Webhooks bypass Express, which changes the prototypes of request and response. That slows every later access, so a
      // webhook takes 50 % longer.
      receive(request, response).catch(error =>
        onError(error, request as Request, response as Response, () => response.destroy()),
      );
      return;
    }
    request.url = path;
    app(request as Request, response as Response, () => notFound(request, response));
  };
}

/**
 * The path of a request target, which can include the host (RFC 9112 §3.2.2). Express's parser would write an unusual target to
 * standard error.
 */
function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  return /^https?:\/\/[^/?#]*(\/.*)$/i.exec(target)?.[1];
}

interface Reply {
  readonly status: number;
  /** An object, which is sent as JSON, or a text whose type is in the headers. */
  readonly body: object | string;
  readonly headers?: OutgoingHttpHeaders;
}

function send(response: ServerResponse, {status, body, headers}: Reply): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = 'application/json; charset=utf-8';
  response.writeHead(status, {'content-type': type, 'content-length': Buffer.byteLength(text), ...headers});
  const {req: request} = response;
  if (request.complete || response.shouldKeepAlive) return void response.end(text);
  // Node closes the connection after the last response. If the request is still arriving, that resets the connection, and the
  // client may never receive the response, for example a 413. So the rest of the request is read and discarded first.
  response.write(text);
  request.resume().once('close', () => response.end());
}

function createReceive(settings: WebhookSettings, deps: AppDeps) {
  const {log, metrics, clock, newId} = deps;
  const webhook = createWebhook(settings, deps);
  return async (request: IncomingMessage, response: ServerResponse) => {
    const startedAtMs = clock.now();
    const delivery = newId();
    const result = await webhook(request);
    // If the sender disconnected while its webhook was held, no response is sent. The change stays in its queue.
    const status = response.destroyed ? undefined : result.status;
    if (status !== undefined) send(response, {status, body: result.body, headers: headersOf(delivery, result)});
    const holdMs = clock.now() - startedAtMs;
    metrics.recordDelivery({outcome: result.outcome, status, holdMs});
    // Thousands of connections can be rejected. start.ts logs them together.
    if (!(request.socket.errored instanceof ConnectionRejected))
      logDelivery(log, {...result, delivery, status, durationMs: holdMs});
  };
}

/** Probes keep the rules and the state of GitHub fresh. They wait for GitHub only if its state is unknown. */
function createReadyz({readiness, rules, isClosing, inputProblem}: AppDeps) {
  return async (_request: IncomingMessage, response: ServerResponse) => {
    if (isClosing()) return send(response, {status: 503, body: {error: CLOSING}});
    rules?.refreshIfDue();
    const reasons = [await readiness.check(), inputProblem()].filter(reason => reason !== undefined);
    if (reasons.length === 0) send(response, {status: 200, body: {status: 'ready'}});
    else send(response, {status: 503, body: {error: `Not ready. ${reasons.join(' ')}`}});
  };
}

/** Does not wait for GitHub. Values that are too old are refreshed in the background. */
function createMetricsRoute({metrics, readiness, rules, inputProblem}: AppDeps) {
  return async (_request: IncomingMessage, response: ServerResponse) => {
    rules?.refreshIfDue();
    void readiness.check();
    metrics.setReady((readiness.problem ?? inputProblem()) === undefined);
    const headers = {'content-type': metrics.contentType};
    send(response, {status: 200, body: await metrics.render(), headers});
  };
}

function createOnError({log, metrics}: AppDeps): ErrorRequestHandler {
  // biome-ignore lint/complexity/useMaxParams: Express recognizes an error handler by its four parameters
  return (error, _request, response, _next) => {
    if (error?.status >= 400 && error.status < 500) {
      return send(response, {status: error.status, body: {error: 'The request is malformed.'}});
    }
    log.error({status: 500, outcome: 'bug', stack: error?.stack ?? String(error)}, 'delivery');
    metrics.recordDelivery({outcome: 'bug', status: 500, holdMs: 0});
    if (!response.headersSent) send(response, {status: 500, body: {error: BUG}});
    else if (!response.writableEnded) response.destroy(); // a partial response must not look complete
  };
}

function headersOf(delivery: string, {retryAfterSeconds}: DeliveryResult): OutgoingHttpHeaders {
  const headers = {'x-reactor-delivery': delivery};
  return retryAfterSeconds === undefined ? headers : {...headers, 'retry-after': String(retryAfterSeconds)};
}

/** A refusal is a warning. A change that GitHub did not accept is an error, because it is lost unless the sender repeats it. */
function logDelivery(log: RelayLog, result: DeliveryResult & {delivery: string; durationMs: number}): void {
  const {delivery, status, outcome, change, dispatched, reason} = result;
  const durationMs = Math.round(result.durationMs);
  const fields = {delivery, status, outcome, ...(change && describe(change)), ...dispatched, durationMs, reason};
  if (status !== undefined && status < 400) log.info(fields, 'delivery');
  else if (status !== undefined && status >= 500) log.error(fields, 'delivery');
  else log.warn(fields, 'delivery');
}

/** Catalog text can contain control characters for terminals. */
function describe({id, blueprint, entity, action}: Change) {
  return {id: oneLine(id), blueprint: oneLine(blueprint), entity: oneLine(entity), action};
}
