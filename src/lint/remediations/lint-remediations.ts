/** Lint: compares rules with the workflows that run their remediations: files, variables, jobs and timeouts. Pure. */
import type {JsonObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {parseDuration} from '../../rules/values/duration.ts';
import {ruleNameOf} from '../rules/lint-rules.ts';
import {checkoutRemedy, providesFile} from '../workflow/checkout.ts';
import {type ReactStep, usesOf, type Workflow} from '../workflow/workflow.ts';
import {mappingIn, mappingsIn, scalarText, textsAt, type WrittenPart} from '../written.ts';

/** Reports variables in `pass` that the step does not have. @param json the rules file, possibly with mistakes */
export function lintPass(json: unknown, step: ReactStep, workflow: Workflow): FoundProblem[] {
  return mappingsIn(json, 'rules').flatMap(rule => checkPass(rule, step, workflow));
}

/** Variables that the runner sets. */
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
      message: `${workflow.source.file} does not set the variable "${value}"${nearest(value, defined) === undefined ? `. Add it under \`env:\` of the step.` : suggest(value, defined)}`,
    }));
}

/**
 * Whether the variables of the step are unknown. An expression can set a whole mapping, actions can set variables for later
 * steps, and self-hosted runners can have other variables.
 */
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

/** Whether an earlier step possibly runs `echo "NAME=value" >> "$GITHUB_ENV"`. */
function mayBeSetBefore({job, index}: ReactStep, name: string): boolean {
  const scripts = job.steps.slice(0, index).map(({run}) => scalarText(run));
  return scripts.some(script => script.includes('GITHUB_ENV') && script.includes(name));
}

/** Problems in the workflow, for the rules that one of its steps runs. */
export function lintForRemediations(json: unknown, step: ReactStep): FoundProblem[] {
  const scripts = mappingsIn(json, 'rules').filter(
    ({value}) => typeof mappingIn(value, 'remediate')['run'] === 'string',
  );
  if (scripts.length === 0) return [];
  return [...checkFiles(step, scripts), ...checkTime(step, scripts)];
}

function checkFiles(step: ReactStep, scripts: readonly WrittenPart<JsonObject>[]): FoundProblem[] {
  const remedy = checkoutRemedy(step);
  const missing = scripts.find(({value}) => !providesFile(step, scalarText(mappingIn(value, 'remediate')['run'])));
  if (step.uses.startsWith('.') || remedy === undefined || missing === undefined) return [];
  const rule = ruleNameOf(missing.value) ?? '';
  const message = `the rule "${rule}" runs a script of the repository, which is not checked out yet. ${remedy}.`;
  return [{path: [...step.path, 'uses'], message}];
}

const DEFAULT_TIMEOUT = '5m';

/** Reports timeouts that are too short. GitHub cancels the job or step, and no message is sent. */
function checkTime({body, path, job}: ReactStep, rules: readonly WrittenPart<JsonObject>[]): FoundProblem[] {
  const longest = rules
    .map(({value}) => ({
      name: ruleNameOf(value) ?? '',
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
    const message = `is shorter than the ${longest.timeout} that the script of the rule "${longest.name}" can take. GitHub would cancel it, and no message would be sent. Set it to ${Math.ceil(longest.minutes) + 4}.`;
    return [{path: [...at, 'timeout-minutes'], message}];
  });
}
