/** A fake of GitHub in tests of the dispatcher, on a virtual clock. A function returns its responses and their times. */

import type {Change} from '../../src/change/change.ts';
import {type ClientPayload, decodeClientPayload} from '../../src/change/payload/client-payload.ts';
import type {GitHub} from '../../src/clients/github/client.ts';
import type {GitHubResponse} from '../../src/clients/github/response.ts';
import type {ManualClock} from '../helpers/manual-clock.ts';

export interface Attempt {
  readonly atMs: number;
  readonly payload: ClientPayload;
  /** The size of the client payload. */
  readonly bytes: number;
  readonly changes: readonly Change[];
  readonly timeoutMs: number;
  /** Whether GitHub accepted it, regardless of the response. */
  accepted: boolean;
}

/** The result of a request after this time: a response, or no response although GitHub may have accepted it. */
export interface RequestEnd {
  readonly afterMs: number;
  readonly status: number | undefined;
  readonly headers?: Record<string, string>;
  /** Whether GitHub accepts the request. By default it does with status 204. */
  readonly accepted?: boolean;
}

const NO_RESPONSE: GitHubResponse = {status: undefined, headers: {}, body: undefined, message: 'words'};

/** @param readyMs how long the nth request waits for a token and a connection before it is sent */
export function createVirtualGitHub(
  clock: ManualClock,
  end: (attempt: Attempt, n: number) => RequestEnd,
  readyMs: (n: number) => number = () => 0,
) {
  const attempts: Attempt[] = [];
  const waited = (milliseconds: number) => new Promise<void>(resolve => clock.after(milliseconds, resolve));
  let started = 0;
  const github: GitHub = async ({json = '', timeoutMs, shouldSend}) => {
    const waitMs = readyMs(++started);
    if (waitMs > 0) await waited(waitMs);
    if (shouldSend?.() === false) return {...NO_RESPONSE, unsent: 'skipped'};
    const {client_payload: payload} = JSON.parse(json);
    const decoded = decodeClientPayload(payload);
    const attempt: Attempt = {
      atMs: clock.now(),
      payload: decoded,
      bytes: Buffer.byteLength(JSON.stringify(payload)),
      changes: decoded.changes,
      timeoutMs,
      accepted: false,
    };
    attempts.push(attempt);
    const {afterMs, status, headers = {}, accepted = status === 204} = end(attempt, attempts.length);
    attempt.accepted = accepted;
    await waited(Math.min(afterMs, timeoutMs));
    return {...NO_RESPONSE, status: afterMs > timeoutMs ? undefined : status, headers};
  };
  return {github, attempts, ids: () => attempts.map(({changes}) => changes.map(({id}) => id))};
}

export const ok: RequestEnd = {afterMs: 300, status: 204};
