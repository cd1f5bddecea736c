/** The story of `mode: reconcile`: one round → log, job summary, outputs, and whether the step is red. */
import {type Bot, createSlack, type Destination} from '../act/slack/slack.ts';
import type {World} from '../base/deps.ts';
import {ConfigError, type Problem} from '../base/errors.ts';
import type {Run} from '../base/run.ts';
import {logText} from '../base/text.ts';
import type {PortCredentials} from '../clients/port-call.ts';
import {DEFAULT_DESTINATION} from '../decide/route.ts';
import {reportFailure} from '../report/report-failure.ts';
import {summaryHtml} from '../report/summary-html.ts';
import type {Rules} from '../rules/rules.ts';
import type {Loaded} from '../rules/yaml/load-yaml.ts';
import {reconcile} from './reconcile.ts';
import {isProven, type Reconciled, type ReconcileOptions} from './reconciled.ts';
import {classesOf, reconcileHeadline, sentencesOf} from './sentences.ts';
import {readRelaySettings, USUAL_ALARM_MS} from './settings.ts';

/** What of the action's inputs is for it. */
interface ReconcileInputs {
  readonly dryRun: boolean;
  readonly githubToken: string | undefined;
  readonly port: PortCredentials | undefined;
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly bot: Bot | undefined;
  readonly error: ConfigError | undefined;
  readonly memory: {
    readonly isOn: boolean;
    readonly token: string | undefined;
    readonly repository: string | undefined;
  };
}

type ModeWorld = Pick<World, 'core' | 'env' | 'fetch' | 'now' | 'sleep'>;

export interface ModeOptions {
  readonly inputs: ReconcileInputs;
  readonly run: Run;
  readonly loaded: Loaded<Rules>;
}

/** Leaves the step red if something is missing still, or is not known. Never rejects: errors are this bundle's own. */
export async function reconcileMode(options: ModeOptions, world: ModeWorld): Promise<void> {
  try {
    const {bot} = options.inputs;
    const result = await reconcile(optionsOf(options, world.env), {...world, slack: createSlack({...world, bot})});
    report(withMistakes(result, options.inputs.error), options.run, world);
  } catch (error) {
    reportFailure(error, world.core, world.env);
  }
}

/** A destination with a mistake is left out, and the rest works. The step is red. */
function withMistakes(result: Reconciled, error: ConfigError | undefined): Reconciled {
  return error === undefined ? result : {...result, failures: [...result.failures, error.message]};
}

/** @throws {ConfigError} with every problem at once */
function optionsOf({inputs, run, loaded}: ModeOptions, env: World['env']): ReconcileOptions {
  const {port, githubToken: token, memory, destinations, dryRun} = inputs;
  const problems: Problem[] = [];
  const relay = readRelaySettings(env, problems);
  if (port === undefined) problems.push(...(inputs.error?.problems ?? []), {message: NEEDS_PORT});
  if (token === undefined || memory.token === undefined) problems.push({message: NEEDS_TOKEN});
  if (!memory.isOn) problems.push({message: NEEDS_MEMORY});
  if (loaded.value === undefined) problems.push(...(loaded.error?.problems ?? []));
  if (problems.length > 0 || port === undefined || token === undefined || loaded.value === undefined) {
    throw new ConfigError(
      'mode: reconcile cannot start:',
      problems,
      loaded.value === undefined ? loaded.error?.file : undefined,
    );
  }
  const {apiUrl, graphqlUrl, repository} = run;
  return {
    rules: loaded.value,
    broken: loaded.error,
    port,
    github: {repository, token, apiUrl},
    memory: {repository: memory.repository ?? repository, token: memory.token ?? token, apiUrl, graphqlUrl},
    ...relay,
    alarmAfterMs: USUAL_ALARM_MS,
    dryRun,
    alarmTo: destinations.get(DEFAULT_DESTINATION),
    runsUrl: run.url.replace(/\/runs\/\d*$/, ''),
    run: {name: run.name, url: run.url, link: run.url},
  };
}

const NEEDS_PORT =
  'Set the inputs `port-client-id` and `port-client-secret`, of an administrator: only they can read the audit log.';
const NEEDS_TOKEN =
  'There is no token. Keep the default of the input `github-token`, and give the job `contents: write`.';
const NEEDS_MEMORY = 'The memory is off, so it is not known what was handled. Remove `memory: off` from the step.';

function report(result: Reconciled, run: Run, {core, now}: ModeWorld): void {
  const sentences = sentencesOf(result, now());
  core.info(reconcileHeadline(result));
  for (const {name, changes, meaning} of classesOf(result)) core.info(`${name}: ${changes} (${meaning})`);
  for (const sentence of sentences) core.info(logText(sentence));
  const isGreen = isProven(result);
  const outcome = !isGreen
    ? 'failed'
    : result.dryRun
      ? 'dry-run'
      : result.dispatched.length > 0
        ? 'reacted'
        : 'nothing';
  for (const [name, value] of Object.entries({...NO_REACTIONS, outcome})) core.setOutput(name, value);
  if (run.hasSummary) core.appendSummary(renderSummary(result, sentences));
  if (!isGreen) core.setFailed(whyRed(result).map(logText).join('\n'));
}

/** What `fromJSON` in a later step can read. */
const NO_REACTIONS = {reactions: '[]', remediations: '[]', 'remediations-by-job': '{}'};

/** At least one sentence, if the round is red. */
function whyRed({failures, waiting, overdue, unreadable}: Reconciled): string[] {
  const late = waiting.length + overdue.length;
  return [
    ...failures,
    ...(late === 0 ? [] : [`Dispatched before, and still undecided: ${late}. See the runs of the workflow.`]),
    ...(unreadable.length === 0 ? [] : [`Entries of Port's audit log that cannot be read: ${unreadable.length}.`]),
  ];
}

/** GitHub drops a summary above 1 MiB, whole. */
const MAX_SENTENCES = 500;

function renderSummary(result: Reconciled, sentences: readonly string[]): string {
  const rows = classesOf(result).map(
    ({name, changes, meaning}) => summaryHtml`<tr><td>${name}</td><td>${changes}</td><td>${meaning}</td></tr>`,
  );
  const items = [...result.failures, ...sentences]
    .slice(0, MAX_SENTENCES)
    .map(sentence => summaryHtml`<li>${sentence}</li>`);
  const {from, to} = {
    from: new Date(result.window.fromMs).toISOString(),
    to: new Date(result.window.toMs).toISOString(),
  };
  const list = items.length === 0 ? [] : [summaryHtml`<ul>${items}</ul>`];
  return `${
    summaryHtml`<h2>${isProven(result) ? '✅' : '❌'} Port Reactor, reconcile: ${reconcileHeadline(result)}</h2>
<p>Port&#39;s audit log from ${from} to ${to}.</p>
<table>${rows}</table>
${list}`.markup
  }\n`;
}
