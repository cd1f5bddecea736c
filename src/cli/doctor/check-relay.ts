/** Checks of the relay: whether it can be reached, is ready, and accepts what Port signs. */
import type {Fetch, Now} from '../../base/deps.ts';
import {messageOf, NetworkError} from '../../base/errors.ts';
import {isObject, parseOrUndefined} from '../../base/json.ts';
import {clip, oneLine} from '../../base/text.ts';
import {withoutLogin} from '../../secrets/secrets.ts';
import {postWebhook, type RelayAnswer} from '../send/post-webhook.ts';
import {isAccepted, renderRelayAnswer} from '../send/relay-answer.ts';
import {type Finding, failed, notChecked, ok} from './finding.ts';

const ROUTE = /\/webhooks\/port$/;
const TIMEOUT_MS = 10_000;
export const CHANNEL = notChecked(
  'a smee channel passes webhooks on, and no answers. Look at /readyz of the relay itself',
);

/** Whether a relay answers at the address itself. */
export function isDirect(url: string): boolean {
  return ROUTE.test(new URL(url).pathname);
}

/** Whether anything answered. */
export interface RelayReached {
  readonly findings: readonly Finding[];
  readonly isReached: boolean;
}

/** Never rejects. @param url where the relay takes webhooks */
export async function askRelay(url: string, fetch: Fetch): Promise<RelayReached> {
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
    const fix = 'Check --relay, that the relay runs (port-reactor relay), and the network between here and there.';
    return {
      findings: [failed(`The relay could not be reached: GET ${shown} failed: ${messageOf(error)}.`, fix)],
      isReached: false,
    };
  }
}

function readinessIn(address: string, status: number, text: string): Finding {
  const answer = parseOrUndefined(text);
  const said = isObject(answer) && typeof answer['error'] === 'string' ? clip(oneLine(answer['error']), 500) : '';
  if (status === 200 && isObject(answer) && answer['status'] === 'ready')
    return ok(`${address} says that it is ready.`);
  if (status === 503 && said !== '') return failed(`The relay is not ready: ${said}`, 'Fix what the relay names.');
  const sentence = `${address} answered ${status}, which is not an answer of a relay that is ready.`;
  return failed(sentence, 'Check --relay, and the proxies in front of the relay.');
}

/** Signed as Port signs, and about a run, of which the relay takes no notice: it verifies the signature, and dispatches nothing. */
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

const LOG = 'The log of the relay has the reason. Check the proxies in front of it, too.';

/** 401 has one answer for every cause. The clocks are a hop of their own. */
function signatureIn(answer: RelayAnswer): Finding {
  if (answer.status === 401) {
    return failed(
      'The relay refuses what is signed with PORT_CLIENT_SECRET from here: its own PORT_CLIENT_SECRET is another, or a clock is wrong.',
      'Give the relay the client secret of the credentials in Port. If Clocks has failed too, set the clock first.',
    );
  }
  if (isAccepted(answer)) return ok('The relay accepts what is signed with PORT_CLIENT_SECRET.');
  return failed(
    `The relay answered a signed webhook with ${oneLine(renderRelayAnswer(answer, undefined).replaceAll('\n', ' '))}`,
    LOG,
  );
}
