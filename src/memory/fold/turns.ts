/** Memory: the openings and closings of an incident. Flapping counts these turns. Pure. */
import type {Rule} from '../../rules/rules.ts';
import type {Incident} from '../format/format.ts';
import {seconds} from './step.ts';

interface Turn {
  readonly at: number;
  readonly isOpening: boolean;
}

/** The incident after one more turn. This turn can start flapping. */
export function addTurn(incident: Incident, {flapping: limit}: Rule, {at, isOpening}: Turn): Incident {
  if (limit === undefined) return isOpening ? {...incident, turns: [at]} : incident;
  const {flapping} = incident;
  if (flapping !== undefined) return {...incident, turns: [at], flapping: {...flapping, n: flapping.n + 1, last: at}};
  const turns = [...incident.turns.filter(time => at - time <= seconds(limit.withinMs)), at];
  const [since = at] = turns;
  return {...incident, turns, ...(turns.length < limit.changes ? {} : {flapping: {since, n: turns.length, last: at}})};
}

/** The duration of the last occurrence of a closed incident, in seconds. Every message about its end uses this number. */
export function secondsOpen({turns, since, again = since, closed = again}: Incident): number {
  // If the rule has `flapping`, the last turn is the closing. It can be in the same second as the opening.
  const openings = turns.at(-1) === closed ? turns.slice(0, -1) : turns;
  return Math.max(0, closed - (openings.at(-1) ?? again));
}

/** When the incident is stable again. Undefined if it is not flapping. */
export function stableAt({flapping}: Incident, {flapping: limit}: Rule): number | undefined {
  if (flapping === undefined) return undefined;
  return limit === undefined ? flapping.last : flapping.last + seconds(limit.withinMs);
}

/** How long after its closing a match reopens the incident, in seconds. */
export function reopeningWindow({flapping, remediate}: Rule): number {
  return seconds(Math.max(remediate?.cooldownMs ?? 0, flapping?.withinMs ?? 0));
}
