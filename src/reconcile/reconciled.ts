/** What one round is given, and what it found and did. */
import type {Destination, Slack} from '../act/slack/slack.ts';
import type {Fetch, Now, Sleep} from '../base/deps.ts';
import type {ConfigError} from '../base/errors.ts';
import type {MemoryBranchesSettings} from '../clients/memory/calls.ts';
import type {PortCredentials} from '../clients/port.ts';
import type {Rules} from '../rules/rules.ts';
import type {UnreadableChange} from './account.ts';
import type {Overdue} from './awaited.ts';
import type {Awaited} from './round.ts';
import type {SentChange} from './send.ts';
import type {Window} from './window.ts';

export interface ReconcileOptions {
  readonly rules: Rules;
  /** What is wrong with the rules: changes that the broken ones may be for are not accounted for. */
  readonly broken?: ConfigError | undefined;
  readonly port: PortCredentials;
  /** Where the workflow is. */
  readonly github: {readonly repository: string; readonly token: string; readonly apiUrl: string};
  readonly memory: MemoryBranchesSettings;
  readonly eventType: string;
  readonly partitions: number;
  /** How far back to look. Undefined: since the last round. */
  readonly sinceMs?: number | undefined;
  readonly alarmAfterMs: number;
  readonly dryRun: boolean;
  /** Who hears the alarm. */
  readonly alarmTo: Destination | undefined;
  /** The page of the repository's workflow runs. */
  readonly runsUrl: string;
  /** This run. `link`: its page, if it has one. */
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

export interface Reconciled {
  readonly window: Window;
  readonly counts: Counts;
  /** Dispatched for the first time. In a dry run: would be. */
  readonly dispatched: readonly SentChange[];
  /** Dispatched before, and still undecided. */
  readonly waiting: readonly Overdue[];
  readonly overdue: readonly Overdue[];
  /** Of `overdue`: dispatched again. */
  readonly again: readonly SentChange[];
  readonly givenUp: readonly Awaited[];
  readonly unreadable: readonly UnreadableChange[];
  /** Runs in Port that had been left open. */
  readonly closed: number;
  /** What went wrong: the round is red. */
  readonly failures: readonly string[];
  readonly remarks: readonly string[];
  readonly dryRun: boolean;
}

/** Nothing is lost, as far as can be known: what was missing was dispatched now, and nothing else is wrong. */
export function isProven({waiting, overdue, unreadable, failures}: Reconciled): boolean {
  return [waiting, overdue, unreadable, failures].every(list => list.length === 0);
}
