/** Act: what a run would do: the decisions, the plan, and each message as it would be sent. Pure. */
import {lazy} from '../base/lazy.ts';
import type {Change} from '../change/change.ts';
import {type DescribedDecision, describeDecisions} from '../decide/describe.ts';
import {type Decision, decide} from '../decide/evaluate.ts';
import {type Notification, type Plan, type PlanFacts, plan} from '../decide/plan.ts';
import {type Folded, fold} from '../memory/fold/fold.ts';
import type {Shards} from '../memory/format/format.ts';
import {planRemembered} from '../memory/plan-remembered.ts';
import type {Rules} from '../rules/rules.ts';
import {unstartedIn} from './script/hand-over.ts';
import type {SlackMessage} from './slack/block-kit/blocks.ts';
import {renderNotification} from './slack/message/notification.ts';

interface PreviewedMessage extends Notification {
  readonly message: SlackMessage;
}

/** Texts and messages are created on first use, because a rule test that passes does not show them. */
export interface RunPreview {
  readonly decided: readonly Decision[];
  /** The decisions in words. */
  readonly decisions: readonly DescribedDecision[];
  readonly plan: Plan;
  readonly messages: readonly PreviewedMessage[];
  /** The facts that the memory adds. Absent if there is no memory. */
  readonly folded?: Folded;
}

/** The memory that the run reads. */
export interface Past {
  readonly shards: Shards;
  /** `<run id>/<attempt>` */
  readonly run: string;
}

/** The facts of a run besides its changes. */
export interface PreviewFacts extends PlanFacts {
  readonly messageLinks: MessageLinks;
  /** Absent if there is no memory. If it is present, `nowMs` is required. */
  readonly past?: Past | undefined;
}

/** The targets of links in messages. */
export interface MessageLinks {
  readonly runUrl: string;
  /** Port's web interface. */
  readonly appUrl: string;
}

/**
 * Uses the stages of the action itself.
 * @param changes the changes of one run. Empty if the clock started it
 */
export function previewRun(rules: Rules, changes: readonly Change[], facts: PreviewFacts): RunPreview {
  const decisions = decide(rules, changes);
  const plain = plan(rules, decisions, facts);
  const folded = foldIn(rules, decisions, facts);
  const known = facts.known === undefined ? undefined : [...facts.known];
  const planned = folded === undefined ? plain : planRemembered({rules, reactions: folded.reactions, plain, known});
  const now = facts.nowMs === undefined ? {} : {nowMs: facts.nowMs};
  const context = {...facts.messageLinks, ...now, statuses: rules.statuses, unstarted: unstartedIn(planned)};
  const described = lazy(() => describeDecisions(rules, decisions));
  const messages = lazy(() =>
    planned.notifications.map(notification => ({
      ...notification,
      message: renderNotification(notification, context),
    })),
  );
  return {
    decided: decisions,
    get decisions() {
      return described();
    },
    plan: planned,
    get messages() {
      return messages();
    },
    ...(folded === undefined ? {} : {folded}),
  };
}

function foldIn(rules: Rules, decisions: readonly Decision[], {past, nowMs, known}: PreviewFacts): Folded | undefined {
  if (past === undefined || nowMs === undefined) return undefined;
  return fold({rules, decisions, ...past, nowMs, ...(known === undefined ? {} : {known: [...known]})});
}
