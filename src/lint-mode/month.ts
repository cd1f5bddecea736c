/** Lint: the effect of the rules on the last month, before and after the pull request, and protected incidents. */
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {portAppUrl} from '../act/slack/message/entity-links.ts';
import {fillCache} from '../backtest/audit-cache.ts';
import {backtest} from '../backtest/backtest.ts';
import type {ComparisonResult} from '../backtest/comparison.ts';
import {
  describeProtected,
  loadProtected,
  PROTECTED_FILE,
  type ProtectedIncident,
  type ProtectedResult,
} from '../backtest/protected-incidents.ts';
import {inMemory, openFile, type RandomAccess} from '../backtest/recording.ts';
import type {World} from '../base/deps.ts';
import {isReactorError, messageOf} from '../base/errors.ts';
import type {Run} from '../base/run.ts';
import {count} from '../base/text/show.ts';
import {createPortCall, type PortCredentials} from '../clients/port-call.ts';
import {knownDestinations} from '../lint/known-destinations.ts';
import type {Repository} from '../lint/read-repository.ts';
import type {FileProblem} from '../lint/source.ts';
import {loadRules} from '../rules/parse-rules.ts';
import type {Rules} from '../rules/rules.ts';
import type {Base, NoBase} from './read-base.ts';

/** The path of a recording, for repositories without credentials. */
const RECORDING = '.github/port-reactor.recording.ndjson';

export interface Month {
  /** `14 → 3 messages, 2 new, 13 gone`, or the number of messages if there is no base. */
  readonly headline: string;
  /** `the last 30 days`, or the period of the recording. */
  readonly period: string;
  readonly comparison?: ComparisonResult;
  /** The address of Port's web interface, for links to entities. */
  readonly appUrl: string;
}

/** `the last 30 days with this change: 14 → 3 messages, 2 new, 13 gone`. */
export function monthTitle({period, comparison, headline}: Month): string {
  return `${period}${comparison === undefined ? '' : ' with this change'}: ${headline}`;
}

export interface MonthResult {
  /** Absent if there are no recorded changes. */
  readonly month?: Month;
  /** Protected incidents that are no longer reported, and mistakes in their list. */
  readonly problems: readonly FileProblem[];
  readonly remarks: readonly string[];
  /** Whether a protected incident could not be checked, so that the result must not be green. */
  readonly isUnprotected: boolean;
}

interface MonthInputs {
  readonly repository: Repository;
  readonly base: Base | NoBase;
  readonly port: PortCredentials | undefined;
  readonly run: Run;
}

type MonthWorld = Pick<World, 'fetch' | 'sleep' | 'now'>;

const DAY_MS = 86_400_000;
/** The delay of Port's audit log. */
const SETTLED_MS = 10 * 60_000;
const CLOCK_MS = 15 * 60_000;

/** Evaluates the last month. Never rejects for expected failures. Reports nothing without a recording and credentials. */
export async function checkMonth(inputs: MonthInputs, world: MonthWorld): Promise<MonthResult> {
  const protect = protectedIn(inputs);
  const head = loadRules(inputs.repository.rules.text, inputs.repository.rules.file).value;
  try {
    const source = head && (await openSource({head, base: baseRules(inputs.base)}, inputs, world));
    if (head === undefined || source === undefined) return notChecked(NO_SOURCE, protect);
    return evaluateMonth(head, source, {...inputs, protect});
  } catch (error) {
    if (!isReactorError(error)) throw error;
    return notChecked(`The last 30 days could not be checked: ${messageOf(error)}`, protect, true);
  }
}

const NO_SOURCE = `The protected incidents were not checked: no recording (${RECORDING}) and no Port credentials were found, or the rules do not load.`;

/** The result without a check. It is not green if there are protected incidents. */
function notChecked(remark: string, protect: readonly ProtectedIncident[], shouldRemark = false): MonthResult {
  const isNeeded = protect.length > 0;
  return {problems: [], remarks: isNeeded || shouldRemark ? [remark] : [], isUnprotected: isNeeded};
}

