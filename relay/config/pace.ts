/** Whether partitions, budget and hold time fit together, so that each partition has its turn while its webhooks are held. Pure. */
import {count} from '../../src/base/text.ts';

export interface Pace {
  readonly partitions: number;
  /** Of this copy of the relay. */
  readonly dispatchesPerMinute: number;
  /** The maximum time that a webhook is held. */
  readonly ackTimeoutMs: number;
}

export const PACE_VARIABLES = [
  'REACTOR_PARTITIONS',
  'REACTOR_MAX_DISPATCHES_PER_MINUTE',
  'REACTOR_ACK_TIMEOUT_SECONDS',
] as const;

/** The other half of the hold is for a spent burst, for GitHub's answer, and for another attempt. */
const TURN_SHARE = 0.5;

/** A shorter hold can be intended, if a proxy before the relay waits no longer. The relay then starts, and warns. */
const USUAL_HOLD_MS = 8_000;

/**
 * Why the relay must not start, and which value to change. Each partition waits for the dispatches of all others,
 * `partitions × 60 s ÷ budget`, which must be well below the hold.
 */
export function paceProblem(pace: Pace): string | undefined {
  const holdMs = Math.max(pace.ackTimeoutMs, USUAL_HOLD_MS);
  return turnSeconds(pace) <= (holdMs / 1000) * TURN_SHARE ? undefined : describe(pace);
}

/** The same as a warning, if only the hold is too short. */
export function paceWarning(pace: Pace): string | undefined {
  return turnSeconds(pace) <= (pace.ackTimeoutMs / 1000) * TURN_SHARE ? undefined : describe(pace);
}

function turnSeconds({partitions, dispatchesPerMinute}: Pace): number {
  return (partitions * 60) / dispatchesPerMinute;
}

function describe(pace: Pace): string {
  const {partitions, dispatchesPerMinute, ackTimeoutMs} = pace;
  return (
    `REACTOR_PARTITIONS=${partitions} is too much for REACTOR_MAX_DISPATCHES_PER_MINUTE=${dispatchesPerMinute}: ` +
    `${count(partitions, 'partition')} × 60 s ÷ ${dispatchesPerMinute} = ${round(turnSeconds(pace))} s until each gets its turn. ` +
    `Webhooks are held for ${round(ackTimeoutMs / 1000)} s (REACTOR_ACK_TIMEOUT_SECONDS), and at most half of that may be waiting. ` +
    adviceFor(pace)
  );
}

/** Each alternative is enough on its own. Those beyond the limits of a setting are left out. */
function adviceFor(pace: Pace): string {
  const {partitions, dispatchesPerMinute, ackTimeoutMs} = pace;
  const mostSeconds = (ackTimeoutMs / 1000) * TURN_SHARE;
  // With a divisor of 8, each shard of the incident memory has one writer.
  const fewer = [4, 2, 1].find(divisor => divisor <= (mostSeconds * dispatchesPerMinute) / 60);
  const budget = Math.ceil((partitions * 60) / mostSeconds);
  const hold = turnSeconds(pace) / TURN_SHARE;
  const advice = [
    fewer && `set REACTOR_PARTITIONS to ${fewer} in every copy of the relay`,
    budget <= 10_000 && `raise REACTOR_MAX_DISPATCHES_PER_MINUTE of this copy to ${budget}`,
    hold <= 60 && `raise REACTOR_ACK_TIMEOUT_SECONDS to ${round(hold)}`,
  ].filter(Boolean);
  return `${advice.join(', or ').replace(/^./, first => first.toUpperCase())}.`;
}

function round(seconds: number): number {
  return Math.ceil(seconds * 10) / 10;
}
