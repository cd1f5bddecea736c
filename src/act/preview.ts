/** What a run would do, with nothing done: the decisions, the plan, and each message as it would be sent. Pure. */
import type {Change} from '../change/change.ts';
import {type DescribedDecision, describeDecisions} from '../decide/describe.ts';
import {type Decision, decide} from '../decide/evaluate.ts';
import {type Notification, type Plan, type PlanFacts, plan} from '../decide/plan.ts';
import type {Shards} from '../memory/format/format.ts';
import {planRemembered} from '../memory/plan-remembered.ts';
import {type Recalled, recall} from '../memory/recall.ts';
import type {Rules} from '../rules/rules.ts';
import {unmetIn} from './script/hand-over.ts';
import type {SlackMessage} from './slack/blocks.ts';
import {renderNotification} from './slack/message.ts';

interface ForeseenMessage extends Notification {
  readonly message: SlackMessage;
}

export interface Foreseen {
  readonly decisions: readonly DescribedDecision[];
  readonly plan: Plan;
  readonly messages: readonly ForeseenMessage[];
  /** What the memory makes of it; absent if there is none. */
  readonly recalled?: Recalled;
}

/** The memory that the run finds. */
export interface Past {
  readonly shards: Shards;
  /** `<run id>/<attempt>` */
  readonly run: string;
}

/** The run, beside its changes. */
export interface ForeseeFacts extends PlanFacts {
  /** Absent: nothing is remembered. It needs `nowMs`. */
  readonly past?: Past | undefined;
}

/** What messages point to. */
export interface Addresses {
  readonly runUrl: string;
  /** Port's web interface. */
  readonly appUrl: string;
}

/**
 * By the stages of the action itself.
 * @param changes those of one run; none if the clock started it
 */
export function foresee(rules: Rules, changes: readonly Change[], facts: ForeseeFacts, addresses: Addresses): Foreseen {
  const decisions = decide(rules, changes);
  const plain = plan(rules, decisions, facts);
  const recalled = recallIn(rules, decisions, facts);
  const known = facts.known === undefined ? undefined : [...facts.known];
  const planned = recalled === undefined ? plain : planRemembered({rules, reactions: recalled.reactions, plain, known});
  const now = facts.nowMs === undefined ? {} : {nowMs: facts.nowMs};
  const context = {...addresses, ...now, statuses: rules.statuses, unmet: unmetIn(planned)};
  const messages = planned.notifications.map(notification => ({
    ...notification,
    message: renderNotification(notification, context),
  }));
  return {
    decisions: describeDecisions(rules, decisions),
    plan: planned,
    messages,
    ...(recalled === undefined ? {} : {recalled}),
  };
}

function recallIn(
  rules: Rules,
  decisions: readonly Decision[],
  {past, nowMs, known}: ForeseeFacts,
): Recalled | undefined {
  if (past === undefined || nowMs === undefined) return undefined;
  return recall({rules, decisions, ...past, nowMs, ...(known === undefined ? {} : {known: [...known]})});
}
