/** Memory: the reactions to changes and to the clock, as data. The action renders them and acts on them. */
import type {Change} from '../change/change.ts';
import type {Rule} from '../rules/rules.ts';
import type {Why} from './fold/step.ts';
import type {Incident, Topic} from './format/format.ts';

interface Common {
  /** The ledger key. Messages and a script of the same change share it. */
  readonly key: string;
  readonly shard: number;
  readonly rule: Rule;
  /** The change that caused the reaction. If the clock caused it, the entity as the memory knows it. */
  readonly change: Change;
  readonly byClock: boolean;
  /** The incident before and after the change, if there is one. */
  readonly before?: Incident | undefined;
  readonly incident?: Incident | undefined;
}

/** A message. */
export interface NotifyReaction extends Common {
  readonly kind: 'notify';
  readonly topic: Topic;
  /** At least one. Without duplicates. */
  readonly destinations: readonly string[];
  /** The mentions of the escalation. */
  readonly mention?: string;
  /** The duration of the incident. */
  readonly seconds?: number;
  /** Set if an earlier run may have sent the message. */
  readonly mayBeRepeat?: true;
  /** The number of open incidents that this one inhibits. */
  readonly inhibitedCount?: number;
}

/** A script or a job to start. */
export interface RunReaction extends Common {
  readonly kind: 'run';
  /** From 1. */
  readonly attempt: number;
}

/** A reaction that did not take place, with the reason, or a remark for the record only. */
export interface NoteReaction extends Common {
  readonly kind: 'note';
  readonly why: Why;
  /** The reaction that was omitted, if any. */
  readonly instead?: 'notification' | 'remediation';
  /** When the reaction will be possible again, in seconds since the epoch. */
  readonly until?: number;
  readonly seconds?: number;
  /** The windows and silences that suppress the reaction. */
  readonly mutes?: readonly string[];
  /** The run with more details. */
  readonly run?: string;
}

export type Reaction = NotifyReaction | RunReaction | NoteReaction;
