/** Act: a plan → outcomes. The only stage with effects; a failure in one reaction never hides another. */
import type {PortClient} from '../clients/port.ts';
import type {Plan} from '../decide/plan.ts';
import type {Now} from '../deps.ts';
import type {Run} from '../run.ts';
import {notify, notifyResults, planNotification} from './notify.ts';
import type {Outcome} from './outcome.ts';
import {remediate} from './remediate.ts';
import type {Post} from './slack.ts';
import type {MessageContext} from './slack-message.ts';

export interface ActDeps {
  readonly destinations: ReadonlyMap<string, string>;
  readonly post: Post;
  readonly port: PortClient | undefined;
  readonly run: Run;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: readonly string[];
  readonly write: (text: string) => void;
  readonly now: Now;
}

/** Carries the plan out. Slack hears at once, and again when scripts have ended; neither waits for the other. */
export async function act(plan: Plan, context: MessageContext, deps: ActDeps): Promise<Outcome[]> {
  const [notified, remediated] = await Promise.all([
    Promise.all(plan.notifications.map(notification => notify(notification, context, deps))),
    remediate(plan.remediations, deps),
  ]);
  const untold = await notifyResults(remediated, deps.run.url, deps);
  return [...notified.flat(), ...remediated, ...handOver(plan), ...untold];
}

/** What {@link act} would do, as outcomes with the status "planned". */
export function preview(plan: Plan, context: MessageContext): Outcome[] {
  return [
    ...plan.notifications.flatMap(notification => planNotification(notification, context)),
    ...plan.remediations.map(
      ({match, run}): Outcome => ({match, kind: 'remediation', status: 'planned', run, detail: 'would be run'}),
    ),
    ...plan.handOvers.map(
      ({match, job}): Outcome => ({
        match,
        kind: 'remediation',
        status: 'planned',
        job,
        detail: `would be handed to the job ${job}`,
      }),
    ),
  ];
}

function handOver({handOvers}: Plan): Outcome[] {
  return handOvers.map(({match, job}) => ({
    match,
    kind: 'remediation',
    status: 'done',
    job,
    detail: `handed to the job ${job}, in the output \`remediations\``,
  }));
}
