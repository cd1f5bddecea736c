import {describe, expect, test} from '@jest/globals';
import {fetch} from '../../../../src/base/http/fetch.ts';
import {type CreatedApp, findInstallation} from '../../../../src/cli/relay/setup/github.ts';
import {appManifest, registrationUrl} from '../../../../src/cli/relay/setup/manifest.ts';
import {stepsAfterSetup} from '../../../../src/cli/relay/setup/next-steps.ts';
import {isSame, OneTimeState, randomToken} from '../../../../src/cli/relay/setup/one-time.ts';
import {renderPage, renderProblem} from '../../../../src/cli/relay/setup/page.ts';
import {readSetupSettings} from '../../../../src/cli/relay/setup/settings.ts';
import {openChannel} from '../../../../src/cli/relay/setup/smee-channel.ts';
import {aCliWorld} from '../../../helpers/processes/cli-world.ts';
import {APP_ID, GitHubApp} from '../../../helpers/servers/github-app.ts';
import {type Reply, startServer} from '../../../helpers/servers/http-server.ts';
import {HOSTILE} from '../../../helpers/values/hostile.ts';
import {aSetup} from './a-setup.ts';

describe('the manifest', () => {
  test.each([
    ['acme', 'port-reactor-acme'],
    ['a-very-long-organization-name', 'port-reactor-a-very-long-organizat'],
    ['twenty-characters-so-long', 'port-reactor-twenty-characters-so'],
  ])('has a name for %s within the limit of GitHub', (owner, name) => {
    expect(appManifest(aSetup({owner}), 'http://127.0.0.1:1/x/callback').name).toBe(name);
    expect(name.length).toBeLessThanOrEqual(34);
  });

  test.each([
    [undefined, 'https://github.com/settings/apps/new?state=a%2Fb'],
    ['acme', 'https://github.com/organizations/acme/settings/apps/new?state=a%2Fb'],
  ])('for the organization %p is posted to %s', (org, url) => {
    expect(registrationUrl('https://github.com', org, 'a/b')).toBe(url);
  });
});

describe('a state', () => {
  test('is valid once, and no other value is valid', () => {
    const state = new OneTimeState();
    const {value} = state;
    expect(value).toMatch(/^[\w-]{43}$/);
    for (const wrong of ['', value.slice(1), `${value}x`, randomToken()]) expect(state.use(wrong)).toBe(false);
    expect(state.use(value)).toBe(true);
    expect(state.use(value)).toBe(false);
    expect(state.value).not.toBe(value);
  });

  test('is valid again after restore', () => {
    const state = new OneTimeState();
    const {value} = state;
    state.use(value);
    state.restore(value);
    expect(state.use(value)).toBe(true);
  });

  test('differs from a text with another length in bytes', () => {
    expect(isSame('é', 'e')).toBe(false);
  });
});

describe('the URLs', () => {
  test.each([
    [{}, 'https://github.com', 'https://api.github.com'],
    [{GITHUB_API_URL: 'https://ghe.example/api/v3/'}, 'https://ghe.example', 'https://ghe.example/api/v3'],
    [{GITHUB_API_URL: 'https://api.acme.ghe.com'}, 'https://acme.ghe.com', 'https://api.acme.ghe.com'],
    [{GITHUB_SERVER_URL: 'https://x.example/'}, 'https://x.example', 'https://api.github.com'],
  ])('of %p', (env, serverUrl, apiUrl) => {
    const world = aCliWorld({env: {GITHUB_REPOSITORY: 'acme/operations', ...env}});
    expect(readSetupSettings({}, world)).toMatchObject({
      serverUrl,
      apiUrl,
      smeeUrl: 'https://smee.io/new',
      portSecret: undefined,
    });
    world.remove();
  });

  test.each(['https://s.example', 'https://s.example/', 'https://s.example/new'])('of the smee server %s', smee => {
    const world = aCliWorld({env: {GITHUB_REPOSITORY: 'acme/operations'}});
    expect(readSetupSettings({smee}, world).smeeUrl).toBe('https://s.example/new');
    world.remove();
  });

  test.each([
    [{smee: 'https://me:pass@s.example:x'}, '***'],
    [{org: '../acme'}, '--org must be'],
    [{out: 'no/such/relay.env'}, 'the folder does not exist'],
    [{wait: '2d'}, 'more than a day'],
    [{port: '-1'}, '--port must be'],
  ])('%p is a mistake', (options, message) => {
    const world = aCliWorld({env: {GITHUB_REPOSITORY: 'acme/operations'}});
    expect(() => readSetupSettings(options, world)).toThrow(message);
    expect(() => readSetupSettings(options, world)).not.toThrow('pass');
    world.remove();
  });
});

