/** The main function of the action: parse → decide → recall → plan → act → store → report. */
import {act, plannedOutcomes} from '../act/act.ts';
import {type Outcome, sentenceOf} from '../act/outcome.ts';
import {reportBack} from '../act/port/report-back.ts';
import {settledOf} from '../act/settled.ts';
import type {Broken} from '../act/slack/broken-message.ts';
import {portAppUrl} from '../act/slack/entity-links.ts';
import {createMembersOf} from '../act/slack/members.ts';
import type {MessageContext} from '../act/slack/message.ts';
import {notifyBroken} from '../act/slack/report-broken.ts';
import {createSlack} from '../act/slack/slack.ts';
import type {MembersOf} from '../act/slack/threads.ts';
import type {World} from '../base/deps.ts';
import {ConfigError, PayloadError} from '../base/errors.ts';
import {lazy} from '../base/lazy.ts';
import {type Run, readRun} from '../base/run.ts';
import {count, logText} from '../base/text.ts';
import type {Change} from '../change/change.ts';
import {isDrill} from '../change/drill.ts';
import type {Incoming} from '../change/event/incoming.ts';
import type {PortClient} from '../clients/port.ts';
import type {commandMode} from '../command/command-mode.ts';
import {type DescribedDecision, type DescribedVerdict, describeDecisions} from '../decide/describe.ts';
import {type Decision, decide} from '../decide/evaluate.ts';
import {type Plan, plan} from '../decide/plan.ts';
import {showInPort} from '../incident-view/show-in-port.ts';
import type {lintMode} from '../lint-mode/lint-mode.ts';
import type {MemoryRun} from '../memory/run/memory-run.ts';
import type {reconcileMode} from '../reconcile/reconcile-mode.ts';
import {report} from '../report/report.ts';
import {NO_RULES} from '../rules/compile-rules.ts';
import type {Rules} from '../rules/rules.ts';
import {readIncoming} from './event.ts';
import {type Inputs, readInputs} from './inputs.ts';
import {exclusivePartition} from './partition.ts';
import {type RulesLoaders, readRules} from './read-rules.ts';
import {type LoadMemory, remember} from './remember.ts';
import {createTimeToNotify, type TimeToNotify} from './time-to-notify.ts';

/** Code that many runs do not need. */
export interface Modes extends RulesLoaders {
  readonly loadMemory: LoadMemory;
  readonly loadCommand: () => Promise<{readonly commandMode: typeof commandMode}>;
  readonly loadLint: () => Promise<{readonly lintMode: typeof lintMode}>;
  readonly loadReconcile: () => Promise<{readonly reconcileMode: typeof reconcileMode}>;
}

/**
 * Reacts to the changes that started this run, or in `mode: clock` to the timers that are due in the memory. Rules and settings
 * with mistakes are left out: the step is red, and the default destination is notified.
 * @throws {ReactorError} if the event or the rules cannot be read. Later failures are failed outcomes, and the step is red.
 */
export async function react(world: World & Modes): Promise<void> {
  const startedMs = world.now();
  const inputs = readInputs(world.core);
  const run = readRun(world.env);
  if (inputs.mode === 'lint') {
    if (inputs.error !== undefined) throw inputs.error;
    return (await world.loadLint()).lintMode(inputs, run, world);
  }
  if (inputs.mode === 'command') {
    const loaded = await readRules({path: inputs.rules, run, token: inputs.githubToken}, world);
    const {commandMode} = await world.loadCommand();
    return commandMode({inputs, run, loaded}, world);
  }
  if (inputs.mode === 'reconcile') {
    const loaded = await readRules({path: inputs.rules, run, token: inputs.githubToken}, world);
    const {reconcileMode} = await world.loadReconcile();
    return reconcileMode({inputs, run, loaded}, world);
  }
  const isClock = inputs.mode === 'clock';
  const incoming = isClock ? NO_CHANGES : await read(inputs.event, run.eventPath, toIso(world.now()));
  for (const remark of incoming.remarks) world.core.info(logText(remark));
  const loaded = await readRules({path: inputs.rules, run, token: inputs.githubToken}, world);
  const broken = {
    errors: [inputs.error, loaded.error].filter(error => error !== undefined),
    unreadable: incoming.unreadable ?? [],
    works: loaded.value !== undefined,
    runUrl: run.url,
  };
  const rules = loaded.value ?? NO_RULES;

  const decided = decide(rules, incoming.changes);
  const verdicts = inputs.memory.isOn ? decided : decided.map(withoutEnds);
  const decisions = describeDecisions(rules, verdicts);
  if (!isClock) logDecisions(decisions, world);
  const port = lazy(() => connectPort(inputs, world));
  const alone = exclusivePartition(run, incoming.partition);
  const options = {rules, decisions: verdicts, inputs, run, alone, port};
  const memory = broken.works ? await remember(options, world) : undefined;
  const planned = memory?.plan ?? plan(rules, verdicts, {nowMs: world.now(), known: inputs.destinations.keys()});

  const context = {
    nowMs: world.now(),
    statuses: rules.statuses,
    runUrl: run.url,
    appUrl: portAppUrl(inputs.portApiUrl),
    partitions: alone?.partitions,
  };
  const timing = createTimeToNotify(
    {run, token: inputs.githubToken, isRuleSelected: inputs.memory.isOn, startedMs},
    world,
  );
  const {
    outcomes: untimed,
    remarks,
    ...rest
  } = inputs.dryRun
    ? previewWork({planned, context, broken, memory, inputs, run})
    : await carryOut({rules, decisions, planned, context, broken, memory, inputs, run, port, timing}, world);
  const outcomes = await timing.timed(untimed, incoming.receivedAt);
  logOutcomes(outcomes, remarks, world);

  const {duplicates} = incoming;
  const errors = [...broken.errors, ...unreadableIn(incoming)];
  const result = {...rest, outcomes, duplicates, errors, remarks: [...incoming.remarks, ...remarks]};
  // Without rules nothing is decided. A record would claim the opposite, and `reconcile` would skip these changes.
  report({...result, decisions: broken.works ? decisions : []}, world.core, run);
}

