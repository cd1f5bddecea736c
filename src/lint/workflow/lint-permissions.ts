/** Lint: whether a job may read what it needs. Pure. */
import {isObject} from '../../base/json.ts';
import {nearest, suggest} from '../../base/nearest.ts';
import type {FoundProblem} from '../../rules/check/check-rules.ts';
import {type Path, scalarText} from '../written.ts';
import {type ReactStep, usesOf, type Workflow} from './workflow.ts';

/** Rules are read from the repository, by a checkout or through the API: either needs to be allowed to. */
export function lintPermissions({json, jobs, steps}: Workflow): FoundProblem[] {
  return jobs.flatMap(job => {
    const own = steps.filter(step => step.job === job);
    if (own.length === 0 || hasOwnToken(own)) return [];
    const [permissions, path] =
      job.body['permissions'] === undefined
        ? [json['permissions'], ['permissions']]
        : [job.body['permissions'], [...job.path, 'permissions']];
    return checkContents(permissions, path);
  });
}

const MAY_NOT_READ =
  "the rules can't be read without `contents: read`; add it (a job's `permissions` replace those of the workflow)";

function checkContents(permissions: unknown, path: Path): FoundProblem[] {
  if (permissions === undefined || (typeof permissions === 'string' && permissions !== '')) return [];
  const settings = isObject(permissions) ? permissions : {};
  if (settings['contents'] === 'read' || settings['contents'] === 'write') return [];
  if (settings['contents'] !== undefined) {
    const level = scalarText(settings['contents']);
    const hint = level === 'none' ? '; write read' : suggest(level, ['read', 'write']);
    return [{path: [...path, 'contents'], message: `"${level}" does not let the rules be read${hint}`}];
  }
  const slip = nearest('contents', Object.keys(settings));
  if (slip !== undefined)
    return [
      {path: [...path, slip], message: `"${slip}" is no permission of GitHub's; did you mean "contents"?`, atKey: true},
    ];
  return [{path, message: MAY_NOT_READ, atKey: true}];
}

/** A token of their own, for the checkout or for the action, makes the job's permissions say nothing. */
function hasOwnToken(steps: readonly ReactStep[]): boolean {
  const tokens = steps.flatMap(({job, inputs}) => [
    inputs.get('github-token'),
    ...job.steps
      .filter(step => usesOf(step).startsWith('actions/checkout@'))
      .map(step => (isObject(step['with']) ? step['with']['token'] : undefined)),
  ]);
  return tokens.some(token => token !== undefined && !/github\.token|secrets\.GITHUB_TOKEN/i.test(scalarText(token)));
}
