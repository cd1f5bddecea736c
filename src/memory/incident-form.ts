/**
 * The GitHub issue form with which a person answers an incident: `.github/ISSUE_TEMPLATE/port-reactor.yml`. The names here are
 * those of the form: a test compares both. Pure.
 */
import type {Run} from '../base/run.ts';

export const FORM_FILE = 'port-reactor.yml';

/** The workflow `port-reactor-command.yml` takes issues whose title starts like this. */
export const FORM_TITLE = 'Port Reactor:';

/** The fields of the form: each id, which the link fills in by name, and its label, which is a heading in the issue. */
export const FORM_FIELDS = {incident: 'Incident', do: 'Do', until: 'Until', reason: 'Reason'} as const;

/** What a person can do. `resume` takes an acknowledgement and a silence back. */
export const COMMANDS = ['acknowledge', 'silence', 'resume'] as const;
export type CommandName = (typeof COMMANDS)[number];

/**
 * The address of the form, filled in for an incident. Undefined if the run's address does not say which repository it is, or
 * if the memory, which people may edit, has something else than an id.
 * @see https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/creating-an-issue#creating-an-issue-from-a-url-query
 */
export function incidentFormUrl({url}: Pick<Run, 'url'>, {id}: {readonly id: string}): string | undefined {
  const [, repository] = /^(https?:\/\/[^/]+\/.*[^/]\/[^/]+)\/actions\/runs\/\d+$/.exec(url) ?? [];
  if (repository === undefined || !/^[0-9A-Z]{6}$/.test(id)) return undefined;
  const query = new URLSearchParams({template: FORM_FILE, title: `${FORM_TITLE} incident ${id}`, incident: id});
  return `${repository}/issues/new?${query}`;
}
