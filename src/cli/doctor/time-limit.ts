/** Adds a time limit to the network calls of one check, so that a slow hop does not delay the others. */
import type {Fetch, Sleep} from '../../base/deps.ts';
import {NetworkError} from '../../base/errors.ts';

export interface NetworkCalls {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
}

/** Both functions reject after the time limit, which starts with this call. */
export function withTimeLimit({fetch, sleep}: NetworkCalls, limitMs: number): NetworkCalls {
  const limit = AbortSignal.timeout(limitMs);
  const tooLong = () => new NetworkError(`no answer within ${limitMs / 1000} s`);
  return {
    async fetch(url, init) {
      const signal = init.signal === undefined ? limit : AbortSignal.any([init.signal, limit]);
      try {
        return await fetch(url, {...init, signal});
      } catch (error) {
        throw limit.aborted ? tooLong() : error;
      }
    },
    async sleep(milliseconds) {
      if (limit.aborted) throw tooLong();
      await sleep(milliseconds);
      if (limit.aborted) throw tooLong();
    },
  };
}
