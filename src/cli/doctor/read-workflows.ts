/** Reads the workflows of the default branch, and whether they are enabled. */

import {NetworkError} from '../../base/errors.ts';
import {isObject} from '../../base/json.ts';
import {describeResponse} from '../../clients/github/response.ts';
import type {SourceFile} from '../../lint/source.ts';
import {adviceFor, type GitHubApi, type GitHubReply, listIn, readFile} from './github-api.ts';

export interface Workflows {
  /** The workflow files on the default branch. */
  readonly files: readonly SourceFile[];
  /** By path: `active`, `disabled_manually`, `disabled_inactivity`, … Undefined if the token cannot read them. */
  readonly states: ReadonlyMap<string, string> | undefined;
  /** Why the states are not known. Empty if they are. */
  readonly unknown: string;
  /** Whether Actions is disabled for the repository. */
  readonly isOff: boolean;
  /** Whether `uses: ./` is this action. */
  readonly ownAction: boolean;
}

const FOLDER = '.github/workflows';

/** @throws {NetworkError} also if the files cannot be read */
export async function readWorkflows(api: GitHubApi): Promise<Workflows> {
  const [folder, states, permissions, ownAction] = await Promise.all([
    api.get(`contents/${FOLDER}`),
    api.get('actions/workflows?per_page=100'),
    api.get('actions/permissions'),
    hasOwnAction(api),
  ]);
  const known = new Map(listIn(states, 'workflows').map(({path, state}) => [String(path), String(state)]));
  return {
    files: await readAll(api, pathsIn(folder, known)),
    states: states.status === 200 ? known : undefined,
    unknown: states.status === 200 ? '' : `${describeResponse(states)}. ${adviceFor(states, 'Actions: read')}`,
    isOff: isObject(permissions.json) && permissions.json['enabled'] === false,
    ownAction,
  };
}

/** @throws {NetworkError} if GitHub returns neither the folder nor the list of workflows */
function pathsIn(folder: GitHubReply, states: ReadonlyMap<string, string>): string[] {
  if (folder.status !== 200 && folder.status !== 404) {
    throw new NetworkError(
      `${FOLDER} could not be read: ${describeResponse(folder)}. ${adviceFor(folder, 'Contents: read')}`,
    );
  }
  const listed = listIn(folder).map(({path, name}) => (typeof path === 'string' ? path : `${FOLDER}/${name}`));
  const all = [...new Set([...listed, ...states.keys()])];
  return all.filter(path => path.startsWith(`${FOLDER}/`) && /\.ya?ml$/.test(path)).sort();
}

/** Skips files that do not exist: GitHub also lists workflows of other branches. */
async function readAll(api: GitHubApi, paths: readonly string[]): Promise<SourceFile[]> {
  const files = await Promise.all(
    paths.map(async file => {
      const text = await readFile(api, file);
      return text === undefined ? [] : [{file, text}];
    }),
  );
  return files.flat();
}

/** The same logic as `readRepository` in src/lint/read-repository.ts. */
async function hasOwnAction(api: GitHubApi): Promise<boolean> {
  const text = (await readFile(api, 'action.yml')) ?? (await readFile(api, 'action.yaml'));
  if (text !== undefined) return /^name:\s*Port Reactor\s*$/m.test(text);
  return (await readFile(api, 'Dockerfile')) === undefined;
}
