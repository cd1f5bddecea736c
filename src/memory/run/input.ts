/** Memory: the input and the result of the memory in one run of the action. */
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
  /** Whether all shards are read. The clock needs that. */
  readonly allShards: boolean;
  /** The number of partitions, if Slack messages are edited. Then all shards of a partition are read together. */
  readonly partitions?: number | undefined;
  /** The commands that people gave in Port. */
  readonly commands?: readonly Command[];
  /** Additional entities whose shards are read. Undefined represents an unknown entity: then all shards are read. */
  readonly subjects?: readonly (IncidentSubject | undefined)[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The names of the configured Slack destinations. */
  readonly known: readonly string[];
  /** `name` is `<run id>/<attempt>`. `writes` is the first number of a write. Other steps of the run must use other numbers. */
  readonly run: {readonly name: string; readonly url: string; readonly writes: number};
  /**
   * The partition whose changes no other run handles at the same time: messages about them need no intent. Undefined if other
   * runs can write all shards.
   */
  readonly exclusive?: {readonly partition: number; readonly partitions: number} | undefined;
  /** `missing`: why the memory cannot be accessed. */
  readonly access: MemoryBranchesSettings | {readonly missing: string};
}

export interface MemoryRunDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
  /** The current state of an incident's entity. Undefined if it is unknown. */
  readonly reread: (rule: Rules['rules'][number], change: Change) => Promise<Reread | undefined>;
}

export interface Finished {
  readonly recorded: readonly Recorded[];
  /** Outcomes that could not be written. */
  readonly unfinished: readonly Settled[];
}
