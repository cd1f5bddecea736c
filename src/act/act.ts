/** Act: a plan → outcomes. The only stage with effects; a failure in one reaction never hides another. */
import {describeMute} from '../decide/mute.ts';
import type {MutedReaction, Plan} from '../decide/plan.ts';
import {handOver} from './hand-over.ts';
import {type NotifyDeps, notify, notifyResults, planNotification} from './notify.ts';
import type {Outcome} from './outcome.ts';
import {type RemediateDeps, remediate} from './remediate.ts';
import type {MessageContext} from './slack-message.ts';

export type ActDeps = NotifyDeps & RemediateDeps;

/** Carries the plan out. Slack hears at once, and again when scripts have ended; neither waits for the other. */
export async function act(plan: Plan, context: MessageContext, deps: ActDeps): Promise<Outcome[]> {
  const [notified, remediated] = await Promise.all([
    Promise.all(plan.notifications.map(notification => notify(notification, context, deps))),
    remediate(plan.remediations, deps),
  ]);
  const untold = await notifyResults(remediated, deps.run.url, deps);
  return [...notified.flat(), ...remediated, ...handOver(plan.handOvers), ...untold, ...plan.muted.map(skip)];
}

/** What {@link act} would do, as outcomes with the status "planned". */
export function preview({notifications, remediations, handOvers, muted}: Plan, context: MessageContext): Outcome[] {
  const planned = {kind: 'remediation', status: 'planned'} as const;
  return [
    ...notifications.flatMap(notification => planNotification(notification, context)),
    ...remediations.map(({match, run}) => ({match, run, ...planned, detail: 'would be run'})),
    ...handOvers.map(({match, job}) => ({match, job, ...planned, detail: `would be handed to the job ${job}`})),
    ...muted.map(skip),
  ];
}

/** What was muted is told as any reaction that was not carried out. */
function skip({match, mute, instead}: MutedReaction): Outcome {
  const kind = 'destination' in instead ? 'notification' : 'remediation';
  return {match, kind, status: 'skipped', ...instead, detail: describeMute(mute)};
}