/** The protected incidents. Empty if the list has mistakes, which `lint` reports. */
function protectedIn({repository: {protectedList}}: MonthInputs): readonly ProtectedIncident[] {
  return (protectedList && loadProtected(protectedList.text, protectedList.file).value) ?? [];
}

function baseRules(base: Base | NoBase): Rules | undefined {
  return 'rules' in base && base.rules !== undefined ? loadRules(base.rules.text, base.rules.file).value : undefined;
}

interface Source {
  readonly bytes: RandomAccess;
  readonly base: Rules | undefined;
  readonly times: {readonly sinceMs?: number; readonly untilMs?: number};
  /** If absent, the period of the recording is shown. */
  readonly period?: string;
  readonly unreadable: number;
}

async function openSource(
  {head, base}: {readonly head: Rules; readonly base: Rules | undefined},
  {repository, port, run}: MonthInputs,
  world: MonthWorld,
): Promise<Source | undefined> {
  if (existsSync(resolve(run.workspace, RECORDING))) {
    return {bytes: inMemory(Buffer.from(repository.readText(RECORDING))), base, times: {}, unreadable: 0};
  }
  if (port === undefined) return undefined;
  const untilMs = world.now() - SETTLED_MS;
  const sinceMs = untilMs - 30 * DAY_MS;
  const all = base === undefined ? [head] : [head, base];
  const blueprints = [...new Set(all.flatMap(rules => [...rules.byBlueprint.keys()]))].toSorted();
  const file = join(run.tempDir, 'audit.ndjson');
  const {unreadable} = await fillCache(createPortCall(port, world), file, {blueprints, fromMs: sinceMs, toMs: untilMs});
  const bytes = openFile(file, file);
  return {bytes, base, times: {sinceMs, untilMs}, period: 'the last 30 days', unreadable};
}

interface MonthFacts extends MonthInputs {
  readonly protect: readonly ProtectedIncident[];
}

function evaluateMonth(head: Rules, source: Source, {repository, port, protect}: MonthFacts): MonthResult {
  const {bytes, base, times, period, unreadable} = source;
  const known = knownDestinations(repository);
  const found = backtest(bytes, {rules: head, base, ...times, known, protect, clockMs: CLOCK_MS});
  const {comparison, span, recording} = found;
  const lost = found.protection.filter(({status}) => status === 'lost');
  const unknown = found.protection.filter(({status}) => status === 'unknown');
  const unread = recording.unreadable + unreadable;
  return {
    month: {
      headline: comparison === undefined ? count(found.head.messages, 'message') : headlineOf(comparison),
      period: period ?? periodOf(span),
      ...(comparison === undefined ? {} : {comparison}),
      appUrl: portAppUrl(port?.apiUrl ?? 'https://api.port.io'),
    },
    problems: lost.map(lostIncidentProblem),
    remarks: [
      ...(unread === 0 ? [] : [`${count(unread, 'event')} of ${period ?? RECORDING} can't be read and did not count.`]),
      ...unknown.map(
        ({incident}) =>
          `The protected incident ${describeProtected(incident)} was not checked: ${period ?? RECORDING} contains no change of it at that time.`,
      ),
    ],
    isUnprotected: unread > 0 && protect.length > 0,
  };
}

function headlineOf({base, head, new: added, gone, changed}: ComparisonResult): string {
  const more = changed.count === 0 ? '' : `, ${changed.count} changed`;
  return `${base} → ${head} messages, ${added.count} new, ${gone.count} gone${more}`;
}

function periodOf(span: {fromMs: number; toMs: number} | undefined): string {
  if (span === undefined) return 'an empty recording';
  const [from, to] = [span.fromMs, span.toMs].map(ms => new Date(ms).toISOString().slice(0, 10));
  return `the recording, ${from} to ${to}`;
}

function lostIncidentProblem({incident}: ProtectedResult): FileProblem {
  const message = `the incident of ${describeProtected(incident)} is no longer reported. Change the rules to report it, or remove it from the list.`;
  return {file: PROTECTED_FILE, ...incident.place, message};
}
