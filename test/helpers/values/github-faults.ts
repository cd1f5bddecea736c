/** Failures of GitHub from a seed: limits, outages and stalls, with periods of normal operation between them. */

import type {DispatchOutcome} from '../servers/faulty-github.ts';
import type {Random} from './random.ts';

export interface GitHubFaults {
  /** What happens to a dispatch that arrives at this time, in milliseconds of a monotonic clock. */
  outcome(nowMs: number): DispatchOutcome;
}

type Kind = 'normal' | 'limited' | 'exhausted' | 'outage' | 'stall';

interface Period {
  readonly kind: Kind;
  readonly endMs: number;
}

/** Each failure follows a period of normal operation. After the last, GitHub does not fail, so that a storm ends. */
const KINDS: readonly Kind[] = ['limited', 'outage', 'stall', 'exhausted', 'outage', 'stall'];

export function createFaults(random: Random): GitHubFaults {
  const coming = KINDS.flatMap(kind => ['normal', kind] as const);
  let period: Period | undefined;
  return {
    outcome(nowMs) {
      while (period === undefined || period.endMs <= nowMs) {
        const kind = coming.shift() ?? 'normal';
        // Counted from now, not from the end of the previous period, because a period without requests does not count.
        period = {kind, endMs: nowMs + random.int(200, 700)};
      }
      return outcomeIn(period, nowMs, random);
    },
  };
}

function outcomeIn({kind, endMs}: Period, nowMs: number, random: Random): DispatchOutcome {
  const leftMs = endMs - nowMs;
  switch (kind) {
    case 'normal':
      return random.chance(0.9) ? accepted(random) : accident(random);
    case 'limited':
      return refusal(429, {'retry-after': String(Math.ceil(leftMs / 1000))});
    case 'exhausted': {
      const reset = Math.ceil((Date.now() + leftMs) / 1000);
      return refusal(403, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset)});
    }
    case 'outage':
      return random.chance(0.5) ? refusal(random.pick([500, 502, 503])) : accident(random);
    case 'stall':
      return {accepts: random.chance(0.5), answer: 'silence', afterMs: random.int(0, 3000)};
  }
}

function accepted(random: Random): DispatchOutcome {
  return {accepts: true, answer: {status: 204}, afterMs: random.int(10, 80)};
}

/** Failures that can happen at any time. Most happen after GitHub has accepted a dispatch that it does not acknowledge. */
function accident(random: Random): DispatchOutcome {
  return random.pick<DispatchOutcome>([
    {accepts: false, answer: 'reset', afterMs: 0},
    {accepts: true, answer: 'reset', afterMs: random.int(0, 50)},
    {accepts: true, answer: {status: 502}, afterMs: random.int(0, 50)},
    {accepts: true, answer: {status: 204}, afterMs: random.int(300, 900)},
    {accepts: true, answer: 'silence', afterMs: random.int(0, 3000)},
  ]);
}

function refusal(status: number, headers: Record<string, string> = {}): DispatchOutcome {
  return {accepts: false, answer: {status, headers}, afterMs: 0};
}
