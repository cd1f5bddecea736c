/** Reconcile: reads the runs of Port's automations, and closes those of handled changes. */
import {messageOf, ReactorError} from '../base/errors.ts';
import {count} from '../base/text/show.ts';
import type {Change} from '../change/change.ts';
import {type AutomationRun, readAutomationRuns} from '../clients/automation-runs.ts';
import type {PortClient} from '../clients/port.ts';
import type {CallPort} from '../clients/port-call.ts';
import {sameChange} from './classify-entries.ts';

/**
 * The changes whose automation run was closed with a link to a run of the workflow.
 * @param repository "owner/name"
 */
export async function findWitnessed(changes: readonly Change[], repository: string, call: CallPort): Promise<Change[]> {
  const runPath = `/${repository}/actions/runs/`.toLowerCase();
  const runs = (await readAutomationRuns(call)).filter(
    ({isOpen, links}) => !isOpen && links.some(link => link.toLowerCase().includes(runPath)),
  );
  return changes.filter(change => runs.some(run => run.change !== undefined && sameChange(run.change, change)));
}

/** The maximum number of runs that one round closes. The next round continues. */
const MAX_CLOSED = 200;
/** The route of the relay. An automation that calls it belongs to Port Reactor, even if `init` did not create it. */
const ROUTE = /\/webhooks\/port\/?(\?|$)/;
/** The names that `init` gives to its automations. */
const OWN_NAME = /^port_?-?reactor/i;

export interface Closing {
  /** The number of runs that were closed. In a dry run, the number of runs that would be closed. */
  readonly closed: number;
  readonly remarks: readonly string[];
}

export interface ClosingDeps {
  readonly call: CallPort;
  readonly port: Pick<PortClient, 'closeRun'>;
  readonly isHandled: (change: Change) => boolean;
  /** The page of the workflow run that closes them. */
  readonly link?: string | undefined;
  readonly dryRun: boolean;
}

/** Closes open runs whose change was handled. Errors of Port become remarks, because an open run is harmless. */
export async function closeRuns({call, port, isHandled, link, dryRun}: ClosingDeps): Promise<Closing> {
  try {
    const runs = (await readAutomationRuns(call, {open: true})).filter(
      run => run.isOpen && run.change !== undefined && isOwnRun(run) && isHandled(run.change),
    );
    const now = runs.slice(0, MAX_CLOSED);
    const summary = 'Port Reactor: the change was handled. This run was still open.';
    for (const {id} of dryRun ? [] : now) {
      await port.closeRun(id, {status: 'SUCCESS', summary, ...(link === undefined ? {} : {link})});
    }
    const rest = runs.length - now.length;
    const remarks = rest === 0 ? [] : [`The next rounds will close ${count(rest, 'more run')} in Port.`];
    return {closed: now.length, remarks};
  } catch (error) {
    if (!(error instanceof ReactorError)) throw error;
    return {closed: 0, remarks: [`Some open runs in Port could not be closed: ${messageOf(error)}`]};
  }
}

/** Other automations can report the same changes to other URLs. If Port returns neither name nor URL, the body decides. */
function isOwnRun({automation, url, change, id}: AutomationRun): boolean {
  if (automation !== undefined && OWN_NAME.test(automation)) return true;
  if (url !== undefined) return ROUTE.test(url);
  return automation === undefined && change?.runId === id;
}
