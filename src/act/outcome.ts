/** The results of the reactions: one outcome for each matched change and rule and each kind of reaction. */

import {oneLine} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import type {Match} from '../decide/plan.ts';

type ReactionKind = 'notification' | 'remediation';
export type ReactionStatus = 'done' | 'skipped' | 'failed' | 'planned';

/** All times are ISO 8601. The first hop starts at the `at` of the change. */
export interface NotifyTimes {
  /** When the relay received the first change of the dispatch. Absent if the changes did not come from the relay. */
  readonly relay?: string;
  /** When GitHub created the run. Null if unknown. `runCreatedUnknown` then explains why. */
  readonly runCreated: string | null;
  readonly runCreatedUnknown?: string;
  /** When this attempt was started, if it is a re-run. */
  readonly rerun?: string;
  /** When the action started in its job: after GitHub had queued the run and found a runner, and after the steps before it. */
  readonly started: string;
  /** When Slack accepted the message. */
  readonly answered: string;
  /** From `at` of the change to `answered`, in milliseconds. */
  readonly totalMs: number;
}

export interface Outcome {
  readonly match: Match;
  readonly kind: ReactionKind;
  readonly status: ReactionStatus;
  /** What happened, as a sentence without its subject: "posted to default". */
  readonly detail: string;
  /** The Slack destination of a notification. */
  readonly destination?: string;
  /** What could not be checked before a remediation and why, as a sentence. */
  readonly unchecked?: string;
  /** The script of a remediation, or the later job that runs it. */
  readonly run?: string;
  readonly job?: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** When Slack accepted the message, in milliseconds since the epoch. */
  readonly answeredMs?: number;
  /** From the change to Slack's response. */
  readonly times?: NotifyTimes;
  /**
   * The first message of a new thread, which later messages about the match follow. `more`: how many further changes the
   * message contains that have no end.
   */
  readonly posted?: {readonly channel: string; readonly ts: string; readonly more?: number};
  /** The text of the Slack message, sent or not. */
  readonly message?: string;
  /** The end of the script's output, with secrets masked. */
  readonly output?: string;
  /** The incident memory or a mute suppressed the reaction. */
  readonly isSuppressed?: true;
  /** The change was handled before. */
  readonly isDuplicate?: true;
  /** The message about the result of a remediation, which is sent in addition to the message of the rule. */
  readonly isExtra?: true;
  /** The remediation was not started, so it does not count as an attempt. */
  readonly isUnstarted?: true;
}

/** "deployment-degraded: remediation failed: scale-up.sh ended with exit code 3" */
export function sentenceOf({match, kind, status, run, detail}: Outcome): string {
  return oneLine(`${match.rule.name}: ${kind} ${status}: ${run === undefined ? '' : `${run} `}${detail}`);
}

/** The parts of reactions that could not be decided, without duplicates. They make the step red, regardless of the outcomes. */
export function undecidedReactions(outcomes: readonly Outcome[]): {change: Change; rule: string; reason: string}[] {
  const found = new Map<Change, Map<string, {change: Change; rule: string; reason: string}>>();
  for (const {match} of outcomes) {
    const {change, rule, undecided = []} = match;
    for (const reason of undecided) {
      const own = found.get(change) ?? new Map();
      found.set(change, own.set(JSON.stringify([rule.name, reason]), {change, rule: rule.name, reason}));
    }
  }
  return [...found.values()].flatMap(own => [...own.values()]);
}

/** "2 done, 1 failed" */
export function tallyOf(outcomes: readonly Outcome[]): string {
  return (['done', 'planned', 'skipped', 'failed'] as const)
    .map(status => ({status, n: outcomes.filter(outcome => outcome.status === status).length}))
    .filter(({n}) => n > 0)
    .map(({status, n}) => `${n} ${status}`)
    .join(', ');
}
