/** Act: the environment of a remediation script: an allow-list, the change, and what the rule names. Pure. */
import type {Match} from '../../decide/plan.ts';
import type {Remediate} from '../../rules/rules.ts';
import {factsOf} from '../facts.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What a script may see of the runner. No inputs, no tokens, none of the runner's command files: whoever can write to
 * `GITHUB_ENV` or `GITHUB_OUTPUT`, or hold `ACTIONS_RUNTIME_TOKEN`, drives the job. `RUNNER_TRACKING_ID` lets the runner
 * find and end what a cancelled job left behind.
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

/** Linux refuses a single variable above 128 KiB; the whole value is in the file of `REACTOR_CHANGE_PATH`. */
const MAX_VALUE = 32_000;

/** The script's variables (design §6). Values of the catalog are text in them, whatever they hold. */
export function scriptEnv(
  stepEnv: Env,
  match: Match,
  remediate: Remediate,
  changePath: string,
): Record<string, string> {
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

/** A NUL would end the variable, and Node refuses to start a process with one. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
