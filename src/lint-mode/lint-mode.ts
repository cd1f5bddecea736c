/** The entry of `mode: lint`: read → check → compare with the base → report. Built as a separate bundle, scripts/build.js. */
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import type {World} from '../base/deps.ts';
import {ConfigError} from '../base/errors.ts';
import {isFile} from '../base/files.ts';
import type {Run} from '../base/run.ts';
import type {PortCredentials} from '../clients/port-call.ts';
import {filesOf, readRepository} from '../lint/read-repository.ts';
import {reportFailure} from '../report/report-failure.ts';
import {check} from './check.ts';
import {loadBlueprints} from './known-blueprints.ts';
import {checkMonth} from './month.ts';
import {remarksOnPublicMemory} from './public-memory.ts';
import {readBase} from './read-base.ts';
import {reportLint} from './report-lint.ts';

/** The inputs of the action that apply to `mode: lint`. */
export interface LintInputs {
  /** Relative to the workspace. */
  readonly rules: string;
  readonly githubToken: string | undefined;
  readonly port: PortCredentials | undefined;
}

type LintWorld = Pick<World, 'core' | 'env' | 'fetch' | 'sleep' | 'loadGitHub' | 'now'>;

/**
 * Fails the step if there is a mistake or a failed rule test. Never rejects, because the error classes of this bundle differ
 * from those of the main bundle.
 */
export async function lintMode(inputs: LintInputs, run: Run, world: LintWorld): Promise<void> {
  try {
    await lintWorkspace(inputs, run, world);
  } catch (error) {
    reportFailure(error, world.core, world.env);
  }
}

async function lintWorkspace({rules, githubToken, port}: LintInputs, run: Run, world: LintWorld): Promise<void> {
  const {core, env} = world;
  if (!isFile(resolve(run.workspace, rules))) throw noRules(rules);
  const repository = readRepository(run.workspace, rules);
  const known = await loadBlueprints({repository, root: run.workspace, port}, world);
  const base = await readBase(repository.rules.file, run, {token: githubToken, world});
  const eventType = env['REACTOR_EVENT_TYPE']?.trim() || 'port-catalog-change';
  const checked = check(repository, base, {known, eventType});
  const lastMonth = await checkMonth({repository, base, port, run}, world);
  const files = [...filesOf(repository), ...known.files];
  const remarks = [
    ...checked.remarks,
    ...lastMonth.remarks,
    ...remarksOnPublicMemory(repository, readEvent(run.eventPath)),
  ];
  const problems = [...checked.problems, ...lastMonth.problems];
  const {month, isUnprotected} = lastMonth;
  const report = {...checked, problems, remarks, files, isIncomplete: known.failure !== undefined, isUnprotected};
  reportLint(month === undefined ? report : {...report, month}, core, run.hasSummary);
}

/** Undefined if the event cannot be read, because only a remark depends on it. */
function readEvent(path: string | undefined): unknown {
  try {
    return path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function noRules(rules: string): ConfigError {
  const message = 'Add a step with actions/checkout before this one. If there is one, fix the input `rules`.';
  return new ConfigError(`There is no rules file ${rules} in the workspace.`, [{message}]);
}
