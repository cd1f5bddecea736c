/** Report: what the relay's answer to a webhook means, and what to do about it. Pure. */
import {isObject} from '../../base/json.ts';
import {oneLine, showDuration, showValue} from '../../base/text.ts';
import type {RelayAnswer} from './post-webhook.ts';

export function isAccepted({status}: RelayAnswer): boolean {
  return status >= 200 && status < 300;
}

/**
 * Lines for a terminal, each ended: the status with the relay's own words, then what follows from it (design §5).
 * @param repository `owner/name` that the relay dispatches to, where it is known
 */
export function renderAnswer(answer: RelayAnswer, repository: string | undefined): string {
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
  if (status === 202) return `GitHub has taken the change: see ${actionsOf(repository)}.`;
  if (status === 200) return 'Nothing reacts to this change, for the reason above.';
  if (status === 503) {
    const when = retryAfterMs === undefined ? 'in a minute' : `in ${showDuration(retryAfterMs)}`;
    return `GitHub can't be reached or is limiting: send it again ${when}.`;
  }
  return MEANINGS[status] ?? (isAccepted(answer) ? 'Accepted.' : 'This is no answer of a relay: check --relay.');
}

function actionsOf(repository: string | undefined): string {
  return repository === undefined
    ? 'the Actions tab of the repository that the relay dispatches to (its GITHUB_REPOSITORY)'
    : `https://github.com/${repository}/actions`;
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'The relay could not read it as JSON: mend the event.',
  401: 'The relay does not take the signature: its PORT_CLIENT_SECRET differs from the one here, or one of the two clocks is off by more than its tolerance (5 minutes unless set).',
  404: 'There is no relay at this address: check --relay.',
  413: "The event is larger than the relay takes: make it smaller, or raise the relay's REACTOR_MAX_BODY_BYTES.",
  415: 'Something on the way changed the content type: check proxies before the relay.',
  422: 'The relay knows no such message of Port: mend what it names.',
  502: 'GitHub refuses the relay for good; the sentence above says what to mend.',
};
