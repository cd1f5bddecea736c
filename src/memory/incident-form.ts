/**
 * The GitHub issue form with which people acknowledge or silence an incident: `.github/ISSUE_TEMPLATE/port-reactor.yml`. A test
 * checks that these names match the form. Pure.
 */
import type {Run} from '../base/run.ts';

export const FORM_FILE = 'port-reactor.yml';

/** The workflow `port-reactor-command.yml` handles issues whose title starts with this. */
export const FORM_TITLE = 'Port Reactor:';

/** The fields of the form: their IDs, which the link prefills, and their labels, which become headings in the issue. */
export const FORM_FIELDS = {incident: 'Incident', do: 'Do', until: 'Until', reason: 'Reason'} as const;

/** The available commands. `resume` undoes an acknowledgement and a silence. */
export const COMMANDS = ['acknowledge', 'silence', 'resume'] as const;
export type CommandName = (typeof COMMANDS)[number];

/**
 * The URL of the form, filled in for an incident. Undefined if the run's URL does not contain the repository. Also undefined if
 * the incident's ID is invalid, because people can edit the memory.
 * @see https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/creating-an-issue#creating-an-issue-from-a-url-query
 */
export function incidentFormUrl({url}: Pick<Run, 'url'>, {id}: {readonly id: string}): string | undefined {
  const [, repository] = /^(https?:\/\/[^/]+\/.*[^/]\/[^/]+)\/actions\/runs\/\d+$/.exec(url) ?? [];
  if (repository === undefined || !/^[0-9A-Z]{6}$/.test(id)) return undefined;
  const query = new URLSearchParams({template: FORM_FILE, title: `${FORM_TITLE} incident ${id}`, incident: id});
  return `${repository}/issues/new?${query}`;
}
