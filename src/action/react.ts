/** The main function of the action: parse → decide → recall → plan → act → store → report. */

import {portAppUrl} from '../act/slack/message/entity-links.ts';
import type {Mistakes} from '../act/slack/message/mistakes.ts';
import type {World} from '../base/deps.ts';
import {ConfigError, PayloadError} from '../base/errors.ts';
import {lazy} from '../base/lazy.ts';
import {type Run, readRun} from '../base/run.ts';
import {count, logText} from '../base/text/show.ts';
import type {Incoming} from '../change/event/incoming.ts';
import type {PortClient} from '../clients/port.ts';
import {describeDecisions} from '../decide/describe.ts';
import {type Decision, decide} from '../decide/evaluate.ts';
import {plan} from '../decide/plan.ts';
import {report} from '../report/report.ts';
import {NO_RULES} from '../rules/compile-rules.ts';
import type {Rules} from '../rules/rules.ts';
import type {Loaded} from '../rules/yaml/load-yaml.ts';
import {carryOut, previewWork} from './carry-out.ts';
import {readIncoming} from './event.ts';
import {type Inputs, readInputs} from './inputs.ts';
import {logDecisions, logOutcomes} from './log-reactions.ts';
import {type ModeLoaders, rulesOf, runOtherMode} from './modes.ts';
import {exclusivePartition} from './partition.ts';
import {type LoadMemory, recall} from './recall.ts';
import {createTimeToNotify} from './time-to-notify.ts';

/** Code that most runs do not need. */
export interface LazyModules extends ModeLoaders {
  readonly loadMemory: LoadMemory;
}

/**
 * Reacts to the changes that started this run, or in `mode: clock` to the timers that are due in the memory. Ignores invalid
 * rules and settings: the step is then red, and the default destination is notified.
 * @throws {ReactorError} if the event or the rules cannot be read. Later failures are failed outcomes, and the step is red
 */
export async function react(world: World & LazyModules): Promise<void> {
  const startedMs = world.now();
  const inputs = readInputs(world.core);
  const run = readRun(world.env);
  if (await runOtherMode(inputs, run, world)) return;

  const isClock = inputs.mode === 'clock';
  const incoming = isClock
    ? NO_CHANGES
    : await readOrReport(inputs.event, run.eventPath, new Date(startedMs).toISOString());
  for (const remark of incoming.remarks) world.core.info(logText(remark));
  const loaded = await rulesOf(inputs, run, world);
  const mistakes = mistakesOf({inputs, loaded, incoming, run});
  const rules = loaded.value ?? NO_RULES;

  const decided = decide(rules, incoming.changes);
  const decisions = inputs.memory.isOn ? decided : decided.map(withoutEnds);
  const described = describeDecisions(rules, decisions);
  if (!isClock) logDecisions(described, world);
  const port = lazy(() => connectPort(inputs, world));
  const exclusive = exclusivePartition(run, incoming.partition);
  const options = {rules, decisions, inputs, run, exclusive, port};
  const memory = mistakes.canDecide ? await recall(options, world) : undefined;
  const planned = memory?.plan ?? plan(rules, decisions, {nowMs: world.now(), known: inputs.destinations.keys()});

  const timing = createTimeToNotify(
    {run, token: inputs.githubToken, isGitHubQueried: inputs.memory.isOn, startedMs},
    world,
  );
  const partitions = exclusive?.partitions;
  const context = {...contextOf(inputs, rules, run), partitions, nowMs: world.now()};
  const work = {rules, decisions: described, planned, context, mistakes, memory, inputs, run, port, timing};
  const {
    outcomes: untimed,
    remarks,
    ...memoryResults
  } = inputs.dryRun ? previewWork(work) : await carryOut(work, world);
  const outcomes = await timing.timed(untimed, incoming.receivedAt);
  logOutcomes(outcomes, remarks, world);

  report(
    {
      ...memoryResults,
      // Without rules, nothing is decided. A record would claim that it was, and `reconcile` would skip these changes.
      decisions: mistakes.canDecide ? described : [],
      outcomes,
      duplicates: incoming.duplicates,
      errors: [...mistakes.errors, ...unreadableIn(incoming)],
      remarks: [...incoming.remarks, ...remarks],
    },
    world.core,
    run,
  );
}

interface Read {
  readonly inputs: Inputs;
  readonly loaded: Loaded<Rules>;
  readonly incoming: Incoming;
  readonly run: Run;
}

/** The mistakes in the settings, the rules and the changes. */
function mistakesOf({inputs, loaded, incoming, run}: Read): Mistakes {
  return {
    errors: [inputs.error, loaded.error].filter(error => error !== undefined),
    unreadable: incoming.unreadable ?? [],
    canDecide: loaded.value !== undefined,
    runUrl: run.url,
  };
}

/** The context that all messages of a run share. */
function contextOf({portApiUrl}: Inputs, {statuses}: Rules, run: Run) {
  return {statuses, runUrl: run.url, appUrl: portAppUrl(portApiUrl)};
}

/** Without the memory, no incident can end. */
function withoutEnds({change, watching}: Decision): Decision {
  return {change, watching: watching.map(({ends: _, ...verdict}) => verdict)};
}

/** Reports an unreadable event as one unreadable change. */
async function readOrReport(...event: Parameters<typeof readIncoming>): Promise<Incoming> {
  try {
    return await readIncoming(...event);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return {...NO_CHANGES, unreadable: [error.message]};
  }
}

function unreadableIn({unreadable = []}: Incoming): ConfigError[] {
  if (unreadable.length === 0) return [];
  const them = unreadable.length === 1 ? 'it' : 'them';
  const summary = `${count(unreadable.length, 'change')} could not be read, so no rule was evaluated for ${them}:`;
  const problems = unreadable.map(message => ({message}));
  return [new ConfigError(summary, problems)];
}

const NO_CHANGES: Incoming = {changes: [], duplicates: 0, remarks: []};

/** The client is loaded only if there are credentials. */
async function connectPort({port}: Inputs, {fetch, sleep}: World): Promise<PortClient | undefined> {
  if (port === undefined) return undefined;
  const {createPortClient} = await import(/* webpackMode: "eager" */ '../clients/port.ts');
  return createPortClient(port, {fetch, sleep});
}
