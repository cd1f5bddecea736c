/** Downloads the decision record that a workflow run stored as an artifact. */
import * as z from 'zod/mini';
import type {Fetch} from '../../base/deps.ts';
import {messageOf, NetworkError, ReactorError, RequestError} from '../../base/errors.ts';
import {requestJson} from '../../base/http/request-json.ts';
import {firstFileIn} from '../zip.ts';
import {bearer, githubHeaders} from './headers.ts';

export interface ArtifactSettings {
  /** "owner/name" */
  readonly repository: string;
  /** Needs `actions: read`. */
  readonly token: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
}

/** The record does not exist or cannot be downloaded. The message contains the reason and the solution. */
class NoRecord extends ReactorError {}

/** The name that the workflow uses: .github/workflows/port-reactor.yml. */
export const ARTIFACT_NAME = 'decisions';
const MAX_BYTES = 100 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

const Artifacts = z.object({
  artifacts: z.array(z.object({name: z.string(), expired: z.optional(z.boolean()), archive_download_url: z.string()})),
});

/**
 * The text of the record, one line for each change.
 * @throws {NoRecord}
 * @see https://docs.github.com/en/rest/actions/artifacts#list-workflow-run-artifacts
 */
export async function readDecisionArtifact(run: string, settings: ArtifactSettings, fetch: Fetch): Promise<string> {
  const {repository, apiUrl} = settings;
  const headers = githubHeaders({authorization: bearer(settings.token)});
  try {
    const url = `${apiUrl}/repos/${repository}/actions/runs/${run}/artifacts?name=${ARTIFACT_NAME}&per_page=100`;
    const response = Artifacts.safeParse(await requestJson(fetch, {method: 'GET', url, headers}));
    const artifact = response.data?.artifacts.find(({name, expired}) => name === ARTIFACT_NAME && expired !== true);
    if (artifact === undefined) throw new NoRecord(`Run ${run} of ${repository} has no decision record: ${MISSING}`);
    return await downloadRecord(artifact.archive_download_url, settings, fetch);
  } catch (error) {
    if (error instanceof RequestError || error instanceof NetworkError || error instanceof TypeError) {
      throw new NoRecord(`The decision record of run ${run} cannot be read: ${messageOf(error)}. ${ACCESS}`);
    }
    throw error;
  }
}

/**
 * @throws {NetworkError}
 * @throws {RequestError}
 * @throws {PayloadError}
 * @throws {TypeError} if it is not UTF-8
 */
export async function downloadRecord(url: string, settings: ArtifactSettings, fetch: Fetch): Promise<string> {
  const bytes = await download(fetch, url, githubHeaders({authorization: bearer(settings.token)}));
  return new TextDecoder('utf-8', {fatal: true}).decode(firstFileIn(bytes, MAX_BYTES));
}

const MISSING =
  'the artifact "decisions" has expired, or the workflow does not upload it. Replay the time of the run instead: use --since and --until.';
const ACCESS = 'Check GITHUB_REPOSITORY, and give GITHUB_TOKEN `actions: read`.';

/** GitHub redirects to a storage server, which must not receive the token. */
async function download(fetch: Fetch, url: string, headers: Record<string, string>): Promise<Buffer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const first = await fetch(url, {method: 'GET', headers, signal, redirect: 'manual'});
  const location = first.headers.get('location');
  const isRedirected = first.status >= 300 && first.status < 400 && location !== null;
  const response = isRedirected
    ? await fetch(location, {method: 'GET', headers: {'user-agent': 'port-reactor'}, signal, redirect: 'manual'})
    : first;
  if (!response.ok) {
    const {status, headers: answered} = response;
    const body = await response.text();
    throw new RequestError(`the download was answered ${status}`, {
      method: 'GET',
      url,
      status,
      headers: answered,
      body,
    });
  }
  if (response.arrayBuffer === undefined) throw new NetworkError('the download has no content');
  return Buffer.from(await response.arrayBuffer());
}
