/** Explains the relay's answer to a webhook, and how to fix errors. Pure. */
import {isObject} from '../../base/json.ts';
import {oneLine, showDuration, showValue} from '../../base/text/show.ts';
import type {RelayAnswer} from './post-webhook.ts';

export function isAccepted({status}: RelayAnswer): boolean {
  return status >= 200 && status < 300;
}

/**
 * Text that ends with a newline: the status with the message of the relay, then its meaning.
 * @param repository the `owner/name` to which the relay dispatches, if it is known
 */
export function renderRelayAnswer(answer: RelayAnswer, repository: string | undefined): string {
  const words = wordsOf(answer.answer);
  return `${[`${answer.status} ${words}`.trim(), meaningOf(answer, repository)].join('\n')}\n`;
}

/** `dispatched, id run_1`, or the sentence of an error. */
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
  if (status === 200) return 'No reaction, for the reason above.';
  if (status === 503) {
    const when = retryAfterMs === undefined ? 'in a minute' : `in ${showDuration(retryAfterMs)}`;
    return `GitHub is not reachable, or limits the rate. Send the event again ${when}.`;
  }
  return MEANINGS[status] ?? (isAccepted(answer) ? 'Accepted.' : 'This is not the answer of a relay. Check --relay.');
}

function actionsOf(repository: string | undefined): string {
  return repository === undefined
    ? 'the Actions tab of the repository to which the relay dispatches (its GITHUB_REPOSITORY)'
    : `https://github.com/${repository}/actions`;
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'The event is not valid JSON. Fix the event.',
  401: 'The relay rejected the signature. Its PORT_CLIENT_SECRET differs from yours, or the two clocks differ by more than its tolerance (default: 5 minutes).',
  404: 'No relay answers at this URL. Check --relay.',
  413: "The event is too large for the relay. Make it smaller, or raise the relay's REACTOR_MAX_BODY_BYTES.",
  415: 'A proxy changed the content type. Check the proxies in front of the relay.',
  422: 'The event is not a valid message from Port. Fix the problem that the relay reports.',
  502: 'GitHub rejects dispatches of the relay until you fix the problem above.',
};
