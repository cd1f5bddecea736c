/** Compares the clocks of the servers, to check that the relay accepts Port's timestamps. */
import type {Fetch, Now} from '../../../base/deps.ts';
import {capitalize, showSpan} from '../../../base/text/show.ts';
import {type Finding, failed, notChecked, ok} from '../finding.ts';

export interface Clocks {
  /** Sends a request, and records the `Date` header of the answer. */
  readonly fetch: Fetch;
  /** How far the server's clock is ahead of the local clock, in milliseconds. Undefined if no answer had a `Date` header. */
  aheadMs(url: string | undefined): number | undefined;
}

interface ClockSample {
  readonly aheadMs: number;
  readonly roundTripMs: number;
}

/** Uses the fastest answer, which is the most accurate. `Date` has whole seconds: https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1 */
export function recordClocks(fetch: Fetch, now: Now): Clocks {
  const samples = new Map<string, ClockSample>();
  return {
    async fetch(url, init) {
      const sentMs = now();
      const answer = await fetch(url, init);
      const roundTripMs = now() - sentMs;
      const date = Date.parse(answer.headers.get('date') ?? '');
      const {origin} = new URL(url);
      const known = samples.get(origin);
      if (!Number.isNaN(date) && (known === undefined || roundTripMs < known.roundTripMs)) {
        samples.set(origin, {aheadMs: date + 500 - (sentMs + roundTripMs / 2), roundTripMs});
      }
      return answer;
    },
    aheadMs: url => (url === undefined ? undefined : samples.get(new URL(url).origin)?.aheadMs),
  };
}

/** How far each clock is ahead of the local clock, in milliseconds. Undefined if it is not known. */
export interface Ahead {
  readonly relay: number | undefined;
  readonly port: number | undefined;
  readonly github: number | undefined;
}

/** A fifth of the relay's default tolerance. Synchronized clocks differ by less. */
const MAX_SKEW_MS = 60_000;

/** Port's clock is the reference, because Port creates the timestamps. GitHub's clock is the fallback. Pure. */
export function clockFindings({relay, port, github}: Ahead): readonly Finding[] {
  const reference = port ?? github;
  const name = port === undefined ? 'GitHub' : 'Port';
  if (relay === undefined && reference === undefined) return [notChecked('no server reported its time')];
  const found = [
    ...(relay === undefined
      ? []
      : skew(
          {
            whose: 'the clock of the relay',
            than: reference === undefined ? 'the clock of this machine' : `that of ${name}`,
          },
          relay - (reference ?? 0),
        )),
    ...(reference === undefined ? [] : skew({whose: 'the clock of this machine', than: `that of ${name}`}, -reference)),
  ];
  if (found.length > 0) return found;
  const parts = [
    ...(relay === undefined ? [] : ['the relay']),
    ...(port === undefined ? [] : ['Port']),
    ...(github === undefined ? [] : ['GitHub']),
  ];
  return [ok(`${capitalize(parts.join(', '))} and this machine agree within ${MAX_SKEW_MS / 1000} s.`)];
}

function skew({whose, than}: {readonly whose: string; readonly than: string}, differenceMs: number): Finding[] {
  if (Math.abs(differenceMs) <= MAX_SKEW_MS) return [];
  const direction = differenceMs > 0 ? 'ahead of' : 'behind';
  const sentence = `${whose} is ${showSpan(Math.abs(differenceMs) / 1000)} ${direction} ${than}. The relay rejects timestamps that differ by more than REACTOR_SIGNATURE_TOLERANCE_SECONDS (default: 300).`;
  return [
    failed(capitalize(sentence), 'Synchronize the clock with NTP, for example with chrony or systemd-timesyncd.'),
  ];
}
