/** Facts that several checks need. Each is fetched once. */
import {isReactorError, messageOf} from '../../base/errors.ts';
import type {CliWorld} from '../shared/world.ts';
import {addressIn} from './checks/automation-findings.ts';
import {checkRepository, type RepositoryCheck} from './checks/check-dispatch.ts';
import {checkPort, type PortCheck} from './checks/check-port.ts';
import {blockedBy, type Finding, failed} from './finding.ts';
import {createGitHubReader, type GitHubApi} from './github-api.ts';
import {checkRules, type RulesCheck} from './read-rules.ts';
import {readWorkflows, type Workflows} from './read-workflows.ts';
import type {DoctorSettings, Setting} from './settings.ts';
import type {NetworkCalls} from './time-limit.ts';

export interface Examination {
  readonly settings: DoctorSettings;
  /** The webhook URL of the relay, if the user gave it. */
  readonly url: string | undefined;
  /** The path of the rules, relative to `cwd`. */
  readonly rules: string;
  readonly cwd: string;
  /** Whether to send a test message to Slack. */
  readonly post: boolean;
}

/** The network for one check, with a time limit that starts with the call. */
export type Deps = () => NetworkCalls & Pick<CliWorld, 'now'>;

/** If `value` is absent, `findings` explain why. */
export interface Fact<T> {
  readonly value?: T;
  readonly findings: readonly Finding[];
}

export interface DoctorFacts {
  readonly port: Promise<Fact<PortCheck>>;
  readonly repository: Promise<Fact<RepositoryCheck>>;
  readonly rules: Promise<Fact<RulesCheck>>;
  readonly workflows: Promise<Fact<Workflows>>;
  /** The webhook URL of the relay, from the user or from the automations in Port. */
  readonly url: Promise<string | undefined>;
}

export function gather({settings, url, rules, cwd}: Examination, deps: Deps): DoctorFacts {
  const api = apiOf(settings, deps);
  const port = factOf(settings.port, credentials => checkPort(credentials, deps()));
  const repository = factOf(settings.github, () => checkRepository(api()));
  const seen = repository.then(({value}) => (value?.isVisible ? value : undefined));
  return {
    port,
    repository,
    rules: seen.then(known =>
      attempt(async () => {
        const answer = await checkRules({path: rules, cwd, github: known && {api: api(), branch: known.branch}});
        return {value: answer, findings: answer.findings};
      }),
    ),
    workflows: seen.then(known => {
      if (known === undefined) return {findings: [blockedBy('dispatch')]};
      return attempt(async () => ({value: await readWorkflows(api()), findings: []}));
    }),
    url: port.then(({value}) => url ?? addressIn(value?.automations ?? [])),
  };
}

export function apiOf({github}: DoctorSettings, deps: Deps): () => GitHubApi {
  return () => {
    if (github.value === undefined) throw new Error('GitHub is not set up');
    return createGitHubReader(github.value, deps().fetch);
  };
}

async function factOf<T, Answer extends {readonly findings: readonly Finding[]}>(
  {value, ...setting}: Setting<T>,
  send: (value: T) => Promise<Answer>,
): Promise<Fact<Answer>> {
  if (value === undefined) return {findings: 'findings' in setting ? setting.findings : []};
  return attempt(async () => {
    const answer = await send(value);
    return {value: answer, findings: answer.findings};
  });
}

const NETWORK =
  'Check GITHUB_API_URL, the network and the permissions of GITHUB_TOKEN. See https://www.githubstatus.com.';

/** @throws unexpected errors */
async function attempt<T>(find: () => Promise<Fact<T>>): Promise<Fact<T>> {
  try {
    return await find();
  } catch (error) {
    if (isReactorError(error)) return {findings: [failed(`${messageOf(error).replace(/\.$/, '')}.`, NETWORK)]};
    throw error;
  }
}
