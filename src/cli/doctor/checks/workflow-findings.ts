/** Checks the workflows of the default branch. Pure. */
import {count, showValue} from '../../../base/text/show.ts';
import {lintDestinations} from '../../../lint/routes/lint-destinations.ts';
import type {Source} from '../../../lint/source.ts';
import {runsRules} from '../../../lint/workflow/checkout.ts';
import {githubProblems} from '../../../lint/workflow/github-parser.ts';
import {lintConcurrency} from '../../../lint/workflow/lint-concurrency.ts';
import {lintPermissions} from '../../../lint/workflow/lint-permissions.ts';
import {lintStep} from '../../../lint/workflow/lint-step.ts';
import {lintTriggers} from '../../../lint/workflow/lint-trigger.ts';
import {allExpressions, isOtherMode, isPassive, readWorkflow, type Workflow} from '../../../lint/workflow/workflow.ts';
import {accessesIn} from '../../../lint/workflow/workflow-expression.ts';
import type {FoundProblem} from '../../../rules/problem.ts';
import {advice, type Finding, failed, notChecked, ok} from '../finding.ts';
import type {Workflows} from '../read-workflows.ts';

/** The workflows that use the action. `reacting`: those in which it reacts to the relay's dispatches. */
export interface ActionWorkflows {
  readonly all: readonly Workflow[];
  readonly reacting: readonly Workflow[];
}

export function actionWorkflows({files, ownAction}: Workflows): ActionWorkflows {
  const all = files.flatMap(file => readWorkflow(file, ownAction) ?? []);
  return {all, reacting: all.filter(({steps}) => steps.some(step => !isOtherMode(step)))};
}

interface Place {
  /** `main of acme/ops` */
  readonly where: string;
  readonly branch: string;
  readonly eventType: string;
}

const COPY = 'Copy .github/workflows/port-reactor.yml of Port Reactor to the default branch, and set `uses:` in it.';

/** Checks that a workflow starts for the dispatches of the relay, with the required permissions. */
export function workflowFindings(own: ActionWorkflows, {where, branch, eventType}: Place): readonly Finding[] {
  const broken = own.all.filter(({source, steps}) => steps.length === 0 || source.mistakes.length > 0);
  const unreadable = broken.flatMap(({source}) =>
    source.mistakes.length > 0 ? source.mistakes : githubProblems(source),
  );
  const found = [...unreadable.map(problem => failed(placed(problem), fixFor(branch)))];
  if (own.reacting.length === 0) {
    return found.length > 0 ? found : [failed(`${where} has no workflow that uses the action.`, COPY)];
  }
  const started = own.reacting.filter(({triggers}) => triggers.has('repository_dispatch'));
  if (started.length === 0) {
    const [file] = own.reacting.map(({source}) => source.file);
    const fix = `Add \`repository_dispatch: { types: [${eventType}] }\` to its \`on:\`.`;
    return [...found, failed(`${file} on ${where} does not start for dispatches of the relay.`, fix)];
  }
  const problems = own.reacting.flatMap(workflow => problemsOf(workflow, eventType));
  const all = [...found, ...problems.map(problem => failed(problem, fixFor(branch)))];
  const names = started.map(({source}) => source.file).join(', ');
  return all.length > 0 ? all : [ok(`${names} on ${where} starts for ${eventType}.`)];
}

/** Only the checks of `lint` for mistakes that prevent a run from starting or from reacting. */
function problemsOf(workflow: Workflow, eventType: string): string[] {
  const {source, steps} = workflow;
  const found = [
    ...lintTriggers(workflow, eventType),
    ...lintPermissions(workflow),
    ...steps.flatMap(step => lintStep(step, () => true)),
  ];
  return [...githubProblems(source), ...found.map(source.place)].map(placed);
}

function fixFor(branch: string): string {
  return `Fix the file on ${branch}, the branch that GitHub uses. Check it with \`port-reactor lint\` before you push.`;
}

function placed({file, line, message}: {file: string; line: number; message: string}): string {
  return `${file}:${line}: ${message}`;
}

/** Checks that runs are queued, and that GitHub cancels none. */
export function queueFindings({reacting}: ActionWorkflows, branch: string): readonly Finding[] {
  if (reacting.length === 0) return [notChecked('no workflow reacts')];
  const found = reacting.flatMap(workflow => {
    const place = (problem: FoundProblem) => placed(workflow.source.place(problem));
    return lintConcurrency(workflow).map(problem => failed(place(problem), fixFor(branch)));
  });
  return found.length > 0 ? found : [ok('Runs wait in the queue of their partition (`queue: max`).')];
}

