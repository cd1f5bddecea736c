/** Where the page of a run is: its folder, and the address on GitHub that stands for it in messages. Pure. */
import type {Reader} from '../../slack-view/mrkdwn.ts';

/** What all drawings need to know beside the history. */
export interface RunPageContext extends Reader {
  /** `owner/name` */
  readonly repository: string;
  /** The address of GitHub's pages in messages; links to runs there lead to the pages of the demo instead. */
  readonly serverUrl: string;
}

/** The folder of a run, relative to where all of them are. */
export function runFolder(id: number): string {
  return `run-${id}`;
}

/** The folder of the run whose address on GitHub this is; undefined for any other address. */
export function runLink(url: string, {serverUrl, repository}: RunPageContext): string | undefined {
  const start = `${serverUrl}/${repository}/actions/runs/`;
  const id = url.startsWith(start) ? url.slice(start.length) : '';
  return /^\d{1,9}$/.test(id) ? runFolder(Number(id)) : undefined;
}
