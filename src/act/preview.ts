/** What an event would lead to, with nothing done: the decisions, the plan, and each message as it would be sent. Pure. */
import type {Change} from '../change/change.ts';
import {type DescribedDecision, describeDecisions} from '../decide/describe.ts';
import {decide} from '../decide/evaluate.ts';
import {type Notification, type Plan, type PlanFacts, plan} from '../decide/plan.ts';
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
}

/** What messages point to. */
export interface Addresses {
  readonly runUrl: string;
  /** Port's web interface. */
  readonly appUrl: string;
}

/**
 * By the stages of the action itself.
 * @param changes those of one run
 */
export function foresee(rules: Rules, changes: readonly Change[], facts: PlanFacts, addresses: Addresses): Foreseen {
  const decisions = decide(rules, changes);
  const planned = plan(rules, decisions, facts);
  const context = {...addresses, statuses: rules.statuses, unmet: unmetIn(planned)};
  const messages = planned.notifications.map(notification => ({
    ...notification,
    message: renderNotification(notification, context),
  }));
  return {decisions: describeDecisions(rules, decisions), plan: planned, messages};
}
