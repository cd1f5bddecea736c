/** An explanation → its messages, or the reasons why there are no messages. Pure. */
import type {SlackMessage} from '../../act/slack/block-kit/blocks.ts';
import {count} from '../../base/text/show.ts';
import {blockKitBuilderUrl} from '../../slack-view/block-kit-builder.ts';
import type {Explanation, MessageExplanation, PlanExplanation} from '../explain/explanation.ts';

export interface Preview {
  readonly messages: readonly MessagePreview[];
  /** Set if an event has no time. The messages then show the current time. */
  readonly isUndated?: true;
  /** Sentences that explain why some or all messages are not sent. */
  readonly reasons: readonly string[];
}

export interface MessagePreview extends Pick<MessageExplanation, 'slack' | 'rules' | 'routes'> {
  /** The JSON that would be posted. */
  readonly payload: SlackMessage;
  readonly blockKitBuilder: string;
}

/** `explain` shows all reasons. */
const MAX_REASONS = 20;

export function previewOf(explanation: Explanation): Preview {
  const messages = explanation.plans.flatMap(plan =>
    plan.messages.map(({message, ...rest}) => ({
      ...rest,
      payload: message,
      blockKitBuilder: blockKitBuilderUrl(message),
    })),
  );
  const muted = explanation.plans.flatMap(mutedMessages);
  const reasons = [
    ...explanation.remarks,
    ...muted,
    ...(messages.length + muted.length === 0 ? reasonsForNone(explanation) : []),
  ];
  const more = reasons.length > MAX_REASONS ? [`… and ${count(reasons.length - MAX_REASONS, 'more reason')}.`] : [];
  const isUndated = explanation.changes.some(change => change.isUndated) ? {isUndated: true as const} : {};
  return {messages, ...isUndated, reasons: [...reasons.slice(0, MAX_REASONS), ...more]};
}

function mutedMessages({muted}: PlanExplanation): string[] {
  return muted.flatMap(one =>
    'slack' in one ? [`Not sent to ${one.slack}: ${one.reason}, by ${one.rule}, for ${one.entity}.`] : [],
  );
}

/** One reason for each rule of the changed blueprint. */
function reasonsForNone({changes}: Explanation): string[] {
  return changes.flatMap(({change, rules}) => {
    const own = rules.filter(({conditions}) =>
      conditions.every(({condition, held}) => condition !== 'blueprint' || held),
    );
    if (own.length === 0) return [`No rule watches blueprint ${change.blueprint} of ${change.entity}.`];
    return own.map(({rule, matched, reason}) =>
      matched ? `${rule} matches, but has no \`notify\`.` : `${rule} does not match: ${reason}.`,
    );
  });
}