describe('a smee channel', () => {
  const open = async (reply: Reply | 'reset') => {
    const server = await startServer(() => reply);
    try {
      return (await openChannel(`${server.url}/new`, fetch)).replace(server.url, '');
    } finally {
      await server.close();
    }
  };

  test.each([
    ['/abc', '/abc'],
    ['https://smee.io/abc', 'https://smee.io/abc'],
  ])('is the URL of the redirect %s', async (location, channel) => {
    expect(await open({status: 302, headers: {location}})).toBe(channel);
  });

  test.each<[Reply | 'reset']>([
    [{status: 200}],
    [{status: 302}],
    [{status: 200, headers: {location: '/abc'}}],
    [{status: 302, headers: {location: '/'}}],
    [{status: 302, headers: {location: 'https://login.example/start?back=1'}}],
    [{status: 302, headers: {location: 'https://u:p@smee.io/abc'}}],
    [{status: 302, headers: {location: 'javascript:alert(1)'}}],
    ['reset'],
  ])('cannot be opened with %p', async reply => {
    await expect(open(reply)).rejects.toThrow(/No smee channel could be opened.*--no-smee/s);
  });
});

describe('the installation', () => {
  const {pem, privateKey: key} = new GitHubApp(0);
  const app: CreatedApp = {id: APP_ID, pem, key, url: 'https://github.com/apps/x'};
  const find = async (reply: Reply | 'reset') => {
    const server = await startServer(() => reply);
    try {
      const question = {app, repository: 'acme/operations', apiUrl: server.url};
      return await findInstallation(question, {fetch, now: Date.now});
    } finally {
      await server.close();
    }
  };

  test.each<[Reply, boolean]>([
    [{status: 200, body: {id: 1, permissions: {contents: 'write'}, suspended_at: null}}, true],
    [{status: 404, body: {message: 'Not Found'}}, false],
  ])('is found or not with %p', async (reply, isInstalled) => {
    expect(await find(reply)).toMatchObject({isInstalled});
    expect(await find(reply)).not.toMatchObject({problem: expect.anything()});
  });

  test.each<[Reply | 'reset', string]>([
    [{status: 200, body: {id: 1, permissions: {contents: 'read'}}}, 'Contents: write'],
    [{status: 200, body: {id: 1, permissions: {contents: 'write'}, suspended_at: '2026-11-20T00:00:00Z'}}, 'suspended'],
    [{status: 200, body: '<html>'}, "not valid for GitHub's API"],
    [{status: 301, headers: {location: '/repositories/1/installation'}}, 'has moved'],
    [{status: 401}, 'clock'],
    [{status: 503}, '503'],
    ['reset', 'failed'],
  ])('has a problem with %p', async (reply, problem) => {
    expect(await find(reply)).toEqual({isInstalled: false, problem: expect.stringContaining(problem)});
  });
});

describe('the pages', () => {
  const settings = aSetup({repository: `acme/${HOSTILE}`, file: HOSTILE});
  const context = {
    settings,
    org: HOSTILE,
    manifest: appManifest(settings, 'http://127.0.0.1:1/x/callback'),
    state: 's',
    next: [],
  };
  const {pem, privateKey: key} = new GitHubApp(0);
  const app: CreatedApp = {id: APP_ID, pem, key, url: 'https://github.com/apps/x'};

  test.each([
    renderPage({kind: 'start'}, context),
    renderPage({kind: 'created', app, problem: HOSTILE}, context),
    renderPage({kind: 'installed', app}, context),
    renderPage({kind: 'ended', why: HOSTILE}, context),
    renderProblem({title: HOSTILE, message: HOSTILE, again: true}, context),
  ])('text is shown as text (%#)', page => {
    expect(page).not.toContain('<img');
    expect(page.match(/<script/g) ?? []).toHaveLength(page.includes('EventSource') ? 1 : 0);
    expect(page).toContain('form-action &#39;self&#39; https://github.com');
    expect(page).not.toContain('BEGIN');
  });
});

describe('the next steps', () => {
  const steps = (text: string, env: Record<string, string>, channel?: string) =>
    stepsAfterSetup({file: 'my relay.env', text, channel}, {env, dist: '/opt/port reactor/dist'}).flatMap(
      ({commands}) => commands,
    );

  test('are complete commands', () => {
    expect(steps('PORT_CLIENT_SECRET=x\n', {}, 'https://smee.io/abc')).toEqual([
      "node '/opt/port reactor/dist/cli/index.js' relay --env-file 'my relay.env'",
      "node --env-file='my relay.env' '/opt/port reactor/dist/relay/index.js'",
      "node '/opt/port reactor/dist/cli/index.js' init --relay https://smee.io/abc --dry-run",
    ]);
  });

  test('first unset the variables of the shell that override the file', () => {
    expect(steps('PORT_CLIENT_SECRET=x\n', {GITHUB_TOKEN: 't', WEBHOOK_PROXY_URL: 'u'})).toContain(
      'unset GITHUB_TOKEN WEBHOOK_PROXY_URL',
    );
  });
});
