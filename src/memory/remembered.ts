/**
 * Memory: the facts that it adds to decisions and matches, for the stages that act and report. Imports no other code of the
 * memory.
 */
import type {Decision, Verdict} from '../decide/evaluate.ts';
import type {Match} from '../decide/plan.ts';
import type {NoteReaction, NotifyReaction, RunReaction} from './reactions.ts';

/** Whether the verdict affects the memory. */
export function isRemembered({matched, ends}: Pick<Verdict, 'matched' | 'ends'>): boolean {
  return matched || ends === 'ended';
}

/** Whether the memory must be read to react to the decisions. */
export function needsMemory(decisions: readonly Decision[]): boolean {
  return decisions.some(({watching}) => watching.some(isRemembered));
}

/** The facts that the memory adds to a match. */
export interface Remembered {
  /** The message about the match, such as a start, an end or a reminder. Absent if there is no message. */
  readonly notify?: NotifyReaction;
  /** The script or job that starts for the match. */
  readonly run?: RunReaction;
  /** The reactions that did not take place. */
  readonly notes: readonly NoteReaction[];
  /** Why the memory is not available. The reaction then does not use the memory. */
  readonly unavailable?: string;
}

export interface RememberedMatch extends Match {
  readonly remembered: Remembered;
}

/** Undefined if the match was decided without the memory. */
export function rememberedOf(match: Match): Remembered | undefined {
  return (match as Partial<RememberedMatch>).remembered;
}
