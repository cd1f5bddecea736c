/** Explains Port's refusals: the request, Port's response, and what to do. */
import * as z from 'zod/mini';
import {RequestError} from '../base/errors.ts';
import {parseSeconds} from '../base/http/request-json.ts';
import {parseOrUndefined} from '../base/json.ts';
import {clip, oneLine} from '../base/text/show.ts';
import {redact} from '../secrets/redact.ts';

type Details = ConstructorParameters<typeof RequestError>[1] & {
  readonly code: string | undefined;
  readonly isOfPort: boolean;
};

/** Port refused a request. `code` is the response's `error` key, such as `identifier_taken` (port-docs, static/apispec.yaml). */
export class PortError extends RequestError {
  readonly code: string | undefined;
  /** Whether the body is from Port, not the page of a proxy. */
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
 * @param route the requested route, as the message shows it
 * @param secrets texts that the message must not contain, even if Port's response contains them
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
    return `the credentials are not valid there. Check PORT_CLIENT_ID and PORT_CLIENT_SECRET, and PORT_API_URL, which is ${new URL(url).origin} (EU: https://api.port.io, US: https://api.us.port.io)`;
  }
  return (
    ADVICE_BY_STATUS[status] ??
    (status >= 500 ? OUTAGE : "Port refuses the request. See Port's message for the reason.")
  );
}

const NOT_PORT =
  "the response is not from Port's API, but from a proxy or another server. Check PORT_API_URL and the proxy";
const OUTAGE = 'Port has an internal problem. Try again in a few minutes';

/** Advice for codes that are more specific than the status. */
const ADVICE_BY_CODE: ReadonlyMap<string, string> = new Map([
  [
    'private_destination',
    'Port does not call private addresses. Give the relay a public address, or use a smee channel (WEBHOOK_PROXY_URL)',
  ],
  ['not_resolvable_destination', 'Port cannot resolve the host name. Check the URL of the relay'],
]);

const ADVICE_BY_STATUS: Readonly<Record<number, string>> = {
  403: 'the credentials lack a permission. Use those of an administrator',
  404: 'it does not exist in the organization and region of these credentials. Check the name and PORT_API_URL',
  409: 'the identifier is already in use. Choose a different one, or remove the existing object',
  413: 'the request is larger than 1 MiB, which is the limit of Port. Make it smaller',
  422: "Port does not accept this content. See Port's message for the part. If Port Reactor caused this, please report it with Port's message.",
  429: "the organization's rate limit is used up. Try again later, or reduce the requests of other clients",
};
