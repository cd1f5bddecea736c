/** The relay's routes, as an Express app that never listens: what is answered, and one line of the log per delivery. */
import type {IncomingMessage, ServerResponse} from 'node:http';
import express, {type ErrorRequestHandler, type Express} from 'express';
import type {Change} from '../src/change/change.ts';
import {oneLine} from '../src/text.ts';
import type {RelayLog} from './log.ts';
import {type Answer, createWebhook, type WebhookDeps, type WebhookSettings} from './webhook.ts';

export interface AppDeps extends WebhookDeps {
  readonly log: RelayLog;
  /** Whether the relay is on its way out: then connections are closed after their answer. */
  readonly isClosing: () => boolean;
}

const BUG = 'The relay has failed by a mistake of its own; its log has the details.';

export function createApp(settings: WebhookSettings, deps: AppDeps): Express {
  const {log, now, isClosing} = deps;
  const webhook = createWebhook(settings, deps);

  const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...(isClosing() ? {connection: 'close'} : {}),
      ...headers,
    });
    response.end(text);
  };

  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const startedAtMs = now();
    const answer = await webhook(request, startedAtMs);
    if (answer.status !== undefined) send(response, answer.status, answer.body, retryAfter(answer));
    logDelivery(log, answer, now() - startedAtMs);
  };

  const only = (methods: string) => (request: IncomingMessage, response: ServerResponse) => {
    send(response, 405, {error: `${request.method} is not for this route; use ${methods}.`}, {allow: methods});
  };

  const onError: ErrorRequestHandler = (error, _request, response, next) => {
    if (error?.status >= 400 && error.status < 500)
      return send(response, error.status, {error: 'The request is malformed.'});
    log.error({status: 500, outcome: 'bug', stack: error?.stack ?? String(error)}, 'delivery');
    return response.headersSent ? next(error) : send(response, 500, {error: BUG});
  };

  const app = express().disable('x-powered-by').disable('etag').disable('query parser');
  app.route('/webhooks/port').post(receive).all(only('POST'));
  app
    .route('/healthz')
    .get((_request, response) => send(response, 200, {status: 'ok'}))
    .all(only('GET, HEAD'));
  app.use((_request, response) => {
    send(response, 404, {error: 'There is no such route; Port posts to /webhooks/port.'});
  });
  return app.use(onError);
}

function retryAfter({retryAfterSeconds}: Answer): Record<string, string> | undefined {
  return retryAfterSeconds === undefined ? undefined : {'retry-after': String(retryAfterSeconds)};
}

/** Refusals are warnings, what GitHub did not take is an error: there is a change that nobody has. */
function logDelivery(log: RelayLog, {status, outcome, change, reason}: Answer, durationMs: number): void {
  const fields = {status, outcome, ...(change && describe(change)), durationMs, reason};
  if (status !== undefined && status < 400) log.info(fields, 'delivery');
  else if (status !== undefined && status >= 500) log.error(fields, 'delivery');
  else log.warn(fields, 'delivery');
}

/** Catalog text can steer a terminal that shows it. */
function describe({id, blueprint, entity, action}: Change) {
  return {id: oneLine(id), blueprint: oneLine(blueprint), entity: oneLine(entity), action};
}