/** Why GitHub starts no run, by state. @see https://docs.github.com/en/rest/actions/workflows */
const REASONS: Readonly<Record<string, string>> = {
  disabled_manually: 'a person disabled it',
  disabled_inactivity: 'GitHub disabled it after 60 days without activity in the repository',
  disabled_fork: 'GitHub disabled it because the repository is a fork',
};

export function enabledFindings({reacting}: ActionWorkflows, {states, isOff, unknown}: Workflows, repository: string) {
  if (isOff) {
    const fix = `Enable it in the settings of ${repository}, under Actions > General.`;
    return [failed(`Actions is disabled in ${repository}, so no run starts.`, fix)];
  }
  if (reacting.length === 0) return [notChecked('no workflow reacts')];
  if (states === undefined) return [notChecked(unknown)];
  return reacting.map(({source: {file}}) => {
    const state = states.get(file);
    if (state === 'active') return ok(`${file} is enabled.`);
    if (state === undefined) {
      return failed(
        `GitHub does not list the workflow ${file}, although the file exists. It starts no run of it.`,
        ENABLE_ACTIONS,
      );
    }
    const name = file.split('/').at(-1);
    const fix = `gh workflow enable ${name} --repo ${repository}`;
    return failed(`${file} starts no run: ${REASONS[state] ?? `its state is ${showValue(state, 40)}`}.`, fix);
  });
}

const ENABLE_ACTIONS = 'Open the Actions tab of the repository, which shows the reason, and enable the workflow.';

export interface SecretUse {
  readonly name: string;
  readonly file: string;
  /** Whether it is passed to the action as an input, which would be empty. */
  readonly isInput: boolean;
}

/** The secrets that the workflows read, without duplicates. Names are in upper case, as in GitHub. */
export function secretsRead({all}: ActionWorkflows): SecretUse[] {
  const uses = all.flatMap(workflow =>
    [...allExpressions(workflow.json, [])].flatMap(({path, value}) =>
      accessesIn(value).flatMap(({keys: [context, name]}) => {
        if (context !== 'secrets' || name === undefined || name === '*' || name === 'github_token') return [];
        const isInput = workflow.steps.some(step => isWithin(path, [...step.path, 'with']));
        return [{name: name.toUpperCase(), file: workflow.source.file, isInput}];
      }),
    ),
  );
  const byName = new Map<string, SecretUse>();
  for (const use of uses) if (use.isInput || !byName.has(use.name)) byName.set(use.name, use);
  return [...byName.values()];
}

function isWithin(path: readonly PropertyKey[], outer: readonly PropertyKey[]): boolean {
  return outer.every((key, index) => path[index] === key);
}

/** The environments whose secrets the jobs can read. */
export function jobEnvironmentsOf({all}: ActionWorkflows): string[] {
  const names = all.flatMap(({jobs}) =>
    jobs.flatMap(({body: {environment}}) => {
      const name =
        typeof environment === 'object' && environment !== null ? Reflect.get(environment, 'name') : environment;
      return typeof name === 'string' && !name.includes('${{') ? [name] : [];
    }),
  );
  return [...new Set(names)];
}

/** @param there the names of the existing secrets */
export function secretFindings(uses: readonly SecretUse[], there: ReadonlySet<string>, repository: string) {
  const missing = uses.filter(({name}) => !there.has(name));
  const found: Finding[] = missing.map(({name, file, isInput}) => {
    const fix = `gh secret set ${name} --repo ${repository}`;
    return isInput
      ? failed(
          `${file} passes secrets.${name} to the action, but ${repository} has no secret of this name, so the input is empty.`,
          fix,
        )
      : advice(`${file} reads secrets.${name}, but ${repository} has no secret of this name.`, fix);
  });
  if (found.some(({status}) => status === 'failed')) return found;
  return [ok(`${repository} has ${count(uses.length - missing.length, 'secret')} that the workflows read.`), ...found];
}

/** Destinations in the rules that the reacting steps do not configure. @param rules the file */
export function destinationFindings({reacting}: ActionWorkflows, rules: Source): readonly Finding[] {
  const found = reacting.flatMap(workflow =>
    workflow.steps
      .filter(step => !isPassive(step) && runsRules(step, rules.file))
      .flatMap(step => lintDestinations(rules.json, step, workflow).map(rules.place)),
  );
  return [...new Set(found.map(placed))].map(problem =>
    failed(problem, 'Use a destination that the workflow configures, or configure this one in the workflow.'),
  );
}
