/** Memory: what a run of the action gives its memory, and what it gets back. */
import type {Fetch, Now, Sleep} from '../../base/deps.ts';
import type {Change} from '../../change/change.ts';
import type {MemoryBranchesSettings} from '../../clients/memory/calls.ts';
import type {Decision} from '../../decide/evaluate.ts';
import type {IncidentSubject} from '../../incident-view/port-commands.ts';
import type {Rules} from '../../rules/rules.ts';
import type {Command} from '../apply-command.ts';
import type {Reread} from '../fold/timers.ts';
import type {Settled} from '../settle.ts';
import type {Recorded} from './recorded.ts';

export interface MemoryRunInput {
  readonly rules: Rules;
  readonly decisions: readonly Decision[];
  /** Whether all shards are read, whatever the decisions concern. The clock needs that. */
  readonly allShards: boolean;
  /** The number of partitions, if messages in Slack are edited: then all shards of a partition are read together. */
  readonly partitions?: number | undefined;
  /** What people ask for in Port. */
  readonly commands?: readonly Command[];
  /** Entities whose shards are read too. Undefined stands for one that is not known: then all shards are read. */
  readonly subjects?: readonly (IncidentSubject | undefined)[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The names of the configured Slack destinations. */
  readonly known: readonly string[];
  /** `name` is `<run id>/<attempt>`. `writes` is the first number of a write. Other steps of the run must use other numbers. */
  readonly run: {readonly name: string; readonly url: string; readonly writes: number};
  /**
   * The partition whose changes no other run handles at the same time: messages about them need no intent. Undefined if other
   * runs may write all shards.
   */
  readonly alone?: {readonly partition: number; readonly partitions: number} | undefined;
  /** `missing`: why the memory cannot be accessed. */
  readonly access: MemoryBranchesSettings | {readonly missing: string};
}

export interface MemoryRunDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
  /** Whether the entity of an incident is still bad. Undefined if that is not known. */
  readonly reread: (rule: Rules['rules'][number], change: Change) => Promise<Reread | undefined>;
}

export interface Finished {
  readonly recorded: readonly Recorded[];
  /** Outcomes that could not be written. */
  readonly unfinished: readonly Settled[];
}
