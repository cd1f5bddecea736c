/** Act: what the memory adds to a change: the kind of message, and the state of the script. Pure. */
import type {Match} from '../../../decide/plan.ts';
import type {Topic} from '../../../memory/format/format.ts';
import type {NoteReaction, NotifyReaction, RunReaction} from '../../../memory/reactions.ts';
import {rememberedOf} from '../../../memory/remembered.ts';

/** One message about an incident, with the state of its script in the same run. */
export interface IncidentUpdate {
  readonly reaction: NotifyReaction;
  /** The script that starts now, or why it does not start. Absent if there is no script. */
  readonly script?: RunReaction | NoteReaction;
}

/** Undefined for a match without an incident. */
export function updateOf(match: Match): IncidentUpdate | undefined {
  const {notify: reaction, run, notes = []} = rememberedOf(match) ?? {};
  if (reaction === undefined) return undefined;
  const script = run ?? notes.find(({instead}) => instead === 'remediation');
  return {reaction, ...(script === undefined ? {} : {script})};
}

/** Whether the memory could not be read, so that the message does not use it. */
export function lacksMemory(match: Match): boolean {
  return rememberedOf(match)?.unavailable !== undefined;
}

/** From most to least urgent. The first topic names a message with several topics. */
const ORDER: readonly Topic[] = [
  'escalation',
  'gave-up',
  'outcome-unknown',
  'firing',
  'reopened',
  'flapping',
  'not-recovered',
  'update',
  'reminder',
  'stable',
  'deleted',
  'recovered',
];

/** Sorts the most urgent first. Matches without an incident come last. */
export function byNeed(a: IncidentUpdate, b: IncidentUpdate): number {
  const byIncident = Number(hasNoIncident(a)) - Number(hasNoIncident(b));
  return byIncident !== 0 ? byIncident : ORDER.indexOf(a.reaction.topic) - ORDER.indexOf(b.reaction.topic);
}

/** Whether the message is about a change alone, because the rule has no incidents or because there is no memory. */
export function hasNoIncident(update: IncidentUpdate | undefined): boolean {
  return update?.reaction.incident === undefined && update?.reaction.before === undefined;
}

/** Whether the message is about the end of the incident. */
export function isEnd({reaction: {topic}}: IncidentUpdate): boolean {
  return topic === 'recovered' || topic === 'deleted';
}

/** Whether the incident continues after this message. Also true for matches without an incident. */
export function isOngoing({reaction: {topic, incident}}: IncidentUpdate): boolean {
  return topic !== 'recovered' && topic !== 'deleted' && incident?.state !== 'closed';
}
