/** Act: a plan → outcomes. The only stage with effects. A failure in one reaction never hides another. */
import {describeMute} from '../decide/mute.ts';
import type {
  HandOver,
  Match,
  MutedReaction,
  Plan,
  RefusedRemediation,
  Remediation,
  SuppressedReaction,
} from '../decide/plan.ts';
import {rememberedOf} from '../memory/remembered.ts';
import type {Outcome} from './outcome.ts';
import {type CheckedHandOver, handOver, unstartedIn} from './script/hand-over.ts';
import {checkBriefly, createRecheck, type Recheck, type Rechecked} from './script/recheck.ts';
import {type RemediateDeps, remediate} from './script/remediate.ts';
import {whyNotStartable} from './script/script-file.ts';
import type {MessageContext} from './slack/message/notification.ts';
import {type NotifyDeps, notify, notifyResults, planNotification} from './slack/notify.ts';

export type ActDeps = NotifyDeps &
  RemediateDeps & {
    /** Returns the final plan when its scripts can start. Absent if the first plan is final. */
    readonly confirm?: (() => Promise<Plan>) | undefined;
  };

/**
 * Executes the plan. Messages are sent at once, or after a short wait for Port's confirmation that scripts are still needed.
 * After the scripts, a second message follows. Messages and scripts do not wait for each other.
 */
export async function act(first: Plan, context: MessageContext, deps: ActDeps): Promise<Outcome[]> {
  const recheck = createRecheck(deps);
  const checked = await checkBriefly(announcedRemediations(first), recheck);
  const posted = notifyAll(first, {...context, checked}, deps);
  const plan = (await deps.confirm?.()) ?? first;
  const later = newIn(plan, first);
  const checkedLater = await checkBriefly(announcedRemediations(later), recheck);
  const [notified, remediated] = await Promise.all([
    Promise.all([posted, notifyAll(later, {...context, checked: checkedLater}, deps)]),
    remediate(plan.remediations, deps, recheck),
  ]);
  const {due, notNeeded} = await recheckHandOvers(plan.handOvers, recheck);
  const handedOver = [...notNeeded, ...handOver(due)];
  const refused = plan.refused.map(refuse);
  const announced = new Map([...checked, ...checkedLater]);
  const results = [
    ...remediated,
    ...refused.filter(({run}) => run !== undefined),
    ...handedOver.filter(outcome => isNews(outcome, announced)),
  ];
  const unsent = await notifyResults({results, notified: notified.flat(), runUrl: deps.run.url}, deps);
  const skipped = [...plan.muted.map(skip), ...suppressedOutcomes(plan)];
  return [...notified.flat(), ...remediated, ...refused, ...handedOver, ...unsent, ...skipped];
}

/** The matches whose message includes the state of their remediation. */
function announcedRemediations({notifications, remediations, handOvers}: Plan): Match[] {
  const announced = new Set(notifications.flatMap(({matches}) => matches));
  return [...remediations, ...handOvers].flatMap(({match}) => (announced.has(match) ? [match] : []));
}

/** Whether the earlier message described the hand-over differently, or did not describe it yet. */
function isNews({match, status}: Outcome, announced: ReadonlyMap<Match, Rechecked>): boolean {
  if (match.rule.notify === undefined) return false;
  const expected = announced.get(match);
  return expected === undefined || 'applies' in expected.status !== (status === 'done');
}

async function notifyAll(plan: Plan, context: MessageContext, deps: ActDeps): Promise<Outcome[]> {
  const complete = {...context, unstarted: unstartedIn(plan)};
  const outcomes = await Promise.all(plan.notifications.map(notification => notify(notification, complete, deps)));
  return outcomes.flat();
}

