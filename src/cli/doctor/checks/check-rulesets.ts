/** Checks that rulesets allow writes to the memory, and protect the default branch from the relay's credentials. */

import {isObject} from '../../../base/json.ts';
import {describeResponse} from '../../../clients/github/response.ts';
import {branchOf} from '../../../clients/memory/shard.ts';
import {advice, type Finding, failed, notChecked, ok} from '../finding.ts';
import {type GitHubApi, type GitHubReply, listIn} from '../github-api.ts';

/**
 * What each rule prevents on a memory branch. Rules that are not listed have no effect on the memory.
 * @see https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
 */
const BLOCKING_RULES: Readonly<Record<string, string>> = {
  creation: 'be created',
  update: 'be written',
  pull_request: 'be written without a pull request',
  required_status_checks: 'be written without status checks',
  required_deployments: 'be written without a deployment',
  merge_queue: 'be written without a merge queue',
  workflows: 'be written without the required workflows',
  code_scanning: 'be written without a code scan',
  non_fast_forward: 'have its history squashed, which the clock does once a week',
};

/** Rules that prevent pushes with a token that has Contents: write. */
const PROTECTING = ['pull_request', 'update', 'merge_queue'];

export interface RulesetQuestion {
  readonly api: GitHubApi;
  /** The name of the default branch. */
  readonly branch: string;
  /** The API for the repository with the memory. */
  readonly memory: GitHubApi;
}

/** @throws {NetworkError} */
export async function checkRulesets({api, branch, memory}: RulesetQuestion): Promise<readonly Finding[]> {
  const [ofMemory, ofDefault] = await Promise.all([rulesOf(memory, branchOf(0)), rulesOf(api, branch)]);
  if (ofMemory.status !== 200) return [notChecked(`${describeResponse(ofMemory)} about the rules of ${branchOf(0)}`)];
  const blocking = await blockingIn(ofMemory, memory);
  const unprotected = await defaultBranchAdvice(ofDefault, api, branch);
  return blocking.length > 0 ? blocking : [ok('No ruleset prevents writes to the incident memory.'), ...unprotected];
}

/** @see https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch */
function rulesOf(api: GitHubApi, branch: string): Promise<GitHubReply> {
  return api.get(`rules/branches/${encodeURIComponent(branch)}?per_page=100`);
}

async function blockingIn(answer: GitHubReply, api: GitHubApi): Promise<Finding[]> {
  const rules = listIn(answer).filter(({type}) => Object.hasOwn(BLOCKING_RULES, String(type)));
  if (rules.length === 0) return [];
  const isThere = (await api.get(`branches/${encodeURIComponent(branchOf(0))}`)).status === 200;
  const relevant = rules.filter(({type}) => type !== 'creation' || !isThere);
  return Promise.all(
    relevant.map(async ({type, ruleset_id: id}) => {
      const {name, mayBypass} = await rulesetOf(api, id);
      const sentence = `${name} of ${api.repository} does not let ${branchOf(0)} ${BLOCKING_RULES[String(type)]}.`;
      const fix =
        'Exclude port-reactor/memory-* from the ruleset, or add the token of the workflow to its bypass list.';
      return mayBypass
        ? advice(`${sentence} This token can bypass it. The token of the workflow must also be able to bypass it.`)
        : failed(sentence, fix);
    }),
  );
}

/** @see https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset */
async function rulesetOf(api: GitHubApi, id: unknown): Promise<{name: string; mayBypass: boolean}> {
  const {json} = await api.get(`rulesets/${encodeURIComponent(String(id))}`);
  const ruleset = isObject(json) ? json : {};
  const name = typeof ruleset['name'] === 'string' ? `The ruleset "${ruleset['name']}"` : `The ruleset ${String(id)}`;
  return {name, mayBypass: ruleset['current_user_can_bypass'] === 'always'};
}

/** A classic branch protection rule is also sufficient. */
async function defaultBranchAdvice(rules: GitHubReply, api: GitHubApi, branch: string): Promise<Finding[]> {
  if (rules.status !== 200 || listIn(rules).some(({type}) => PROTECTING.includes(String(type)))) return [];
  const {status, json} = await api.get(`branches/${encodeURIComponent(branch)}`);
  if (status !== 200 || (isObject(json) && json['protected'] === true)) return [];
  return [
    advice(
      `No ruleset protects ${branch} of ${api.repository}, so anyone with the relay's token can push rules and scripts.`,
      'Require pull requests for this branch (docs/github-credentials.md, "What Contents: write means").',
    ),
  ];
}
