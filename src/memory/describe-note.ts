/** Memory: why a reaction did not take place, in words for the log, the record and Port. Pure. */
import {showDuration} from '../base/text/show.ts';
import type {Why} from './fold/step.ts';
import type {NoteReaction} from './reactions.ts';

/** A sentence without its subject: "not repeated: this change was handled before". */
export function describeNote(note: NoteReaction): string {
  return SENTENCES[note.why](note);
}

const SENTENCES: Record<Why, (note: NoteReaction) => string> = {
  duplicate: ({run}) => `not repeated: this change was handled before${seeRun(run)}`,
  superseded: () => 'not done: the change is older than the incident memory',
  stale: () => 'not done: a later change of the entity was handled before',
  cooldown: ({until}) => `not run: the cooldown ends at ${time(until)}`,
  attempts: ({incident}) => `not run: gave up after ${attempts(incident?.attempts)}`,
  flapping: () => 'not done: the incident is flapping',
  muted: ({mutes = []}) => `muted${mutes.length === 0 ? '' : ` by ${mutes.join(', ')}`}`,
  inhibited: ({incident}) => `held back by the open incident ${incident?.inhibitedBy?.id ?? 'of another rule'}`,
  waiting: ({until}) =>
    `waits${until === undefined ? '' : ` until ${time(until)}`}: the rule must hold for the duration of \`for\``,
  healed: ({seconds = 0}) => `not sent: it healed after ${showDuration(seconds * 1000)}, before \`for\` had passed`,
  'open-already': ({incident}) => `not sent: the incident ${incident?.id ?? ''} is open already`,
  'missing-between': () => 'a change in between is missing',
  'outcome-unknown': ({run}) => `not run again: an earlier run started it and did not report its outcome${seeRun(run)}`,
  'never-began': () => 'not sent: no incident was open',
  over: () => 'not run: the incident is closed',
};

function seeRun(run: string | undefined): string {
  return run === undefined ? '' : ` (see run ${run.split('/')[0]})`;
}

function attempts(count = 0): string {
  return count === 1 ? '1 attempt' : `${count} attempts`;
}

function time(seconds = 0): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