/** The plan with only those messages that were not in the first plan. */
function newIn(plan: Plan, first: Plan): Plan {
  if (plan === first) return {...plan, notifications: []};
  const sent = new Set(
    first.notifications.flatMap(({destination, matches}) => matches.map(match => messageId(match, destination))),
  );
  const notifications = plan.notifications.flatMap(({destination, matches}) => {
    const left = matches.filter(match => !sent.has(messageId(match, destination)));
    return left.length === 0 ? [] : [{destination, matches: left}];
  });
  return {...plan, notifications};
}

function messageId(match: Match, destination: string): string {
  const {notify: reaction} = rememberedOf(match) ?? {};
  return JSON.stringify([destination, match.rule.name, match.change.id, reaction?.key, reaction?.topic]);
}

/**
 * The hand-overs that are still needed, and the outcomes of the others. A hand-over that could not be checked is marked and
 * continues.
 */
async function recheckHandOvers(
  handOvers: readonly HandOver[],
  recheck: Recheck,
): Promise<{due: CheckedHandOver[]; notNeeded: Outcome[]}> {
  const due: CheckedHandOver[] = [];
  const notNeeded: Outcome[] = [];
  for (const {match, job} of handOvers) {
    const {status, unchecked} = await recheck(match);
    const note = unchecked === undefined ? {} : {unchecked};
    const outcome = {match, kind: 'remediation', job, isUnstarted: true, ...note} as const;
    if ('applies' in status) due.push({match, job, ...note});
    else if ('outdated' in status)
      notNeeded.push({...outcome, status: 'skipped', detail: `was not handed over: ${status.outdated}`});
    else notNeeded.push({...outcome, status: 'failed', detail: `was not handed over: ${status.unknown}`});
  }
  return {due, notNeeded};
}

/** The facts that are known without acting. */
export interface Surroundings extends Pick<NotifyDeps, 'destinations'> {
  /** The folder in which the scripts are. */
  readonly workspace: string;
}

/**
 * The results that {@link act} would have, as outcomes with the status "planned", or "failed" if the failure is already known.
 */
export function plannedOutcomes(
  plan: Plan,
  context: MessageContext,
  {destinations, workspace}: Surroundings,
): Outcome[] {
  const complete = {...context, unstarted: unstartedIn(plan)};
  return [
    ...plan.notifications.flatMap(notification => planNotification(notification, complete, destinations)),
    ...plan.remediations.map(remediation => planRemediation(remediation, workspace)),
    ...plan.refused.map(refuse),
    ...handOver(plan.handOvers).map(planHandOver),
    ...plan.muted.map(skip),
    ...suppressedOutcomes(plan),
  ];
}

function planRemediation({match, run}: Remediation, workspace: string): Outcome {
  const mistake = whyNotStartable(workspace, run);
  const result = {status: mistake === undefined ? 'planned' : 'failed', detail: mistake ?? 'would be run'} as const;
  return {match, kind: 'remediation', run, ...result};
}

function planHandOver(outcome: Outcome): Outcome {
  if (outcome.status === 'failed') return outcome;
  return {...outcome, status: 'planned', detail: `would be handed to the job ${outcome.job}`};
}

function refuse({match, instead, why}: RefusedRemediation): Outcome {
  return {match, kind: 'remediation', status: 'failed', ...instead, detail: why, isUnstarted: true};
}

/** A muted reaction is reported like any other reaction that was skipped. */
function skip({match, mute, instead}: MutedReaction): Outcome {
  const kind = 'destination' in instead ? 'notification' : 'remediation';
  return {match, kind, status: 'skipped', ...instead, detail: describeMute(mute), isSuppressed: true};
}

function suppressedOutcomes({suppressed = []}: Plan): Outcome[] {
  return suppressed.map(suppressedOutcome);
}

function suppressedOutcome({match, instead, why, isDuplicate, hasFailed}: SuppressedReaction): Outcome {
  const kind = 'destination' in instead ? 'notification' : 'remediation';
  const status = hasFailed ? 'failed' : 'skipped';
  return {match, kind, status, ...instead, detail: why, isSuppressed: true, ...(isDuplicate ? {isDuplicate} : {})};
}
