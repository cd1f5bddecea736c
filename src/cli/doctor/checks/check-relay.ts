/** Checks that the relay is reachable and ready, and that it accepts Port's signature. */
import type {Fetch, Now} from '../../../base/deps.ts';
import {messageOf, NetworkError} from '../../../base/errors.ts';
import {isObject, parseOrUndefined} from '../../../base/json.ts';
import {clip, oneLine} from '../../../base/text/show.ts';
import {withoutLogin} from '../../../secrets/secrets.ts';
import {postWebhook, type RelayAnswer} from '../../send/post-webhook.ts';
import {isAccepted, renderRelayAnswer} from '../../send/relay-answer.ts';
import {type Finding, failed, notChecked, ok} from '../finding.ts';

const ROUTE = /\/webhooks\/port$/;
const TIMEOUT_MS = 10_000;
const CHANNEL = notChecked(
  'a smee channel forwards webhooks, but returns no answers. Check /readyz of the relay directly',
);

/** Whether the URL is that of a relay, and not of a smee channel. */
export function isDirect(url: string): boolean {
  return ROUTE.test(new URL(url).pathname);
}

/** `isReached`: whether a server answered. */
export interface RelayCheck {
  readonly findings: readonly Finding[];
  readonly isReached: boolean;
}

/** Never rejects. @param url the webhook URL of the relay */
export async function checkRelay(url: string, fetch: Fetch): Promise<RelayCheck> {
  if (!isDirect(url)) return {findings: [CHANNEL], isReached: true};
  const address = url.replace(/\/webhooks\/port(?=$|\?)/, '/readyz');
  const shown = withoutLogin(address);
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(address, {
      method: 'GET',
      headers: {accept: 'application/json'},
      signal,
      redirect: 'manual',
    });
    return {findings: [readinessIn(shown, response.status, await response.text())], isReached: true};
  } catch (error) {
    const fix = 'Check --relay, check that the relay is running (port-reactor relay), and check the network.';
    return {
      findings: [failed(`The relay could not be reached: GET ${shown} failed: ${messageOf(error)}.`, fix)],
      isReached: false,
    };
  }
}

function readinessIn(address: string, status: number, text: string): Finding {
  const answer = parseOrUndefined(text);
  const error = isObject(answer) && typeof answer['error'] === 'string' ? clip(oneLine(answer['error']), 500) : '';
  if (status === 200 && isObject(answer) && answer['status'] === 'ready')
    return ok(`${address} reports that the relay is ready.`);
  if (status === 503 && error !== '')
    return failed(`The relay is not ready: ${error}`, 'Fix the problem that the relay reports.');
  const sentence = `${address} answered ${status}, which is not the answer of a relay that is ready.`;
  return failed(sentence, 'Check --relay and the proxies in front of the relay.');
}

/** An event about a run. The relay verifies its signature, ignores it, and dispatches nothing. */
const PROBE = JSON.stringify({
  action: 'UPDATE',
  resourceType: 'run',
  trigger: {by: {userId: 'port-reactor doctor'}, origin: 'API'},
  context: {},
});

export async function checkSignature(
  url: string,
  secret: string,
  deps: {readonly fetch: Fetch; readonly now: Now},
): Promise<readonly Finding[]> {
  if (!isDirect(url)) return [CHANNEL];
  try {
    return [signatureIn(await postWebhook({url, body: PROBE, secret}, deps))];
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return [failed(`The relay did not answer a signed webhook: ${messageOf(error)}`, LOG)];
  }
}

const LOG = 'See the log of the relay for the reason. Also check the proxies in front of it.';

/** The relay answers 401 for every cause. Clocks are checked as a separate hop. */
function signatureIn(answer: RelayAnswer): Finding {
  if (answer.status === 401) {
    return failed(
      'The relay rejects a webhook that is signed with PORT_CLIENT_SECRET. Its own PORT_CLIENT_SECRET differs, or a clock is incorrect.',
      'Set PORT_CLIENT_SECRET of the relay to the client secret of the credentials in Port. If Clocks failed too, fix the clock first.',
    );
  }
  if (isAccepted(answer)) return ok('The relay accepts webhooks that are signed with PORT_CLIENT_SECRET.');
  return failed(
    `The relay answered a signed webhook with ${oneLine(renderRelayAnswer(answer, undefined).replaceAll('\n', ' '))}`,
    LOG,
  );
}
