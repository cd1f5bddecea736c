/**
 * A fake of GitHub for the manifest flow, in addition to the strict one of its API. It serves the registration page, the exchange
 * of the code and the page that installs the App, with forms that a browser submits.
 * @see https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
import {randomBytes} from 'node:crypto';
import {APP_ID, CLIENT_ID, GitHubApp} from './github-app.ts';
import {type GitHubServer, startGitHubServer} from './github-server.ts';
import type {RecordedRequest, Reply} from './http-server.ts';

export interface ManifestGitHub extends GitHubServer {
  readonly app: GitHubApp;
  /** The posted manifests, each with its path and the origin of the page. */
  readonly registrations: readonly {path: string; state: string; origin: string; manifest: Record<string, unknown>}[];
  /** Answers that replace those of the exchange, in turn. `'hang'` never answers. */
  readonly exchanges: (Reply | 'reset')[];
  /** The accounts that are organizations. */
  readonly organizations: Set<string>;
  /** The created codes. */
  readonly codes: Set<string>;
}

export const WEBHOOK_SECRET = 'webhook-secret-of-the-app';
export const CLIENT_SECRET = 'client-secret-of-the-app';

export async function startManifestGitHub(): Promise<ManifestGitHub> {
  const server = await startGitHubServer();
  const app = new GitHubApp(Date.now());
  app.installations = [];
  const github = Object.assign(server, {
    app,
    registrations: [] as ManifestGitHub['registrations'][number][],
    exchanges: [] as (Reply | 'reset')[],
    organizations: new Set<string>(),
    codes: new Set<string>(),
  });
  server.replyAll = request => {
    app.nowMs = Date.now();
    return answer(request, github);
  };
  return github;
}

function answer(
  request: RecordedRequest,
  github: Omit<ManifestGitHub, 'registrations'> & {registrations: ManifestGitHub['registrations'][number][]},
): Reply | 'reset' | undefined {
  const {method, path, query, text} = request;
  if (path.endsWith('/settings/apps/new') && method === 'POST') {
    const manifest = JSON.parse(new URLSearchParams(text).get('manifest') ?? '{}');
    const state = query.get('state') ?? '';
    github.registrations.push({path, state, origin: request.headers['origin'] ?? '', manifest});
    return registrationPage(manifest, state, github.codes);
  }
  const [, code] = /^\/app-manifests\/([^/]+)\/conversions$/.exec(path) ?? [];
  if (code !== undefined && method === 'POST') return github.exchanges.shift() ?? convert(code, github);
  const [, account = ''] = /^\/users\/([^/]+)$/.exec(path) ?? [];
  if (account !== '') return {status: 200, body: {type: github.organizations.has(account) ? 'Organization' : 'User'}};
  if (path === '/apps/port-reactor-acme/installations/new') {
    return page('<h1>Install</h1><form method="post" action="/install"><button>Install</button></form>');
  }
  if (path === '/favicon.ico') return {status: 204};
  if (path === '/install') {
    const permissions = {contents: 'write', metadata: 'read'};
    github.app.installations.push({id: 777, repositories: ['acme/operations'], permissions});
    return page('<h1>Installed</h1>');
  }
  return undefined;
}

/** GitHub asks for confirmation before it sends the browser back. */
function registrationPage(manifest: Record<string, unknown>, state: string, codes: Set<string>): Reply {
  const code = randomBytes(20).toString('hex');
  codes.add(code);
  return page(`<h1>Create GitHub App</h1><form method="get" action="${manifest['redirect_url']}">
<input type="hidden" name="code" value="${code}"><input type="hidden" name="state" value="${state}">
<button>Create GitHub App</button></form>`);
}

/** A code is valid once. */
function convert(code: string, github: Pick<ManifestGitHub, 'codes' | 'app' | 'url'>): Reply {
  if (!github.codes.delete(code)) return {status: 404, body: {message: 'Not Found'}};
  return {
    status: 201,
    body: {
      ...{id: APP_ID, client_id: CLIENT_ID, slug: 'port-reactor-acme', name: 'port-reactor-acme'},
      ...{pem: github.app.pem, webhook_secret: WEBHOOK_SECRET, client_secret: CLIENT_SECRET},
      html_url: `${github.url}/apps/port-reactor-acme`,
      permissions: {contents: 'write', metadata: 'read'},
    },
  };
}

function page(body: string): Reply {
  return {status: 200, headers: {'content-type': 'text/html; charset=utf-8'}, body};
}
