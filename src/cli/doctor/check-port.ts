/** Checks of Port: its credentials and region, its automations, and its audit log. */
import {isReactorError, messageOf, NetworkError, PayloadError} from '../../base/errors.ts';
import type {Change} from '../../change/change.ts';
import {type AuditEntry, readAuditLog} from '../../clients/audit-log.ts';
import {readAutomationRuns} from '../../clients/automation-runs.ts';
import {createPortClient, type PortCredentials, PortError, type PortObject} from '../../clients/port.ts';
import {type CallPort, createPortCall} from '../../clients/port-call.ts';
import type {Rules} from '../../rules/rules.ts';
import {automationsFor, incidentAutomations} from '../init/automation.ts';
import {readExisting} from '../init/read-setup.ts';
import {timeFindings} from './audit-time.ts';
import {automationFindings} from './automation-findings.ts';
import {type Finding, failed, ok, withStop} from './finding.ts';
import type {Limited} from './limited.ts';

/** What the first question to Port gave: it shows whether the credentials work, and what the later checks start from. */
export interface PortAnswer {
  readonly findings: readonly Finding[];
  readonly isKnown: boolean;
  /** All automations. Empty if Port did not list them. */
  readonly automations: readonly PortObject[];
}

/** Of Port's two regions. @see https://docs.port.io/api-reference/port-api */
const REGIONS = ['https://api.port.io', 'https://api.us.port.io'];

/** @param regions those that are asked if the credentials are not known where they were tried */
export async function askPort(
  credentials: PortCredentials,
  deps: Limited,
  regions: readonly string[] = REGIONS,
): Promise<PortAnswer> {
  const {apiUrl} = credentials;
  const known = {findings: [ok(`Port at ${apiUrl} accepts the credentials.`)], isKnown: true};
  try {
    return {...known, automations: await createPortClient(credentials, deps).listAutomations()};
  } catch (error) {
    if (!isReactorError(error)) throw error;
    if (isAboutAccess(error)) {
      const region = isRefused(error) ? await otherRegion(credentials, deps, regions) : undefined;
      const findings = [explain(error, apiUrl, region)];
      return {findings, isKnown: false, automations: []};
    }
    return {...known, automations: []};
  }
}

/** A token was refused, or Port did not answer. Any other error comes after the credentials were accepted. */
function isAboutAccess(error: Error): boolean {
  if (error instanceof PortError) return isRefused(error) || error.message.includes('/v1/auth/');
  return error instanceof NetworkError || (error instanceof PayloadError && error.path === '');
}

function isRefused(error: Error): boolean {
  return error instanceof PortError && error.status === 401;
}

/** @param region the one that knows the credentials, if it is another one */
function explain(error: Error, apiUrl: string, region: string | undefined): Finding {
  if (region === undefined) return failed(withStop(messageOf(error)), isRefused(error) ? CREDENTIALS : ADDRESS);
  return failed(
    `Port at ${apiUrl} does not know the credentials. They belong to the region ${region}.`,
    `Set PORT_API_URL=${region}, also for the relay and in the input \`port-api-url\` of the workflow.`,
  );
}

const CREDENTIALS =
  'Copy the credentials again from Port, under … > Credentials, and check the region in PORT_API_URL.';
const ADDRESS = 'Check PORT_API_URL (EU: https://api.port.io, US: https://api.us.port.io) and the network.';

/** The region that knows the credentials. Only Port's own addresses are asked, so that no other server gets the secret. */
async function otherRegion(credentials: PortCredentials, deps: Limited, regions: readonly string[]) {
  const own = credentials.apiUrl.replace(/\/+(v1\/*)?$/, '');
  for (const apiUrl of regions.includes(own) ? regions.filter(region => region !== own) : []) {
    try {
      await createPortClient({...credentials, apiUrl}, deps).listAutomations();
      return apiUrl;
    } catch (error) {
      if (error instanceof PortError && error.status === 403) return apiUrl;
      if (!isReactorError(error)) throw error;
    }
  }
  return undefined;
}

export interface AutomationsQuestion {
  readonly rules: Rules;
  /** Where the relay takes webhooks. */
  readonly url: string;
  /** How the relay's address is written in a command. */
  readonly relay: string;
  readonly credentials: PortCredentials;
}

/** Whether the automations are those that `init` would make from the rules. */
export async function checkAutomations({rules, url, relay, credentials}: AutomationsQuestion, deps: Limited) {
  const automations = [...automationsFor(rules, url), ...incidentAutomations(rules, url)];
  const wanted = {automations, example: false, url};
  const existing = await readExisting(wanted, createPortClient(credentials, deps));
  return automationFindings({rules, wanted, existing, relay});
}

const DAY_MS = 24 * 3_600_000;
/** Around a change, in which its entry is looked for: the two times may differ. */
const AROUND_MS = 10 * 60_000;
const NOT_READABLE =
  'Use the credentials of an administrator: only they can read the audit log, which reconcile needs.';

/** Whether the audit log can be read, and whether it has the same time for a change as the automation that reported it. */
export async function checkAuditLog(
  rules: Rules,
  credentials: PortCredentials,
  {fetch, sleep, now}: Limited & {readonly now: () => number},
): Promise<readonly Finding[]> {
  const call = createPortCall(credentials, {fetch, sleep});
  const [blueprint] = rules.byBlueprint.keys();
  const {change, why} = await latestReported(rules, call);
  try {
    if (change === undefined) {
      if (blueprint !== undefined) await readSome(call, {blueprint, fromMs: now() - DAY_MS, toMs: now()});
      return [ok(`The audit log can be read. Its time was not compared with that of an automation: ${why}.`)];
    }
    const atMs = Date.parse(change.at);
    const around = {blueprint: change.blueprint, fromMs: atMs - AROUND_MS, toMs: atMs + AROUND_MS};
    return timeFindings(change, await readSome(call, around), now());
  } catch (error) {
    if (!isReactorError(error)) throw error;
    return [failed(`The audit log cannot be read: ${withStop(messageOf(error))}`, NOT_READABLE)];
  }
}

/** The newest change that an automation reported about one of the blueprints, as its run shows it. */
async function latestReported(rules: Rules, call: CallPort): Promise<{change?: Change; why: string}> {
  try {
    const changes = (await readAutomationRuns(call))
      .flatMap(({change}) => (change === undefined || !rules.byBlueprint.has(change.blueprint) ? [] : [change]))
      .filter(({at}) => !Number.isNaN(Date.parse(at)))
      .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
    const [change] = changes;
    return {...(change === undefined ? {} : {change}), why: 'Port shows no automation run with a change'};
  } catch (error) {
    if (!isReactorError(error)) throw error;
    return {why: messageOf(error).replace(/\.$/, '')};
  }
}

const ENOUGH = 1_000;

async function readSome(
  call: CallPort,
  query: {readonly blueprint: string; readonly fromMs: number; readonly toMs: number},
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of readAuditLog(call, query)) {
    entries.push(entry);
    if (entries.length === ENOUGH) break;
  }
  return entries;
}
