/** Port's refusals in words: the request, the answer of Port, and what to do about it. */
import * as z from 'zod/mini';
import {RequestError} from '../base/errors.ts';
import {parseSeconds} from '../base/http.ts';
import {parseOrUndefined} from '../base/json.ts';
import {clip, oneLine} from '../base/text.ts';
import {redact} from '../secrets/redact.ts';

type Details = ConstructorParameters<typeof RequestError>[1] & {
  readonly code: string | undefined;
  readonly isOfPort: boolean;
};

/** Port answered with a refusal. `code` is its `error` key, as `identifier_taken` (port-docs, static/apispec.yaml). */
export class PortError extends RequestError {
  readonly code: string | undefined;
  /** Whether the body is one of Port's own, and not the page of a proxy on the way. */
  readonly isOfPort: boolean;

  constructor(message: string, details: Details) {
    super(message, details);
    this.code = details.code;
    this.isOfPort = details.isOfPort;
  }
}

const Body = z.catch(z.object({error: z.catch(z.optional(z.string()), undefined), message: z.optional(z.unknown())}), {
  message: '',
});

/** `{"ok": false, "error": "<code>", "message": "…"}` (port-docs, static/apispec.yaml). */
const OwnBody = z.object({ok: z.literal(false), error: z.string()});

/**
 * @param route what was asked for, as the message is to name it
 * @param secrets what the message must not hold, whatever Port echoes
 */
export function explainRefusal(
  error: RequestError,
  route: string,
  secrets: readonly (string | undefined)[],
): PortError {
  const {status, method, url} = error;
  const body = parseOrUndefined(error.body);
  const {error: code, message} = Body.parse(body);
  const isOfPort = OwnBody.safeParse(body).success;
  const words = typeof message === 'string' ? message : message === undefined ? '' : JSON.stringify(message);
  const traceId = error.header('x-trace-id');
  const parts = [code, words, traceId ? `trace id ${traceId}` : undefined].filter(Boolean).join(', ');
  const reasons = parts === '' ? '' : ` (${clip(oneLine(parts), 600)})`;
  // "The number of seconds before the rate limit is reset": https://docs.port.io/api-reference/rate-limits
  const retryAfterMs = error.retryAfterMs ?? parseSeconds(error.header('x-ratelimit-reset') ?? '');
  const known = secrets.filter(secret => secret !== undefined);
  const advice = status === 404 && !isOfPort ? NOT_PORT : adviceFor(status, code, url);
  const sentence = `Port answered ${status} to ${method} ${route}${reasons}: ${advice}`;
  return new PortError(redact(sentence, known), {method, url, status, retryAfterMs, code, isOfPort});
}

function adviceFor(status: number, code: string | undefined, url: string): string {
  const special = code === undefined ? undefined : ADVICE_BY_CODE.get(code);
  if (special !== undefined) return special;
  if (status === 401) {
    return `the credentials are not known there. Check PORT_CLIENT_ID and PORT_CLIENT_SECRET, and PORT_API_URL, which is ${new URL(url).origin} (EU: https://api.port.io, US: https://api.us.port.io)`;
  }
  return ADVICE_BY_STATUS[status] ?? (status >= 500 ? OUTAGE : 'Port refuses the request. Its own words say why.');
}

const NOT_PORT =
  "the answer is not one of Port's API, but of a proxy or of another server. Check PORT_API_URL and the proxy";
const OUTAGE = 'Port has a problem of its own. Try again in a few minutes';

/** If the status alone says too little. */
const ADVICE_BY_CODE: ReadonlyMap<string, string> = new Map([
  [
    'private_destination',
    'Port does not call private addresses. Give the relay a public one, or a smee channel (WEBHOOK_PROXY_URL)',
  ],
  ['not_resolvable_destination', 'Port cannot resolve the host of that address. Check the URL of the relay'],
]);

const ADVICE_BY_STATUS: Readonly<Record<number, string>> = {
  403: 'the credentials lack a permission for this. Use those of an administrator',
  404: 'it does not exist, or not in the organisation and region of these credentials. Check the name and PORT_API_URL',
  409: 'another has this identifier already. Choose a different one, or remove the other',
  413: 'the request is larger than the 1 MiB that Port takes. Make it smaller',
  422: "Port does not take it in this form. Its own words say which part. If it is our doing, please report it with Port's words.",
  429: "the organisation's rate limit is used up. Try again later, or have other clients of Port's API slow down",
};
