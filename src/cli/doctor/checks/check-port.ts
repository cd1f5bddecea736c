/** Checks Port: credentials and region, automations, and audit log. */
import {isReactorError, messageOf, NetworkError, PayloadError} from '../../../base/errors.ts';
import type {Change} from '../../../change/change.ts';
import {type AuditEntry, readAuditLog} from '../../../clients/audit-log.ts';
import {readAutomationRuns} from '../../../clients/automation-runs.ts';
import {createPortClient, type PortCredentials, PortError, type PortObject} from '../../../clients/port.ts';
import {type CallPort, createPortCall} from '../../../clients/port-call.ts';
import type {Rules} from '../../../rules/rules.ts';
import {automationsFor, incidentAutomations} from '../../init/automation.ts';
import {readExisting} from '../../init/read-setup.ts';
import {type Finding, failed, ok, withFullStop} from '../finding.ts';
import type {NetworkCalls} from '../time-limit.ts';
import {timeFindings} from './audit-time.ts';
import {automationFindings} from './automation-findings.ts';

/** The result of the first request to Port, which checks the credentials. */
export interface PortCheck {
  readonly findings: readonly Finding[];
  readonly isKnown: boolean;
  /** All automations. Empty if Port did not return them. */
  readonly automations: readonly PortObject[];
}

/** The APIs of Port's two regions. @see https://docs.port.io/api-reference/port-api */
const REGIONS = ['https://api.port.io', 'https://api.us.port.io'];

/** @param regions the APIs to try if the configured one does not accept the credentials */
export async function checkPort(
  credentials: PortCredentials,
  deps: NetworkCalls,
  regions: readonly string[] = REGIONS,
): Promise<PortCheck> {
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

/** Whether Port rejected the token or did not answer. Any other error means that it accepted the credentials. */
function isAboutAccess(error: Error): boolean {
  if (error instanceof PortError) return isRefused(error) || error.message.includes('/v1/auth/');
  return error instanceof NetworkError || (error instanceof PayloadError && error.path === '');
}

function isRefused(error: Error): boolean {
  return error instanceof PortError && error.status === 401;
}

/** @param region the other region, if it accepts the credentials */
function explain(error: Error, apiUrl: string, region: string | undefined): Finding {
  if (region === undefined) return failed(withFullStop(messageOf(error)), isRefused(error) ? CREDENTIALS : ADDRESS);
  return failed(
    `Port at ${apiUrl} does not accept the credentials. They belong to the region ${region}.`,
    `Set PORT_API_URL=${region}, here and for the relay, and set the input \`port-api-url\` of the workflow.`,
  );
}

const CREDENTIALS =
  'Copy the credentials again from Port, under … > Credentials, and check the region in PORT_API_URL.';
const ADDRESS = 'Check PORT_API_URL (EU: https://api.port.io, US: https://api.us.port.io) and the network.';

/** The other region, if it accepts the credentials. Only Port's own APIs are tried, so that no other server gets the secret. */
async function otherRegion(credentials: PortCredentials, deps: NetworkCalls, regions: readonly string[]) {
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
  /** The webhook URL of the relay. */
  readonly url: string;
  /** The address of the relay, for commands. */
  readonly relay: string;
  readonly credentials: PortCredentials;
}

/** Checks that the automations match those that `init` would create from the rules. */
export async function checkAutomations({rules, url, relay, credentials}: AutomationsQuestion, deps: NetworkCalls) {
  const automations = [...automationsFor(rules, url), ...incidentAutomations(rules, url)];
  const wanted = {automations, example: false, url};
  const existing = await readExisting(wanted, createPortClient(credentials, deps));
  return automationFindings({rules, wanted, existing, relay});
}

const DAY_MS = 24 * 3_600_000;
/** The range around a change in which its entry is searched, because the two times can differ. */
const AROUND_MS = 10 * 60_000;
const NOT_READABLE =
  'Use the credentials of an administrator. Only administrators can read the audit log, which reconcile needs.';

/** Checks that the audit log can be read, and that it has the same time for a change as the automation that reported it. */
export async function checkAuditLog(
  rules: Rules,
  credentials: PortCredentials,
  {fetch, sleep, now}: NetworkCalls & {readonly now: () => number},
): Promise<readonly Finding[]> {
  const call = createPortCall(credentials, {fetch, sleep});
  const [blueprint] = rules.byBlueprint.keys();
  const {change, why} = await latestReported(rules, call);
  try {
    if (change === undefined) {
      if (blueprint !== undefined) await readSome(call, {blueprint, fromMs: now() - DAY_MS, toMs: now()});
      return [ok(`The audit log can be read. Its times were not compared with those of an automation: ${why}.`)];
    }
    const atMs = Date.parse(change.at);
    const around = {blueprint: change.blueprint, fromMs: atMs - AROUND_MS, toMs: atMs + AROUND_MS};
    return timeFindings(change, await readSome(call, around), now());
  } catch (error) {
    if (!isReactorError(error)) throw error;
    return [failed(`The audit log cannot be read: ${withFullStop(messageOf(error))}`, NOT_READABLE)];
  }
}

/** The newest change of a watched blueprint that an automation reported, from the automation's run. */
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
