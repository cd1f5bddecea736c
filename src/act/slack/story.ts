/** Act: what the memory says beside a change: which message it is, and what follows for the script. Pure. */
import type {Match} from '../../decide/plan.ts';
import type {Told} from '../../memory/format/format.ts';
import type {Noted, Running, Telling} from '../../memory/reactions.ts';
import {rememberedOf} from '../../memory/remembered.ts';

/** One message of an incident's life, with what happens to its script in the same run. */
export interface Story {
  readonly telling: Telling;
  /** The script that starts now, or why it does not start. Absent: nothing is asked of it. */
  readonly script?: Running | Noted;
}

/** Undefined for a match that is news by itself. */
export function storyOf(match: Match): Story | undefined {
  const {tell, run, notes = []} = rememberedOf(match) ?? {};
  if (tell === undefined) return undefined;
  const script = run ?? notes.find(({instead}) => instead === 'remediation');
  return {telling: tell, ...(script === undefined ? {} : {script})};
}

/** Whether the message had to be made without the memory, which could not be read. */
export function isForgetful(match: Match): boolean {
  return rememberedOf(match)?.unavailable !== undefined;
}

/** From what most needs a person to what least does: one that stands for several is named by the first. */
const ORDER: readonly Told[] = [
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

/** To sort by: what most needs a person first. What has no incident comes last: it has nothing to add. */
export function byNeed(a: Story, b: Story): number {
  const alone = Number(standsAlone(a)) - Number(standsAlone(b));
  return alone !== 0 ? alone : ORDER.indexOf(a.telling.told) - ORDER.indexOf(b.telling.told);
}

/** Whether the message is about a change alone: the rule has no incidents, or there is no memory. */
export function standsAlone(story: Story | undefined): boolean {
  return story?.telling.incident === undefined && story?.telling.before === undefined;
}

/** Whether it says that the incident is over. */
export function isEnd({telling: {told}}: Story): boolean {
  return told === 'recovered' || told === 'deleted';
}

/** Whether the incident goes on after this message. What has no incident stands alone, and goes on. */
export function isOngoing({telling: {told, incident}}: Story): boolean {
  return told !== 'recovered' && told !== 'deleted' && incident?.state !== 'closed';
}
