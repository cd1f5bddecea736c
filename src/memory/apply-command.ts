/** Memory: people's commands: acknowledge or silence an incident, or undo that. Pure. */
import type {Rules} from '../rules/rules.ts';
import {acknowledge} from './acknowledge.ts';
import {withDue} from './fold/timers.ts';
import type {Incident, Memory, Shards} from './format/format.ts';
import type {CommandName} from './incident-form.ts';
import {isSilenced} from './silence.ts';

/** Times are seconds since the epoch. `unacknowledge` and `unsilence` are the two parts of `resume`. */
export interface Command {
  /** The incident's id. */
  readonly incident: string;
  readonly do: CommandName | 'unacknowledge' | 'unsilence';
  /** The person who gave the command. */
  readonly by: string;
  readonly at: number;
  /** When the effect ends. Required for a silence. An acknowledgement without it ends with the incident. */
  readonly until?: number;
}

export interface AppliedCommand {
  readonly next: Shards;
  /** The shards that must be written. */
  readonly changed: readonly number[];
  /** The incident after the command. Undefined if none of the shards has it. */
  readonly incident: Incident | undefined;
  /**
   * `unknown`: no shard has the incident. `closed`: the incident is closed. `unchanged`: the command was already in effect.
   * In these three cases nothing must be written.
   */
  readonly result: 'done' | 'unknown' | 'closed' | 'unchanged';
}

/** @param shards the shards that can contain the incident */
export function applyCommand(rules: Rules, shards: Shards, command: Command): AppliedCommand {
  const before = find(shards, command.incident);
  const as = (result: AppliedCommand['result']): AppliedCommand => ({
    next: shards,
    changed: [],
    incident: before,
    result,
  });
  if (before === undefined) return as('unknown');
  if (isInEffect(before, command)) return as('unchanged');
  if (before.state === 'closed' && command.do !== 'resume' && command.do !== 'unsilence') return as('closed');
  const next =
    command.do === 'acknowledge'
      ? acknowledged(rules, shards, command)
      : replace(rules, shards, withCommand(before, command, command.do));
  const changed = [...next].filter(([shard, memory]) => memory !== shards.get(shard)).map(([shard]) => shard);
  return {next, changed, incident: find(next, command.incident), result: 'done'};
}

function find(shards: Shards, id: string): Incident | undefined {
  return [...shards.values()].flatMap(({incidents}) => incidents).find(incident => incident.id === id);
}

/** The effect that each command ends. */
const ENDS = {
  resume: {ack: true, silence: true},
  unacknowledge: {ack: true, silence: false},
  unsilence: {ack: false, silence: true},
} as const;

/** Whether the command is already in effect. A view in Port that already shows the effect can send the command again. */
function isInEffect(incident: Incident, {do: name, at, until}: Command): boolean {
  const {ack, silence} = incident;
  if (name === 'acknowledge') return isAcknowledged(incident, at) && ack?.until === until;
  if (name === 'silence') return isSilenced(incident, at) && silence?.until === until;
  const ends = ENDS[name];
  return !(ends.ack && isAcknowledged(incident, at)) && !(ends.silence && isSilenced(incident, at));
}

/** @param at seconds since the epoch */
export function isAcknowledged({ack}: Incident, at: number): boolean {
  return ack !== undefined && (ack.until === undefined || at < ack.until);
}

function acknowledged(rules: Rules, shards: Shards, {incident, by, at, until}: Command): Shards {
  const isSelected = ({id}: Incident) => id === incident;
  return acknowledge(rules, shards, {isSelected, by, at, ...(until === undefined ? {} : {until})}).next;
}

/** The incident with a silence, or without the effect that the command undoes. */
function withCommand(incident: Incident, {by, at, until}: Command, name: 'silence' | keyof typeof ENDS): Incident {
  if (name === 'silence') return {...incident, silence: {by, at, until: until ?? at}};
  // Set an end instead of removing the effect, so that a run with an older copy cannot restore it.
  return {
    ...incident,
    ...(ENDS[name].ack && incident.ack !== undefined ? {ack: {by, at, until: at}} : {}),
    ...(ENDS[name].silence && incident.silence !== undefined ? {silence: {by, at, until: at}} : {}),
  };
}

function replace(rules: Rules, shards: Shards, incident: Incident): Shards {
  const after = withDue(incident, rules.byName.get(incident.rule));
  const put = (memory: Memory): Memory => {
    const incidents = memory.incidents.map(one => (one.id === incident.id ? after : one));
    return incidents.includes(after) ? {...memory, incidents} : memory;
  };
  return new Map([...shards].map(([shard, memory]) => [shard, put(memory)]));
}
