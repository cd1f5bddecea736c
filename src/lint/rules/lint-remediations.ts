/** Lint: rules against the workflows that run their remediations: files, variables, jobs and time. Pure. */
import type {JsonObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {parseDuration} from '../../rules/values/duration.ts';
import {bringsFile, checkoutRemedy} from '../workflow/checkout.ts';
import {type ReactStep, usesOf, type Workflow} from '../workflow/workflow.ts';
import {mappingIn, mappingsIn, scalarText, textsAt, type WrittenPart} from '../written.ts';
import {nameOf} from './lint-rules.ts';

/** Variables that rules pass on, and that no step has. @param json the rules file, with mistakes or without */
export function lintPass(json: unknown, step: ReactStep, workflow: Workflow): FoundProblem[] {
  return mappingsIn(json, 'rules').flatMap(rule => checkPass(rule, step, workflow));
}

/** What the runner sets itself. */
const OF_RUNNER =
  /^(GITHUB_|RUNNER_|ACTIONS_|PATH$|HOME$|USER$|LANG$|LC_|TZ$|CI$|SHELL$|JAVA_HOME|ANDROID_|KUBERNETES_)/;

function checkPass({path, value: rule}: WrittenPart<JsonObject>, step: ReactStep, workflow: Workflow): FoundProblem[] {
  const names = textsAt(mappingIn(rule, 'remediate')['pass'], [...path, 'remediate', 'pass']);
  const defined = [step.body, step.job.body, workflow.json].flatMap(level => Object.keys(mappingIn(level, 'env')));
  if (isEnvUnknown(step, workflow)) return [];
  return names
    .filter(({value}) => !defined.includes(value) && !OF_RUNNER.test(value) && !mayBeSetBefore(step, value))
    .map(({path: at, value}) => ({
      path: at,
      message: `${workflow.source.file} gives its step no variable "${value}"${nearest(value, defined) === undefined ? `. Add it under \`env:\` of the step.` : suggest(value, defined)}`,
    }));
}

/** GitHub fills in whole mappings. Actions set variables for the steps behind them. Other machines have variables of their own. */
function isEnvUnknown({body, job, index}: ReactStep, {json}: Workflow): boolean {
  const isTemplate = [body, job.body, json].some(level => typeof level['env'] === 'string');
  const before = job.steps
    .slice(0, index)
    .map(usesOf)
    .filter(uses => uses !== '');
  return isTemplate || !isPlainRunner(job.body) || !before.every(uses => SETS_NOTHING.test(uses));
}

const SETS_NOTHING = /^actions\/(checkout|cache|download-artifact|upload-artifact)@/;

function isPlainRunner({container, 'runs-on': runner}: JsonObject): boolean {
  return container === undefined && /^(ubuntu|macos|windows)-/.test(scalarText(runner));
}

/** `echo "NAME=value" >> "$GITHUB_ENV"` in a step before. */
function mayBeSetBefore({job, index}: ReactStep, name: string): boolean {
  const scripts = job.steps.slice(0, index).map(({run}) => scalarText(run));
  return scripts.some(script => script.includes('GITHUB_ENV') && script.includes(name));
}

/** What is wrong in the workflow, given the rules that a step of it runs. */
export function lintForRemediations(json: unknown, step: ReactStep): FoundProblem[] {
  const scripts = mappingsIn(json, 'rules').filter(
    ({value}) => typeof mappingIn(value, 'remediate')['run'] === 'string',
  );
  if (scripts.length === 0) return [];
  return [...checkFiles(step, scripts), ...checkTime(step, scripts)];
}

function checkFiles(step: ReactStep, scripts: readonly WrittenPart<JsonObject>[]): FoundProblem[] {
  const remedy = checkoutRemedy(step);
  const missing = scripts.find(({value}) => !bringsFile(step, scalarText(mappingIn(value, 'remediate')['run'])));
  if (step.uses.startsWith('.') || remedy === undefined || missing === undefined) return [];
  const rule = nameOf(missing.value) ?? '';
  const message = `the rule "${rule}" runs a script of the repository, which is not there yet. ${remedy}.`;
  return [{path: [...step.path, 'uses'], message}];
}

const DEFAULT_TIMEOUT = '5m';

/** GitHub ends a job or a step whatever runs in it, and no message is sent. */
function checkTime({body, path, job}: ReactStep, rules: readonly WrittenPart<JsonObject>[]): FoundProblem[] {
  const longest = rules
    .map(({value}) => ({
      name: nameOf(value) ?? '',
      timeout: scalarText(mappingIn(value, 'remediate')['timeout'] ?? DEFAULT_TIMEOUT),
    }))
    .map(one => ({...one, minutes: (parseDuration(one.timeout) ?? 0) / 60_000}))
    .toSorted((a, b) => b.minutes - a.minutes)[0];
  return [
    {path, value: body},
    {path: job.path, value: job.body},
  ].flatMap(({path: at, value}) => {
    const minutes = value['timeout-minutes'];
    if (longest === undefined || typeof minutes !== 'number' || minutes >= longest.minutes) return [];
    const message = `is shorter than the ${longest.timeout} that the script of the rule "${longest.name}" may take: it would be cut off, and no message would be sent. Set it to ${Math.ceil(longest.minutes) + 4}.`;
    return [{path: [...at, 'timeout-minutes'], message}];
  });
}
