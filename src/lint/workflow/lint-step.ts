import {nearest, suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {mappingIn} from '../written.ts';
import {ACTION_INPUTS} from './action-metadata.ts';
import {checkoutRemedy, pathInRepository} from './checkout.ts';
import {destinationsOf} from './destinations.ts';
import {hasInput, inputPath, isMemoryOff, isReconciling, literalInput, type ReactStep} from './workflow.ts';

/** @param fileExists whether the repository has a file */
export function lintStep(step: ReactStep, fileExists: (path: string) => boolean): FoundProblem[] {
  return [
    ...checkVersion(step),
    ...checkCheckout(step),
    ...checkNames(step),
    ...checkValues(step, fileExists),
    ...checkCredentials(step),
    ...destinationsOf(step).mistakes,
  ];
}

/** Placeholders that documentation uses instead of names. */
const PLACEHOLDER = /^(OWNER|ORG|<[^>/]*>|your[-_][\w-]+)(?=\/)|(?<=@)<[^>]*>?$/;

function checkVersion({uses, path}: ReactStep): FoundProblem[] {
  const [left] = PLACEHOLDER.exec(uses) ?? [];
  if (left !== undefined) {
    const meant = uses.startsWith(left) ? 'account that hosts the action' : 'commit or tag of a release';
    const message = `"${left}" is a placeholder. Replace it with the ${meant}.`;
    return [{path: [...path, 'uses'], part: left, message}];
  }
  if (uses.startsWith('.') || uses.startsWith('$') || /@./.test(uses)) return [];
  const message = `needs a version, because GitHub refuses the workflow without one. Write ${uses.replace(/@$/, '')}@v1, or better the commit of a release.`;
  return [{path: [...path, 'uses'], message}];
}

/** Reports a missing checkout, if the action itself or the files to check are in the repository. */
function checkCheckout(step: ReactStep): FoundProblem[] {
  const remedy = checkoutRemedy(step);
  if (remedy === undefined) return [];
  if (literalInput(step, 'mode') === 'lint') {
    const message = `reads the files of the repository, which are not checked out yet. ${remedy}.`;
    return [{path: inputPath(step, 'mode'), message}];
  }
  if (!step.uses.startsWith('.')) return [];
  const message = `"${step.uses}" is an action of this repository, which is not checked out yet. ${remedy}.`;
  return [{path: [...step.path, 'uses'], message}];
}

function checkNames({path, inputs, body}: ReactStep): FoundProblem[] {
  const unknown = Object.keys(mappingIn(body, 'with')).filter(name => !ACTION_INPUTS.includes(name.toLowerCase()));
  const unused = ACTION_INPUTS.filter(name => !inputs.has(name));
  return unknown.map(name => ({
    path: [...path, 'with', name],
    shown: [...path, 'with'],
    atKey: true,
    message: `"${name}" is not an input of the action${suggest(name, nearest(name, unused) === undefined ? ACTION_INPUTS : unused)}`,
  }));
}

const MODES = ['react', 'lint', 'clock', 'command', 'reconcile'];

const NEEDS_MEMORY = '`mode: reconcile` needs the memory, which records the handled changes. The run would fail.';

const TOKENS = ['memory-token', 'github-token'];
const OTHER_REPOSITORY =
  "also needs `memory-token`: the job's own token cannot write to another repository. Use the token of a GitHub App.";

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function hintOn(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return near === undefined ? '.' : `. Did you mean "${near}"?`;
}

function checkValues(step: ReactStep, fileExists: (path: string) => boolean): FoundProblem[] {
  const dryRun = literalInput(step, 'dry-run');
  const rules = literalInput(step, 'rules');
  const mode = literalInput(step, 'mode');
  const memory = literalInput(step, 'memory');
  const at = (name: string, message: string): FoundProblem => ({path: inputPath(step, name), message});
  return [
    ...(dryRun !== undefined && !/^(true|false)$/i.test(dryRun)
      ? [at('dry-run', `must be true or false, but is "${dryRun}". The run would fail.`)]
      : []),
    ...(mode !== undefined && !MODES.includes(mode)
      ? [at('mode', `must be ${listed(MODES)}, but is "${mode}"${hintOn(mode, MODES)} The run would fail.`)]
      : []),
    ...(memory !== undefined && !/^(on|off|true|false)$/i.test(memory)
      ? [at('memory', `must be on or off, but is "${memory}". The run would fail.`)]
      : []),
    ...(isReconciling(step) && isMemoryOff(step) ? [at('memory', NEEDS_MEMORY)] : []),
    ...(hasInput(step, 'memory-repository') && !TOKENS.some(name => hasInput(step, name))
      ? [at('memory-repository', OTHER_REPOSITORY)]
      : []),
    ...(rules !== undefined && isMissing(step, rules, fileExists)
      ? [at('rules', `there is no file "${rules}" in the repository. Commit it, or fix the path.`)]
      : []),
  ];
}

function isMissing(step: ReactStep, rules: string, fileExists: (path: string) => boolean): boolean {
  const path = pathInRepository(step, rules);
  return path !== undefined && !fileExists(path);
}

const NEEDS_PORT =
  "needs `port-client-id` and `port-client-secret` of an administrator, because it reads Port's audit log.";

function checkCredentials(step: ReactStep): FoundProblem[] {
  const names = ['port-client-id', 'port-client-secret'];
  const given = names.filter(name => hasInput(step, name));
  const missing = names.find(name => !hasInput(step, name));
  if (given.length === 0 && isReconciling(step)) return [{path: inputPath(step, 'mode'), message: NEEDS_PORT}];
  if (given.length !== 1 || missing === undefined) return [];
  const message = `also needs \`${missing}\`. Set both, or neither.`;
  return [{path: inputPath(step, given[0] ?? ''), message, atKey: true}];
}
