/** What became of the reactions: one outcome for each rule that matched a change and each kind of reaction. */

import {oneLine} from '../base/text.ts';
import type {Change} from '../change/change.ts';
import type {Match} from '../decide/plan.ts';

type ReactionKind = 'notification' | 'remediation';
export type ReactionStatus = 'done' | 'skipped' | 'failed' | 'planned';

/** ISO 8601. The first hop begins at `at` of the change. */
export interface NotifyTimes {
  /** When the relay had received the first change of the dispatch. Absent if the changes came in another way. */
  readonly relay?: string;
  /** When GitHub had created the run. Null if that is not known: `runCreatedUnknown` says why. */
  readonly runCreated: string | null;
  readonly runCreatedUnknown?: string;
  /** When this attempt was started, if it is a re-run. */
  readonly rerun?: string;
  /** When the action started in its job: after GitHub had queued the run and found a runner, and after the steps before it. */
  readonly started: string;
  /** When Slack had accepted the message. */
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
  /** What was not checked before a remediation, and why: a sentence. */
  readonly unchecked?: string;
  /** The file of a remediation that was run, or the later job it was handed to. */
  readonly run?: string;
  readonly job?: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** When Slack had accepted the message, in milliseconds since the epoch. */
  readonly answeredMs?: number;
  /** From the change to Slack's answer. */
  readonly times?: NotifyTimes;
  /**
   * The message in a channel that later ones about the match follow, if this is a new one. `more`: how many changes without
   * an end it is about, too.
   */
  readonly posted?: {readonly channel: string; readonly ts: string; readonly more?: number};
  /** The Slack message's text, as it was or would have been sent. */
  readonly message?: string;
  /** The end of the script output, with secrets masked. */
  readonly output?: string;
  /** The incident memory, or a mute, held it back. */
  readonly isHeld?: true;
  /** The change was handled before. */
  readonly isDuplicate?: true;
  /** The result of a remediation: a message beside the one that the rule asks for. */
  readonly isExtra?: true;
  /** The remediation was not started: it is not an attempt. */
  readonly isUnstarted?: true;
}

/** "deployment-degraded: remediation failed: scale-up.sh ended with exit code 3" */
export function sentenceOf({match, kind, status, run, detail}: Outcome): string {
  return oneLine(`${match.rule.name}: ${kind} ${status}: ${run === undefined ? '' : `${run} `}${detail}`);
}

/** What about the reactions could not be decided, each once: the step is red, whatever became of them. */
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
