/** Downloads the newest decision records of a repository, which the workflow stores as artifacts. */
import * as z from 'zod/mini';
import type {Fetch} from '../../base/deps.ts';
import {messageOf, ReactorError, RequestError} from '../../base/errors.ts';
import {requestJson} from '../../base/http/request-json.ts';
import {ARTIFACT_NAME, type ArtifactSettings, downloadRecord} from './decision-artifact.ts';
import {bearer, githubHeaders} from './headers.ts';
import {isRateLimit} from './limit.ts';
import {responseIn} from './response.ts';

export interface RecordsQuery extends ArtifactSettings {
  /** Only artifacts after this time, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** The maximum number of records to download. */
  readonly max?: number;
}

export interface DownloadedRecords {
  /** One record each, as JSON lines. */
  readonly texts: readonly string[];
  /** What is missing, as sentences. */
  readonly failures: readonly string[];
}

/** The list of artifacts, or every record, cannot be read. The message contains the reason and the solution. */
class NoRecords extends ReactorError {}

/**
 * The maximum number of records to download, with one request each. A token is limited to 5,000 requests an hour, and a
 * workflow's to 1,000.
 */
const MAX_RECORDS = 500;
const AT_ONCE = 6;
const PER_PAGE = 100;

const Artifact = z.object({
  archive_download_url: z.string(),
  created_at: z.string(),
  expired: z.optional(z.boolean()),
  workflow_run: z.nullish(z.object({id: z.nullish(z.number())})),
});
type Artifact = z.infer<typeof Artifact>;
const Page = z.object({artifacts: z.array(Artifact)});

/** @throws {NoRecords} if GitHub does not list the artifacts */
export async function downloadRecords(query: RecordsQuery, fetch: Fetch): Promise<DownloadedRecords> {
  const {max = MAX_RECORDS} = query;
  const found = await listArtifacts(query, max, fetch);
  const [kept, expired] = [found.filter(one => one.expired !== true), found.filter(one => one.expired === true)];
  const records = kept.slice(0, max);
  const results = await inTurns(records, one => attempt(one, query, fetch));
  const failures = results.flatMap(result => ('failure' in result ? [result.failure] : []));
  return {
    texts: results.flatMap(result => ('text' in result ? [result.text] : [])),
    failures: [
      ...(kept.length > max ? [`Only the newest ${max} records were downloaded. Choose a later --since.`] : []),
      ...(expired.length > 0 ? [`${expired.length} records have expired and are no longer on GitHub.`] : []),
      ...failures,
    ],
  };
}

/**
 * Newest first, back to `sinceMs`, at most `max` + 1.
 * @see https://docs.github.com/en/rest/actions/artifacts
 */
async function listArtifacts(query: RecordsQuery, max: number, fetch: Fetch): Promise<Artifact[]> {
  const {repository, apiUrl, sinceMs} = query;
  const found: Artifact[] = [];
  for (let page = 1; found.length <= max; page++) {
    const url = `${apiUrl}/repos/${repository}/actions/artifacts?name=${ARTIFACT_NAME}&per_page=${PER_PAGE}&page=${page}`;
    const response = await requestJson(fetch, {
      method: 'GET',
      url,
      headers: githubHeaders({authorization: bearer(query.token)}),
    }).catch(error => {
      throw new NoRecords(
        `The decision records of ${repository} cannot be listed: ${messageOf(error)}. ${isLimit(error) ? LATER : ACCESS}`,
      );
    });
    const parsed = Page.safeParse(response);
    if (!parsed.success) throw new NoRecords(`The decision records of ${repository} cannot be listed: ${NOT_A_LIST}`);
    const {artifacts} = parsed.data;
    const inTime = artifacts.filter(one => !(Date.parse(one.created_at) < sinceMs));
    found.push(...inTime);
    if (artifacts.length < PER_PAGE || inTime.length < artifacts.length) break;
  }
  return found;
}

const ACCESS = 'Check the repository, and give the token `actions: read`';
const LATER = 'Try again later';
const NOT_A_LIST = 'the response is not a list of artifacts. Check GITHUB_API_URL';

type Attempt = {readonly text: string} | {readonly failure: string; readonly isLimit: boolean};

async function attempt(one: Artifact, query: RecordsQuery, fetch: Fetch): Promise<Attempt> {
  const run = one.workflow_run?.id ?? 'of unknown number';
  try {
    return {text: await downloadRecord(one.archive_download_url, query, fetch)};
  } catch (error) {
    return {failure: `The record of run ${run} cannot be read: ${messageOf(error)}.`, isLimit: isLimit(error)};
  }
}

function isLimit(error: unknown): boolean {
  return error instanceof RequestError && isRateLimit(responseIn(error));
}

/** In order, a few at a time. Stops when GitHub limits the requests. */
async function inTurns(records: readonly Artifact[], work: (one: Artifact) => Promise<Attempt>): Promise<Attempt[]> {
  const results: Attempt[] = [];
  for (let start = 0; start < records.length; start += AT_ONCE) {
    results.push(...(await Promise.all(records.slice(start, start + AT_ONCE).map(work))));
    const left = records.length - results.length;
    if (left > 0 && results.some(result => 'failure' in result && result.isLimit)) {
      return [
        ...results,
        {failure: `${left} more records were not downloaded: GitHub limits the requests.`, isLimit: true},
      ];
    }
  }
  return results;
}
