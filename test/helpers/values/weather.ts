/** Failures of GitHub from a seed: limits, outages and stalls, with periods of normal operation between them. */

import type {Fate} from '../servers/stormy-github.ts';
import type {Random} from './random.ts';

export interface Weather {
  /** What happens to a dispatch that arrives at this time, in milliseconds of a monotonic clock. */
  fate(nowMs: number): Fate;
}

type Kind = 'fine' | 'limited' | 'exhausted' | 'outage' | 'stall';

interface Spell {
  readonly kind: Kind;
  readonly endMs: number;
}

/** Each failure follows a period of normal operation. After the last, GitHub does not fail, so that a storm ends. */
const KINDS: readonly Kind[] = ['limited', 'outage', 'stall', 'exhausted', 'outage', 'stall'];

export function createWeather(random: Random): Weather {
  const coming = KINDS.flatMap(kind => ['fine', kind] as const);
  let spell: Spell | undefined;
  return {
    fate(nowMs) {
      while (spell === undefined || spell.endMs <= nowMs) {
        const kind = coming.shift() ?? 'fine';
        // Counted from now, not from the end of the previous period, because a period without requests does not count.
        spell = {kind, endMs: nowMs + random.int(200, 700)};
      }
      return fateIn(spell, nowMs, random);
    },
  };
}

function fateIn({kind, endMs}: Spell, nowMs: number, random: Random): Fate {
  const leftMs = endMs - nowMs;
  switch (kind) {
    case 'fine':
      return random.chance(0.9) ? fine(random) : accident(random);
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

function fine(random: Random): Fate {
  return {accepts: true, answer: {status: 204}, afterMs: random.int(10, 80)};
}

/** Failures that can happen at any time. Most happen after GitHub has accepted a dispatch that it does not acknowledge. */
function accident(random: Random): Fate {
  return random.pick<Fate>([
    {accepts: false, answer: 'reset', afterMs: 0},
    {accepts: true, answer: 'reset', afterMs: random.int(0, 50)},
    {accepts: true, answer: {status: 502}, afterMs: random.int(0, 50)},
    {accepts: true, answer: {status: 204}, afterMs: random.int(300, 900)},
    {accepts: true, answer: 'silence', afterMs: random.int(0, 3000)},
  ]);
}

function refusal(status: number, headers: Record<string, string> = {}): Fate {
  return {accepts: false, answer: {status, headers}, afterMs: 0};
}
