/** Check: whether each partition gets a dispatch while its webhooks are held, based on partitions, budget and hold. Pure. */
import {count} from '../../src/base/text/show.ts';

export interface Pace {
  readonly partitions: number;
  /** Applies to this copy of the relay. */
  readonly dispatchesPerMinute: number;
  /** The hold: the maximum time that a webhook waits for its response. */
  readonly ackTimeoutMs: number;
}

export const PACE_VARIABLES = [
  'REACTOR_PARTITIONS',
  'REACTOR_MAX_DISPATCHES_PER_MINUTE',
  'REACTOR_ACK_TIMEOUT_SECONDS',
] as const;

/**
 * The share of the hold in which each partition gets a dispatch. The rest is for a spent burst, GitHub's response, and another
 * attempt.
 */
const TURN_SHARE = 0.5;

/** A shorter hold can be intended, for a proxy with a shorter timeout. The relay then starts with a warning. */
const USUAL_HOLD_MS = 8_000;

/**
 * Why the relay must not start, and which value to change. A partition waits for the dispatches of all others, which takes
 * `partitions × 60 s ÷ budget`. This must be well below the hold.
 */
export function paceProblem(pace: Pace): string | undefined {
  const holdMs = Math.max(pace.ackTimeoutMs, USUAL_HOLD_MS);
  return turnSeconds(pace) <= (holdMs / 1000) * TURN_SHARE ? undefined : describe(pace);
}

/** The problem as a warning, if only the hold is too short. */
export function paceWarning(pace: Pace): string | undefined {
  return turnSeconds(pace) <= (pace.ackTimeoutMs / 1000) * TURN_SHARE ? undefined : describe(pace);
}

function turnSeconds({partitions, dispatchesPerMinute}: Pace): number {
  return (partitions * 60) / dispatchesPerMinute;
}

function describe(pace: Pace): string {
  const {partitions, dispatchesPerMinute, ackTimeoutMs} = pace;
  return (
    `REACTOR_PARTITIONS=${partitions} is too high for REACTOR_MAX_DISPATCHES_PER_MINUTE=${dispatchesPerMinute}: ` +
    `${count(partitions, 'partition')} × 60 s ÷ ${dispatchesPerMinute} = ${round(turnSeconds(pace))} s between two dispatches of a partition. ` +
    `A webhook is held for at most ${round(ackTimeoutMs / 1000)} s (REACTOR_ACK_TIMEOUT_SECONDS), and the wait must be at most half of that. ` +
    adviceFor(pace)
  );
}

/** Each alternative is sufficient. Values beyond the limits of a setting are omitted. */
function adviceFor(pace: Pace): string {
  const {partitions, dispatchesPerMinute, ackTimeoutMs} = pace;
  const mostSeconds = (ackTimeoutMs / 1000) * TURN_SHARE;
  // A divisor of 8 ensures that each shard of the incident memory has one writer.
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
