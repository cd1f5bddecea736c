/** Starts and stops the local servers, the relay and the records. */
import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import type {Fetch, Now} from '../base/deps.ts';
import {type LocalServer, listenLocally} from '../ui/local-server.ts';
import {Children} from './children.ts';
import {createActions} from './fakes/actions.ts';
import {createGitHubApi} from './fakes/github.ts';
import {type FakeSlack, startSlack} from './fakes/slack.ts';
import {writeTools} from './fakes/tools.ts';
import {History} from './history.ts';
import type {Locations} from './locations.ts';
import {keepRecords} from './page/records.ts';
import type {RunPageContext} from './page/run-link.ts';
import {createSite} from './page/site.ts';
import {type OnRemark, startRelayChild} from './relay-child.ts';

export interface EnvironmentSettings {
  readonly locations: Locations;
  /** The folder for runs and pages. It must be empty. */
  readonly outDir: string;
  /** The relay's port. 0 for any free port. */
  readonly port: number;
  /** The webhook secret. */
  readonly secret: string;
  readonly slackUrl: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly hostPath: string;
}

export interface EnvironmentDeps {
  readonly fetch: Fetch;
  readonly now: Now;
  /** Receives the relay's warnings. */
  readonly onRemark: OnRemark;
}

export interface DemoEnvironment {
  readonly history: History;
  /** Without a path. */
  readonly relayUrl: string;
  readonly context: () => RunPageContext;
  /** Ends all children and servers. Keeps the written files. */
  close(): Promise<void>;
}

const REPOSITORY = 'acme/operations';

/** @throws {ConfigError} if the relay does not start */
export async function startEnvironment(settings: EnvironmentSettings, deps: EnvironmentDeps): Promise<DemoEnvironment> {
  const children = new Children();
  const servers: (LocalServer | FakeSlack)[] = [];
  const close = async () => {
    await children.stop();
    await Promise.all(servers.map(server => server.close()));
  };
  try {
    const slack = await startSlack(settings.slackUrl, deps);
    servers.push(slack);
    const github = await startGitHub(settings, {slack, children, now: deps.now});
    servers.push(github.server);
    const {locations, port, secret, proxyUrl} = settings;
    const relayUrl = await startRelayChild(
      {
        script: locations.relay,
        port,
        secret,
        proxyUrl,
        repository: REPOSITORY,
        githubUrl: github.server.url,
        token: github.token,
      },
      children,
      {onDelivery: delivery => github.history.add(delivery), onRemark: deps.onRemark},
    );
    return {history: github.history, context: github.context, relayUrl, close};
  } catch (error) {
    await close();
    throw error;
  }
}

/** One server for the API and the pages, as on GitHub Enterprise Server. */
async function startGitHub(
  {locations, outDir, hostPath}: EnvironmentSettings,
  {slack, children, now}: {slack: FakeSlack; children: Children; now: Now},
) {
  const history = new History();
  const token = `demo_${randomBytes(16).toString('hex')}`;
  let serverUrl = '';
  const context = () => ({repository: REPOSITORY, serverUrl});
  let dispatch: ReturnType<typeof createActions> = () => {};
  const github = {repository: REPOSITORY, folder: locations.root, files: locations.files, token};
  const createdAtMs = (id: number) => history.runs.find(run => run.id === id)?.queuedAtMs;
  const api = createGitHubApi(github, one => dispatch(one), createdAtMs);
  const site = createSite(history, outDir, context);
  const server = await listenLocally(
    async (request, response) => (await api(request, response)) ?? site(request, response),
  );
  serverUrl = server.url;
  const tools = join(outDir, 'tools');
  writeTools(tools);
  const runner = {locations, repository: REPOSITORY, serverUrl, token, tools, hostPath};
  dispatch = createActions(runner, outDir, {history, slack, children, now});
  keepRecords(history, outDir, context);
  return {server, history, token, context};
}
