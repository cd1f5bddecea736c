/** Memory: what it adds to a decision and to a match, for the stages that act and report. Needs no other code of the memory. */
import type {Decision, Verdict} from '../decide/evaluate.ts';
import type {Match} from '../decide/plan.ts';
import type {NoteReaction, NotifyReaction, RunReaction} from './reactions.ts';

/** Whether the verdict concerns the memory at all. */
export function isRemembered({matched, ends}: Pick<Verdict, 'matched' | 'ends'>): boolean {
  return matched || ends === 'ended';
}

/** Whether the memory must be read to react to the decisions. */
export function concernsMemory(decisions: readonly Decision[]): boolean {
  return decisions.some(({watching}) => watching.some(isRemembered));
}

/** What the memory says about a match. */
export interface Remembered {
  /** The message about the match: a beginning, an end, a reminder. Absent if there is no message. */
  readonly notify?: NotifyReaction;
  /** The script that starts for it, or the job that it is handed to. */
  readonly run?: RunReaction;
  /** What is not done, and why. */
  readonly notes: readonly NoteReaction[];
  /** Why the memory is not known. The match is reacted to without it. */
  readonly unavailable?: string;
}

export interface RememberedMatch extends Match {
  readonly remembered: Remembered;
}

/** Undefined if the match was decided without the memory. */
export function rememberedOf(match: Match): Remembered | undefined {
  return (match as Partial<RememberedMatch>).remembered;
}
