/** Report: what the relay's answer to a webhook means, and what to do about it. Pure. */
import {isObject} from '../../base/json.ts';
import {oneLine, showDuration, showValue} from '../../base/text.ts';
import type {RelayAnswer} from './post-webhook.ts';

export function isAccepted({status}: RelayAnswer): boolean {
  return status >= 200 && status < 300;
}

/**
 * Lines for a terminal, each ended: the status with the relay's own words, then what follows from it (design §5).
 * @param repository `owner/name` that the relay dispatches to, if it is known
 */
export function renderRelayAnswer(answer: RelayAnswer, repository: string | undefined): string {
  const words = wordsOf(answer.answer);
  return `${[`${answer.status} ${words}`.trim(), meaningOf(answer, repository)].join('\n')}\n`;
}

/** `dispatched, id run_1`; a refusal's sentence. */
function wordsOf(answer: unknown): string {
  if (!isObject(answer)) return typeof answer === 'string' ? showValue(answer || null, 500) : '';
  if (typeof answer['error'] === 'string') return oneLine(answer['error']);
  const parts = Object.entries(answer).map(([key, value]) =>
    key === 'status' ? showValue(value) : `${oneLine(key)}: ${showValue(value, 500)}`,
  );
  return parts.join(', ');
}

function meaningOf(answer: RelayAnswer, repository: string | undefined): string {
  const {status, retryAfterMs} = answer;
  if (status === 202) return `GitHub accepted the dispatch. See ${actionsOf(repository)}.`;
  if (status === 200) return 'No rule reacts to this change, for the reason above.';
  if (status === 503) {
    const when = retryAfterMs === undefined ? 'in a minute' : `in ${showDuration(retryAfterMs)}`;
    return `GitHub can't be reached, or limits the rate. Send the event again ${when}.`;
  }
  return MEANINGS[status] ?? (isAccepted(answer) ? 'Accepted.' : 'This is not an answer of a relay. Check --relay.');
}

function actionsOf(repository: string | undefined): string {
  return repository === undefined
    ? 'the Actions tab of the repository that the relay dispatches to (its GITHUB_REPOSITORY)'
    : `https://github.com/${repository}/actions`;
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'The event is not valid JSON. Fix it.',
  401: 'The relay refused the signature. Its PORT_CLIENT_SECRET differs from the one here, or the two clocks differ by more than its tolerance (default: 5 minutes).',
  404: 'There is no relay at this address. Check --relay.',
  413: "The event is too large for the relay. Make it smaller, or raise the relay's REACTOR_MAX_BODY_BYTES.",
  415: 'Something on the way changed the content type. Check the proxies in front of the relay.',
  422: 'The event does not look like a message from Port. Fix what the relay names.',
  502: 'GitHub refuses the relay until you fix what the sentence above says.',
};
