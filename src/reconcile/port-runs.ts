/** Reconcile: what the runs of Port's automations say about changes, and the closing of those that were left open. */
import {messageOf, ReactorError} from '../base/errors.ts';
import {count} from '../base/text.ts';
import type {Change} from '../change/change.ts';
import {type AutomationRun, readAutomationRuns} from '../clients/automation-runs.ts';
import type {PortClient} from '../clients/port.ts';
import type {CallPort} from '../clients/port-call.ts';
import {sameChange} from './account.ts';

/** The changes whose automation run was closed with a link to a run of our workflow. @param repository "owner/name" */
export async function witnessed(changes: readonly Change[], repository: string, call: CallPort): Promise<Change[]> {
  const ofOurs = `/${repository}/actions/runs/`.toLowerCase();
  const runs = (await readAutomationRuns(call)).filter(
    ({isOpen, links}) => !isOpen && links.some(link => link.toLowerCase().includes(ofOurs)),
  );
  return changes.filter(change => runs.some(run => run.change !== undefined && sameChange(run.change, change)));
}

/** After so many, the next round goes on. */
const MAX_CLOSED = 200;
/** The route of the relay: an automation that calls it is ours, whoever made it. */
const ROUTE = /\/webhooks\/port\/?(\?|$)/;
/** As `init` names its automations. */
const OWN_NAME = /^port_?-?reactor/i;

export interface Closing {
  /** The runs that were closed, or in a dry run would be. */
  readonly closed: number;
  readonly remarks: readonly string[];
}

export interface ClosingDeps {
  readonly call: CallPort;
  readonly port: Pick<PortClient, 'closeRun'>;
  readonly isHandled: (change: Change) => boolean;
  /** Of the run that closes them, if there is one. */
  readonly link?: string | undefined;
  readonly dryRun: boolean;
}

/** Closes open runs whose change was handled. Never rejects for what Port answers: an open run loses nothing. */
export async function closeRuns({call, port, isHandled, link, dryRun}: ClosingDeps): Promise<Closing> {
  try {
    const runs = (await readAutomationRuns(call, {open: true})).filter(
      run => run.isOpen && run.change !== undefined && isOurs(run) && isHandled(run.change),
    );
    const now = runs.slice(0, MAX_CLOSED);
    const summary = 'Port Reactor: the change was handled. This run had been left open.';
    for (const {id} of dryRun ? [] : now) {
      await port.closeRun(id, {status: 'SUCCESS', summary, ...(link === undefined ? {} : {link})});
    }
    const rest = runs.length - now.length;
    const remarks = rest === 0 ? [] : [`${count(rest, 'more run')} of Port's will be closed by the next rounds.`];
    return {closed: now.length, remarks};
  } catch (error) {
    if (!(error instanceof ReactorError)) throw error;
    return {closed: 0, remarks: [`Not all of Port's open runs could be closed: ${messageOf(error)}`]};
  }
}

/** Other automations report the same changes to other receivers. If Port shows neither name nor address, the body decides. */
function isOurs({automation, url, change, id}: AutomationRun): boolean {
  if (automation !== undefined && OWN_NAME.test(automation)) return true;
  if (url !== undefined) return ROUTE.test(url);
  return automation === undefined && change?.runId === id;
}
