/** Lint: whether a job has the permissions that it needs: to read the rules and to write the memory. Pure. */
import {isObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {scalarText, type WrittenPath} from '../written.ts';
import {isMemoryOff, literalInput, type ReactStep, usesOf, type Workflow} from './workflow.ts';

/** Rules are read from the repository, by a checkout or through the API. The memory is written to branches of it. */
export function lintPermissions({json, jobs, steps}: Workflow): FoundProblem[] {
  return jobs.flatMap(job => {
    const own = steps.filter(step => step.job === job);
    const need = own.some(writesMemory) ? WRITE : own.length > 0 && !hasOwnToken(own) ? READ : undefined;
    if (need === undefined) return [];
    const [permissions, path] =
      job.body['permissions'] === undefined
        ? [json['permissions'], ['permissions']]
        : [job.body['permissions'], [...job.path, 'permissions']];
    return checkContents(permissions, path, need);
  });
}

interface Need {
  readonly levels: readonly string[];
  /** The words that set all permissions. */
  readonly words: readonly string[];
  /** What is not possible with a lower level. */
  readonly purpose: string;
  readonly missing: string;
}

const READ: Need = {
  levels: ['read', 'write'],
  words: ['read-all', 'write-all'],
  purpose: 'let the rules be read',
  missing:
    "the rules can't be read without `contents: read`. Add it (a job's `permissions` replace those of the workflow).",
};
const WRITE: Need = {
  levels: ['write'],
  words: ['write-all'],
  purpose: 'let the memory be written',
  missing:
    "the memory can't be written without `contents: write`. Add it (a job's `permissions` replace those of the workflow), or give the step `memory-token`, or set `memory: off`.",
};

/** Whether the step writes the memory with the job's own token. */
function writesMemory(step: ReactStep): boolean {
  const isDry = literalInput(step, 'dry-run')?.toLowerCase() === 'true';
  const hasToken = ['memory-token', 'github-token'].some(name => isOwnToken(step.inputs.get(name)));
  return literalInput(step, 'mode') !== 'lint' && !isDry && !isMemoryOff(step) && !hasToken;
}

function checkContents(permissions: unknown, path: WrittenPath, need: Need): FoundProblem[] {
  if (permissions === undefined) return [];
  if (typeof permissions === 'string' && permissions !== '') {
    const isKnown = ['read-all', 'write-all'].includes(permissions.trim());
    return !isKnown || need.words.includes(permissions.trim()) ? [] : [{path, message: need.missing}];
  }
  const settings = isObject(permissions) ? permissions : {};
  const {contents} = settings;
  if (contents !== undefined) {
    const level = scalarText(contents);
    if (need.levels.includes(level)) return [];
    const [lowest = 'read'] = need.levels;
    const hint = ['none', 'read'].includes(level) ? `. ${remedyFor(need, lowest)}.` : suggest(level, need.levels);
    return [{path: [...path, 'contents'], message: `"${level}" does not ${need.purpose}${hint}`}];
  }
  const slip = nearest('contents', Object.keys(settings));
  if (slip !== undefined) {
    const message = `"${slip}" is not a permission of GitHub. Did you mean "contents"?`;
    return [{path: [...path, slip], message, atKey: true}];
  }
  return [{path, message: need.missing, atKey: true}];
}

function remedyFor(need: Need, level: string): string {
  return need === WRITE
    ? 'Write `contents: write`, or give the step `memory-token`, or set `memory: off`'
    : `Write ${level}`;
}

/** Whether the checkout or the action uses another token, so that the job's permissions do not matter. */
function hasOwnToken(steps: readonly ReactStep[]): boolean {
  const tokens = steps.flatMap(({job, inputs}) => [
    inputs.get('github-token'),
    ...job.steps
      .filter(step => usesOf(step).startsWith('actions/checkout@'))
      .map(step => (isObject(step['with']) ? step['with']['token'] : undefined)),
  ]);
  return tokens.some(isOwnToken);
}

function isOwnToken(token: unknown): boolean {
  return token !== undefined && !/github\.token|secrets\.GITHUB_TOKEN/i.test(scalarText(token));
}
