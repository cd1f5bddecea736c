/** Whether partitions, budget and hold fit each other, so that every partition gets its turn while its webhooks are held. Pure. */
import {count} from '../../src/base/text.ts';

export interface Pace {
  readonly partitions: number;
  /** Of this copy of the relay. */
  readonly dispatchesPerMinute: number;
  /** The longest time that a webhook is held. */
  readonly ackTimeoutMs: number;
}

export const PACE_VARIABLES = [
  'REACTOR_PARTITIONS',
  'REACTOR_MAX_DISPATCHES_PER_MINUTE',
  'REACTOR_ACK_TIMEOUT_SECONDS',
] as const;

/** The other half of the hold is for a burst that has been spent, for GitHub's answer, and for another attempt. */
const TURN_SHARE = 0.5;

/** A shorter hold is a choice: whatever stands before the relay waits no longer. The relay starts, and warns. */
const USUAL_HOLD_MS = 8_000;

/**
 * Why the relay must not start, and which value to change, if the partitions get their turns too rarely: each waits for the
 * dispatches of all the others, `partitions × 60 s ÷ budget`.
 */
export function paceProblem(pace: Pace): string | undefined {
  const holdMs = Math.max(pace.ackTimeoutMs, USUAL_HOLD_MS);
  return turnSeconds(pace) <= (holdMs / 1000) * TURN_SHARE ? undefined : describe(pace);
}

/** The same as a warning, if only the hold is too short for it. */
export function paceWarning(pace: Pace): string | undefined {
  return turnSeconds(pace) <= (pace.ackTimeoutMs / 1000) * TURN_SHARE ? undefined : describe(pace);
}

function turnSeconds({partitions, dispatchesPerMinute}: Pace): number {
  return (partitions * 60) / dispatchesPerMinute;
}

function describe(pace: Pace): string {
  const {partitions, dispatchesPerMinute, ackTimeoutMs} = pace;
  const holdSeconds = ackTimeoutMs / 1000;
  return (
    `REACTOR_PARTITIONS=${partitions} is too much for REACTOR_MAX_DISPATCHES_PER_MINUTE=${dispatchesPerMinute}: ` +
    `${count(partitions, 'partition')} × 60 s ÷ ${dispatchesPerMinute} = ${round(turnSeconds(pace))} s until each gets its turn, ` +
    `and webhooks are held for ${round(holdSeconds)} s (REACTOR_ACK_TIMEOUT_SECONDS), of which half may be waiting; ` +
    adviceFor(pace)
  );
}

/** Each piece of advice is enough by itself. */
function adviceFor(pace: Pace): string {
  const {partitions, dispatchesPerMinute, ackTimeoutMs} = pace;
  const mostSeconds = (ackTimeoutMs / 1000) * TURN_SHARE;
  const fewer = divisorWithin((mostSeconds * dispatchesPerMinute) / 60);
  const budget = Math.ceil((partitions * 60) / mostSeconds);
  const hold = turnSeconds(pace) / TURN_SHARE;
  return [
    ...(fewer === undefined ? [] : [`set REACTOR_PARTITIONS to ${fewer} in every copy of the relay`]),
    ...(budget > MAX_BUDGET ? [] : [`raise REACTOR_MAX_DISPATCHES_PER_MINUTE of this copy to ${budget}`]),
    ...(hold > MAX_HOLD_SECONDS ? [] : [`raise REACTOR_ACK_TIMEOUT_SECONDS to ${round(hold)}`]),
  ].join(', or ');
}

const MAX_BUDGET = 10_000;
const MAX_HOLD_SECONDS = 60;

/** The largest divisor of 8 that is not more: with it, each shard of the incident memory has one writer. */
function divisorWithin(most: number): number | undefined {
  return [8, 4, 2, 1].find(divisor => divisor <= most);
}

function round(seconds: number): number {
  return Math.ceil(seconds * 10) / 10;
}
