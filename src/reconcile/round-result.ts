/** The options and the result of one round. */
import type {Destination, Slack} from '../act/slack/post/slack.ts';
import type {Fetch, Now, Sleep} from '../base/deps.ts';
import type {ConfigError} from '../base/errors.ts';
import type {MemoryBranchesSettings} from '../clients/memory/calls.ts';
import type {PortCredentials} from '../clients/port.ts';
import type {Rules} from '../rules/rules.ts';
import type {UnreadableChange} from './classify-entries.ts';
import type {Awaited} from './round.ts';
import type {SentChange} from './send.ts';
import type {DispatchedChange} from './undecided.ts';
import type {Window} from './window.ts';

export interface ReconcileOptions {
  readonly rules: Rules;
  /** The mistakes in the rules. Changes for invalid rules are not accounted for. */
  readonly broken?: ConfigError | undefined;
  readonly port: PortCredentials;
  /** The repository with the workflow. */
  readonly github: {readonly repository: string; readonly token: string; readonly apiUrl: string};
  readonly memory: MemoryBranchesSettings;
  readonly eventType: string;
  readonly partitions: number;
  /** The length of the window. Undefined: since the last round. */
  readonly sinceMs?: number | undefined;
  readonly alarmAfterMs: number;
  readonly dryRun: boolean;
  /** The destination of the alarm. */
  readonly alarmTo: Destination | undefined;
  /** The page with the workflow runs of the repository. */
  readonly runsUrl: string;
  /** The name of this run, and its page if it has one. */
  readonly run: {readonly name: string; readonly url: string; readonly link?: string | undefined};
}

export interface ReconcileDeps {
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly now: Now;
  readonly slack: Slack;
}

interface Counts {
  readonly changes: number;
  readonly irrelevant: number;
  readonly handled: number;
  readonly superseded: number;
  readonly witnessed: number;
  readonly missing: number;
}

export interface RoundResult {
  readonly window: Window;
  readonly counts: Counts;
  /** Changes that were dispatched for the first time. In a dry run, those that would be dispatched. */
  readonly dispatched: readonly SentChange[];
  /** Changes that were dispatched earlier, and are still undecided. */
  readonly waiting: readonly DispatchedChange[];
  readonly overdue: readonly DispatchedChange[];
  /** The changes in `overdue` that were dispatched again. */
  readonly again: readonly SentChange[];
  readonly givenUp: readonly Awaited[];
  readonly unreadable: readonly UnreadableChange[];
  /** The number of open runs in Port that were closed. */
  readonly closed: number;
  /** Sentences. The round has failed if there are any. */
  readonly failures: readonly string[];
  readonly remarks: readonly string[];
  readonly dryRun: boolean;
}

/** Whether every change is accounted for: missing changes were dispatched in this round, and there are no other problems. */
export function isFullyAccounted({waiting, overdue, unreadable, failures}: RoundResult): boolean {
  return [waiting, overdue, unreadable, failures].every(list => list.length === 0);
}
