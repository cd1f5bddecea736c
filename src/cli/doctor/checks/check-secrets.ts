/** Checks that the secrets of the workflows exist. GitHub returns only names, not values. */
import {describeResponse} from '../../../clients/github/response.ts';
import {type Finding, notChecked, ok} from '../finding.ts';
import {adviceFor, type GitHubApi, listIn} from '../github-api.ts';
import {type ActionWorkflows, jobEnvironmentsOf, secretFindings, secretsRead} from './workflow-findings.ts';

/** @see https://docs.github.com/en/rest/actions/secrets @throws {NetworkError} */
export async function checkSecrets(own: ActionWorkflows, api: GitHubApi): Promise<readonly Finding[]> {
  const uses = secretsRead(own);
  if (own.all.length === 0) return [notChecked('no workflow uses the action')];
  if (uses.length === 0) return [ok('The workflows read no secrets.')];
  const environments = jobEnvironmentsOf(own).map(name => `environments/${encodeURIComponent(name)}/secrets`);
  const routes = ['actions/secrets', 'actions/organization-secrets', ...environments];
  const answers = await Promise.all(routes.map(route => api.get(`${route}?per_page=100`)));
  const refused = answers.find(({status}, index) => status !== 200 && routes[index] !== 'actions/organization-secrets');
  if (refused !== undefined)
    return [notChecked(`${describeResponse(refused)}. ${adviceFor(refused, 'Secrets: read')}`)];
  const names = answers.flatMap(answer => listIn(answer, 'secrets').map(({name}) => String(name).toUpperCase()));
  return secretFindings(uses, new Set(names), api.repository);
}
