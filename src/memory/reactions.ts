/** Memory: what follows from changes and from the clock, as data. The action puts it into words and acts on it. */
import type {Change} from '../change/change.ts';
import type {Rule} from '../rules/rules.ts';
import type {Why} from './fold/step.ts';
import type {Incident, Topic} from './format/format.ts';

interface Common {
  /** In the ledger. Messages and a script of the same change share it. */
  readonly key: string;
  readonly shard: number;
  readonly rule: Rule;
  /** The change that caused it. If the clock did: the entity as far as the memory knows it. */
  readonly change: Change;
  readonly byClock: boolean;
  /** Before and after the change, if there is one. */
  readonly before?: Incident | undefined;
  readonly incident?: Incident | undefined;
}

/** A message. */
export interface NotifyReaction extends Common {
  readonly kind: 'notify';
  readonly topic: Topic;
  /** At least one, each once. */
  readonly destinations: readonly string[];
  /** Whom the escalation calls. */
  readonly mention?: string;
  /** How long the incident lasted, or has lasted. */
  readonly seconds?: number;
  /** An earlier run may have sent it. */
  readonly mayBeRepeat?: true;
  /** How many open incidents this one holds back. */
  readonly holdsBack?: number;
}

/** A script to start, or a job to hand over to. */
export interface RunReaction extends Common {
  readonly kind: 'run';
  /** From 1. */
  readonly attempt: number;
}

/** Something that is not done, and why; or a remark for the record alone. */
export interface NoteReaction extends Common {
  readonly kind: 'note';
  readonly why: Why;
  /** What was left out. Absent: nothing was. */
  readonly instead?: 'notification' | 'remediation';
  /** When it is possible again, in seconds since the epoch. */
  readonly until?: number;
  readonly seconds?: number;
  /** The windows and silences that say so. */
  readonly mutes?: readonly string[];
  /** The run that knows more. */
  readonly run?: string;
}

export type Reaction = NotifyReaction | RunReaction | NoteReaction;