/** Without the memory, no incident can end. */
function withoutEnds({change, watching}: Decision): Decision {
  return {change, watching: watching.map(({ends: _, ...verdict}) => verdict)};
}

/** An unreadable event is reported as one unreadable change. */
async function read(...event: Parameters<typeof readIncoming>): Promise<Incoming> {
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

function toIso(nowMs: number): string {
  return new Date(nowMs).toISOString();
}

interface Work {
  readonly rules: Rules;
  readonly decisions: readonly DescribedDecision[];
  readonly planned: Plan;
  readonly context: MessageContext;
  readonly broken: Broken;
  readonly memory: MemoryRun | undefined;
  readonly inputs: Inputs;
  readonly run: Run;
  readonly port: () => Promise<PortClient | undefined>;
  readonly timing: TimeToNotify;
}

/** Acts, stores the results, then closes the Port runs that wait for it. */
async function carryOut(work: Work, world: World) {
  const {rules, decisions, planned, context, broken, memory, inputs, run, timing, port: connect} = work;
  const {destinations, secrets, bot} = inputs;
  const port = await connect();
  const slack = createSlack({...world, bot});
  const changes = decisions.map(({change}) => change);
  const membersOf: MembersOf = (...thread) => (memory === undefined ? [] : createMembersOf(memory.known)(...thread));
  const deps = {...world, destinations, secrets, mask: world.core.setSecret, slack, membersOf, port, changes, run};
  const settled = memory?.isIntentFirst ? await memory.confirm() : planned;
  const acting = act(settled, context, {...deps, confirm: memory && (() => memory.confirm())});
  timing.begin(settled);
  const outcomes = await acting;
  const finished = await memory?.finish(settledOf(outcomes, world.now()));

  const unshown = await show(memory, port, rules);
  const isClock = inputs.mode === 'clock'; // it runs every 15 minutes and must not repeat the same mistakes
  const isQuiet = isClock || isOnlyDrill(changes, broken);
  const unsent = isQuiet ? undefined : await notifyBroken(broken, {destinations, slack});
  if (isClock) await memory?.tidy();
  const failures = memory?.failures ?? [];
  const done = {decisions, outcomes, errors: broken.errors, failures, runUrl: run.url};
  const unclosed = port === undefined ? [] : await reportBack(done, {port, now: world.now});
  const remarks = [...(memory?.remarks ?? []), ...(unsent === undefined ? [] : [unsent]), ...unclosed, ...unshown];
  return {outcomes, remarks, failures, finished};
}

/** A drill must not notify people. Mistakes make its run red, and `doctor` reports that. */
function isOnlyDrill(changes: readonly Change[], {unreadable}: Broken): boolean {
  return changes.length > 0 && unreadable.length === 0 && changes.every(isDrill);
}

/** Updates the incidents' entities in Port, if the rules set them up. */
async function show(memory: MemoryRun | undefined, port: PortClient | undefined, {incidents}: Rules) {
  if (memory === undefined || port === undefined || incidents === undefined) return [];
  return showInPort(incidents.blueprint, memory.entities(), port);
}

/** Lists what would be done. A dry run writes nothing and sends no message. */
function previewWork({
  planned,
  context,
  broken,
  memory,
  inputs,
  run,
}: Omit<Work, 'rules' | 'decisions' | 'port' | 'timing'>) {
  const outcomes = plannedOutcomes(planned, context, {...inputs, ...run});
  const remarks = [...(memory?.remarks ?? []), ...unsentInDryRun(broken)];
  return {outcomes, remarks, failures: memory?.failures ?? [], finished: memory?.preview()};
}

/** What the default destination would be sent. */
function unsentInDryRun({errors, unreadable}: Broken): string[] {
  const what = [
    ...(errors.length === 0 ? [] : ['the rules are broken']),
    ...(unreadable.length === 0 ? [] : ['some changes could not be read']),
  ];
  return what.map(one => `Dry run: would notify the default destination that ${one}.`);
}

/** Loaded only if there are credentials. */
async function connectPort({port}: Inputs, {fetch, sleep}: World): Promise<PortClient | undefined> {
  if (port === undefined) return undefined;
  const {createPortClient} = await import(/* webpackMode: "eager" */ '../clients/port.ts');
  return createPortClient(port, {fetch, sleep});
}

function logDecisions(decisions: readonly DescribedDecision[], {core}: World): void {
  core.info(`${count(decisions.length, 'change')} to decide on`);
  for (const {change, watching} of decisions) {
    core.info(logText(`${change.entity}: change ${change.id} of ${change.at}`)); // the same format as in the relay's log
    for (const {rule, reason, ...verdict} of watching) {
      core.info(logText(`${change.entity}: ${rule} ${wordFor(verdict)}: ${reason}`));
    }
  }
}

function wordFor({matched, undecided}: Pick<DescribedVerdict, 'matched' | 'undecided'>): string {
  if (undecided) return 'could not be decided';
  return matched ? 'matches' : 'does not match';
}

function logOutcomes(outcomes: readonly Outcome[], remarks: readonly string[], {core}: World): void {
  for (const outcome of outcomes) core.info(logText(sentenceOf(outcome)));
  for (const remark of remarks) core.warning(logText(remark));
}
