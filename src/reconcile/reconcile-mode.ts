/** Runs `mode: reconcile`: one round → log, job summary, outputs, and the conclusion of the step. */
import {type Bot, createSlack, type Destination} from '../act/slack/post/slack.ts';
import type {World} from '../base/deps.ts';
import {ConfigError, type Problem} from '../base/errors.ts';
import type {Run} from '../base/run.ts';
import {logText} from '../base/text/show.ts';
import type {PortCredentials} from '../clients/port-call.ts';
import {DEFAULT_DESTINATION} from '../decide/route.ts';
import {reportFailure} from '../report/report-failure.ts';
import {summaryHtml} from '../report/summary-html.ts';
import type {Rules} from '../rules/rules.ts';
import type {Loaded} from '../rules/yaml/load-yaml.ts';
import {reconcile} from './reconcile.ts';
import {classesOf, reconcileHeadline, sentencesOf} from './render-round.ts';
import {isFullyAccounted, type ReconcileOptions, type RoundResult} from './round-result.ts';
import {DEFAULT_ALARM_MS, readRelaySettings} from './settings.ts';

/** The inputs of the action that this mode reads. */
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

/** Fails the step if a change is still missing or unknown. Never rejects, so that this bundle reports its own errors. */
export async function reconcileMode(options: ModeOptions, world: ModeWorld): Promise<void> {
  try {
    const {bot} = options.inputs;
    const result = await reconcile(optionsOf(options, world.env), {...world, slack: createSlack({...world, bot})});
    report(withInputErrors(result, options.inputs.error), options.run, world);
  } catch (error) {
    reportFailure(error, world.core, world.env);
  }
}

/** An invalid destination fails the step. The other destinations still work. */
function withInputErrors(result: RoundResult, error: ConfigError | undefined): RoundResult {
  return error === undefined ? result : {...result, failures: [...result.failures, error.message]};
}

/** @throws {ConfigError} with all problems */
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
    alarmAfterMs: DEFAULT_ALARM_MS,
    dryRun,
    alarmTo: destinations.get(DEFAULT_DESTINATION),
    runsUrl: run.url.replace(/\/runs\/\d*$/, ''),
    run: {name: run.name, url: run.url, link: run.url},
  };
}

const NEEDS_PORT =
  'Set the inputs `port-client-id` and `port-client-secret` to those of an administrator. Only administrators can read the audit log.';
const NEEDS_TOKEN =
  'The token is missing. Keep the default of the input `github-token`, and give the job `contents: write`.';
const NEEDS_MEMORY = 'The memory is off, so the handled changes are not known. Remove `memory: off` from the step.';

function report(result: RoundResult, run: Run, {core, now}: ModeWorld): void {
  const sentences = sentencesOf(result, now());
  core.info(reconcileHeadline(result));
  for (const {name, changes, meaning} of classesOf(result)) core.info(`${name}: ${changes} (${meaning})`);
  for (const sentence of sentences) core.info(logText(sentence));
  const isSuccessful = isFullyAccounted(result);
  const outcome = !isSuccessful
    ? 'failed'
    : result.dryRun
      ? 'dry-run'
      : result.dispatched.length > 0
        ? 'reacted'
        : 'nothing';
  for (const [name, value] of Object.entries({...NO_REACTIONS, outcome})) core.setOutput(name, value);
  if (run.hasSummary) core.appendSummary(renderSummary(result, sentences));
  if (!isSuccessful) core.setFailed(failureReasons(result).map(logText).join('\n'));
}

/** Empty values that `fromJSON` in a later step can parse. */
const NO_REACTIONS = {reactions: '[]', remediations: '[]', 'remediations-by-job': '{}'};

/** At least one sentence, if the round failed. */
function failureReasons({failures, waiting, overdue, unreadable}: RoundResult): string[] {
  const late = waiting.length + overdue.length;
  return [
    ...failures,
    ...(late === 0 ? [] : [`Dispatched earlier, and still undecided: ${late}. See the runs of the workflow.`]),
    ...(unreadable.length === 0 ? [] : [`Entries of Port's audit log that cannot be read: ${unreadable.length}.`]),
  ];
}

/** GitHub discards a summary of more than 1 MiB. */
const MAX_SENTENCES = 500;

function renderSummary(result: RoundResult, sentences: readonly string[]): string {
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
    summaryHtml`<h2>${isFullyAccounted(result) ? '✅' : '❌'} Port Reactor, reconcile: ${reconcileHeadline(result)}</h2>
<p>Port&#39;s audit log from ${from} to ${to}.</p>
<table>${rows}</table>
${list}`.markup
  }\n`;
}
