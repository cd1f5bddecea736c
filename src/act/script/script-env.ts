/**
 * Act: the environment of a remediation script: allowed runner variables, the change, and the variables that the rule lists.
 * Pure.
 */
import type {Match} from '../../decide/plan.ts';
import type {Remediate} from '../../rules/rules.ts';
import {factsOf} from '../facts.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The runner variables that a script can read: no inputs, no tokens, no command files. A script that can write to `GITHUB_ENV`
 * or `GITHUB_OUTPUT`, or that has `ACTIONS_RUNTIME_TOKEN`, controls the job. With `RUNNER_TRACKING_ID`, the runner finds and
 * ends the processes that a cancelled job left running.
 */
const ALLOWED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'CI',
  'RUNNER_ARCH',
  'RUNNER_NAME',
  'RUNNER_OS',
  'RUNNER_TEMP',
  'RUNNER_TOOL_CACHE',
  'RUNNER_TRACKING_ID',
  'GITHUB_ACTIONS',
  'GITHUB_ACTOR',
  'GITHUB_JOB',
  'GITHUB_REF',
  'GITHUB_REPOSITORY',
  'GITHUB_RUN_ATTEMPT',
  'GITHUB_RUN_ID',
  'GITHUB_RUN_NUMBER',
  'GITHUB_SERVER_URL',
  'GITHUB_SHA',
  'GITHUB_WORKFLOW',
  'GITHUB_WORKSPACE',
] as const;

/** Linux rejects a variable above 128 KiB. The file at `REACTOR_CHANGE_PATH` contains the whole value. */
const MAX_VALUE = 32_000;

interface ScriptRun {
  readonly match: Match;
  readonly remediate: Remediate;
  /** The file that contains the change. */
  readonly changePath: string;
}

/** The variables of the script. Catalog values are plain text in them. */
export function scriptEnv(stepEnv: Env, {match, remediate, changePath}: ScriptRun): Record<string, string> {
  const names = [...ALLOWED, ...remediate.pass];
  const passed = names.flatMap(name => (stepEnv[name] === undefined ? [] : [[name, stepEnv[name]] as const]));
  return {...Object.fromEntries(passed), ...remediate.env, ...reactorVariables(match, changePath)};
}

function reactorVariables(match: Match, changePath: string): Record<string, string> {
  const {rule, entity, title, blueprint, property, from, to, at} = factsOf(match, MAX_VALUE);
  const values = {
    REACTOR_RULE: rule,
    REACTOR_ENTITY: entity,
    REACTOR_TITLE: title,
    REACTOR_BLUEPRINT: blueprint,
    REACTOR_PROPERTY: property,
    REACTOR_FROM: from,
    REACTOR_TO: to,
    REACTOR_AT: at,
    REACTOR_CHANGE_PATH: changePath,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, withoutNul(value)]));
}

/** A NUL character would end the variable, and Node would not start the process. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
