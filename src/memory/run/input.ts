/** Memory: the input and the result of the memory in one run of the action. */
import type {Fetch, Now, Sleep} from '../../base/deps.ts';
import type {Change} from '../../change/change.ts';
import type {MemoryBranchesSettings} from '../../clients/memory/calls.ts';
import type {Decision} from '../../decide/evaluate.ts';
import type {IncidentSubject} from '../../incident-view/port-commands.ts';
import type {Rules} from '../../rules/rules.ts';
import type {Command} from '../apply-command.ts';
import type {RereadState} from '../fold/timers.ts';
import type {Settled} from '../settle.ts';
import type {Recorded} from './recorded.ts';

export interface MemoryRunInput {
  readonly rules: Rules;
  readonly decisions: readonly Decision[];
  /** Whether all shards are read. Required for the clock. */
  readonly allShards: boolean;
  /** The number of partitions. Set if Slack messages are edited, because then all shards of a partition are read together. */
  readonly partitions?: number | undefined;
  /** The commands that people gave in Port. */
  readonly commands?: readonly Command[];
  /** Additional entities whose shards are read. Undefined represents an unknown entity, for which all shards are read. */
  readonly subjects?: readonly (IncidentSubject | undefined)[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The names of the configured Slack destinations. */
  readonly known: readonly string[];
  /** `name` is `<run id>/<attempt>`. `writes` is the number of the first write. Other steps of the run must use other numbers. */
  readonly run: {readonly name: string; readonly url: string; readonly writes: number};
  /**
   * The partition whose changes only this run handles. Messages about them do not need an intent. Undefined if other runs can
   * write all shards.
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
  readonly reread: (rule: Rules['rules'][number], change: Change) => Promise<RereadState | undefined>;
}

export interface Finished {
  readonly recorded: readonly Recorded[];
  /** Outcomes that could not be written. */
  readonly unfinished: readonly Settled[];
}
