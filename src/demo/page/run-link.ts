/** The location of a run's page: its folder, and the GitHub URL that represents it in messages. Pure. */
import type {Reader} from '../../slack-view/mrkdwn.ts';

/** The facts that all views need besides the history. */
export interface RunPageContext extends Reader {
  /** `owner/name` */
  readonly repository: string;
  /** The base URL of GitHub's pages in messages. Links to runs there open the pages of the demo instead. */
  readonly serverUrl: string;
}

/** The folder of a run, relative to the folder of all runs. */
export function runFolder(id: number): string {
  return `run-${id}`;
}

/** The folder of the run with this GitHub URL. Undefined for any other URL. */
export function runLink(url: string, {serverUrl, repository}: RunPageContext): string | undefined {
  const start = `${serverUrl}/${repository}/actions/runs/`;
  const id = url.startsWith(start) ? url.slice(start.length) : '';
  return /^\d{1,9}$/.test(id) ? runFolder(Number(id)) : undefined;
}
