/**
 * `relay --setup` against local servers for GitHub and smee, in a real browser if one is installed. Some cases run the built command
 * line.
 */
import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseEnv} from 'node:util';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readConfig} from '../../../relay/config/config.ts';
import {CHROMIUM, openBrowser, type TestBrowser} from '../../helpers/processes/chromium.ts';
import {runCliHere} from '../../helpers/processes/cli-here.ts';
import {runCli} from '../../helpers/processes/cli-process.ts';
import {startRelayProcess} from '../../helpers/processes/relay-process.ts';
import {type RunningSetup, type SetupHere, startSetup, startSetupHere} from '../../helpers/processes/setup-process.ts';
import {APP_ID} from '../../helpers/servers/github-app.ts';
import {startServer, type TestServer} from '../../helpers/servers/http-server.ts';
import {
  CLIENT_SECRET,
  type ManifestGitHub,
  startManifestGitHub,
  WEBHOOK_SECRET,
} from '../../helpers/servers/manifest-github.ts';

const PORT_SECRET = 'port-secret-1234';
/** The time between two checks whether the App is installed. */
const POLL_MS = 2_000;

let github: ManifestGitHub;
let smee: TestServer;
let folder: string;
const running = new Set<RunningSetup>();

beforeEach(async () => {
  github = await startManifestGitHub();
  smee = await startServer(({path}) =>
    path === '/new' ? {status: 307, headers: {location: '/channel-1'}} : {status: 404},
  );
  folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
});
afterEach(async () => {
  for (const {interrupt, exited} of running) {
    interrupt();
    await exited;
  }
  running.clear();
  await Promise.all([github.close(), smee.close()]);
  rmSync(folder, {recursive: true});
});

type Env = Readonly<Record<string, string>>;

/** Runs in this process. */
async function start(args: readonly string[] = [], env: Env = {}): Promise<SetupHere> {
  const setup = await startSetupHere(['--smee', smee.url, ...args], folder, {...addresses(), ...env});
  running.add(setup);
  return setup;
}

/** Runs the built command line in a separate process. */
async function startBuilt(env: Env = {}): Promise<RunningSetup> {
  const setup = await startSetup(['--smee', smee.url], folder, {...addresses(), ...env});
  running.add(setup);
  return setup;
}

const addresses = (): Env => ({GITHUB_API_URL: github.url, GITHUB_SERVER_URL: github.url});

const envFile = () => readFileSync(join(folder, 'relay.env'), 'utf8');

/** Texts that no page and no output may contain. */
function secrets(): string[] {
  const lines = github.app.pem.split('\n').filter(line => !line.startsWith('-----') && line !== '');
  return [...lines, Buffer.from(github.app.pem).toString('base64'), WEBHOOK_SECRET, CLIENT_SECRET, PORT_SECRET];
}

/** Sends a request with any Host header. */
function requestPage(url: string, {method = 'GET', host}: {method?: string; host?: string} = {}) {
  return new Promise<{status: number; body: string; location: string}>((resolve, reject) => {
    const headers = host === undefined ? {} : {host};
    const outgoing = request(url, {method, headers}, async incoming => {
      const chunks = await incoming.toArray();
      const {statusCode: status = 0, headers: answered} = incoming;
      resolve({status, body: Buffer.concat(chunks).toString(), location: answered.location ?? ''});
    });
    outgoing.on('error', reject).end();
  });
}

/** The current state that the page passes to GitHub. */
async function stateOf({url}: RunningSetup): Promise<string> {
  return /\?state=([\w-]{43})"/.exec((await requestPage(url)).body)?.[1] ?? '';
}

async function callback(to: RunningSetup, query: Readonly<Record<string, string>>) {
  return requestPage(`${to.url}callback?${new URLSearchParams(query)}`);
}

describe('relay --setup without a browser', () => {
  test('refuses an invalid, a missing and a used state, and stays open', async () => {
    const setup = await start();
    github.codes.add('c1').add('c2');
    for (const query of [{code: 'c1', state: 'x'.repeat(43)}, {code: 'c1'}]) {
      const answer = await callback(setup, query as Record<string, string>);
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('does not belong to this setup');
    }
    expect(github.codes).toContain('c1');
    const state = await stateOf(setup);
    expect(await callback(setup, {code: 'c1', state})).toMatchObject({
      status: 303,
      location: new URL(setup.url).pathname,
    });
    const text = envFile();
    expect((await callback(setup, {code: 'c2', state})).status).toBe(403);
    expect(github.codes).toContain('c2');
    expect(envFile()).toBe(text);
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example:1'])(
    'refuses a request for the host %s',
    async host => {
      const setup = await start();
      expect(await requestPage(setup.url, {host})).toMatchObject({status: 421, body: 'This is not the host.\n'});
    },
  );

  test('serves no page without its secret path', async () => {
    const setup = await start();
    const {origin} = new URL(setup.url);
    for (const path of ['/', '/callback?code=1&state=1', `/${'x'.repeat(43)}/`, '/cancel']) {
      expect((await requestPage(`${origin}${path}`, {method: path === '/cancel' ? 'POST' : 'GET'})).status).toBe(404);
    }
  });

  test('starts again if GitHub creates no App', async () => {
    const setup = await start();
    const answer = await callback(setup, {state: await stateOf(setup)});
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('GitHub sent no code');
    expect((await callback(setup, {code: 'c1', state: await stateOf(setup)})).status).toBe(502); // the code is unknown
    github.codes.add('c2');
    expect((await callback(setup, {code: 'c2', state: await stateOf(setup)})).status).toBe(303);
  });

  test.each([404, 422])('starts again after an expired code (%d)', async status => {
    const setup = await start();
    github.exchanges.push({status, body: {message: 'Not Found'}});
    const state = await stateOf(setup);
    const answer = await callback(setup, {code: 'old', state});
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('A code works once, and for one hour.');
    expect((await callback(setup, {code: 'old', state})).status).toBe(403);
  });

  test.each([{status: 503}, 'reset'] as const)(
    'accepts the same callback again if GitHub does not answer (%p)',
    async reply => {
      const setup = await start();
      github.exchanges.push(reply);
      github.codes.add('c1');
      const state = await stateOf(setup);
      const answer = await callback(setup, {code: 'c1', state});
      expect(answer.status).toBe(502);
      expect(answer.body).toContain('eload this page');
      expect(answer.body + setup.output()).not.toContain('/c1/');
      expect((await callback(setup, {code: 'c1', state})).status).toBe(303);
    },
  );

  test('writes nothing and exits with 1 if the user cancels', async () => {
    const setup = await start();
    expect((await requestPage(`${setup.url}cancel`, {method: 'POST'})).status).toBe(303);
    expect((await requestPage(setup.url)).body).toContain('No App was received');
    expect(await setup.exited).toBe(1);
    expect(setup.output()).toContain('Cancelled. No App was received, and relay.env was not written.');
    expect(existsSync(join(folder, 'relay.env'))).toBe(false);
  });

  test('reports the current state on Ctrl-C', async () => {
    const setup = await startBuilt();
    setup.interrupt();
    expect(await setup.exited).toBe(1);
    expect(setup.output()).toContain('Stopped. No App was received, and relay.env was not written.');
  });

  test('keeps the file and prints the next step if the time limit is reached after the App was created', async () => {
    const setup = await start(['--wait', '10s']);
    github.codes.add('c1');
    expect((await callback(setup, {code: 'c1', state: await stateOf(setup)})).status).toBe(303);
    await setup.pass(9_999);
    expect(setup.output()).not.toContain('No answer');
    await setup.pass(1);
    await setup.pass(3_000); // no browser fetches the last page
    expect(await setup.exited).toBe(1);
    expect(setup.output()).toContain(
      'No answer within 10 s. The App exists, and relay.env has its settings. Install it',
    );
    expect(readConfig(parseEnv(`${envFile()}\nPORT_CLIENT_SECRET=x`)).credentials).toMatchObject({appId: APP_ID});
  });

  test('does not overwrite a file that was created in the meantime, and explains what was lost', async () => {
    const setup = await start();
    writeFileSync(join(folder, 'relay.env'), 'MINE=1\n');
    github.codes.add('c1');
    const answer = await callback(setup, {code: 'c1', state: await stateOf(setup)});
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('so the key of the new App is lost');
    expect(envFile()).toBe('MINE=1\n');
  });

  test('reports an existing file and other mistakes before the first request', async () => {
    writeFileSync(join(folder, 'relay.env'), 'MINE=1\n');
    await expect(start(['--port', '99999', '--wait', '5'], {GITHUB_REPOSITORY: 'operations'})).rejects.toThrow(
      /ended with 2: (?=.*GITHUB_REPOSITORY)(?=.*relay\.env already exists)(?=.*--port)(?=.*--wait 5)/s,
    );
    expect(github.requests).toHaveLength(0);
    expect(smee.requests).toHaveLength(0);
  });

  test('reports that smee does not answer, before it creates an App', async () => {
    await expect(start(['--smee', `${smee.url}/nothing`])).rejects.toThrow(
      /ended with 1: No smee channel .* answered 404/,
    );
    await start(['--no-smee']);
  });

  test('warns if git does not ignore the file', async () => {
    execFileSync('git', ['init', '--quiet'], {cwd: folder});
    const setup = await start();
    github.codes.add('c1');
    await callback(setup, {code: 'c1', state: await stateOf(setup)});
    setup.interrupt();
    await setup.exited;
    expect(setup.output()).toContain('git does not ignore it');
  });

  test('creates the App in the organization that owns the repository', async () => {
    github.organizations.add('acme');
    const setup = await start();
    expect((await requestPage(setup.url)).body).toContain(`${github.url}/organizations/acme/settings/apps/new?state=`);
  });

  test('creates the App in another organization with --org', async () => {
    const setup = await start(['--org', 'other']);
    expect((await requestPage(setup.url)).body).toContain(`${github.url}/organizations/other/settings/apps/new?state=`);
  });

  test('refuses options of the setup without --setup', async () => {
    const run = await runCliHere(['relay', '--org', 'acme', '--no-smee']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('- --org requires --setup\n- --no-smee requires --setup\n');
  });
});

test('uses the settings of relay --env-file, and the environment overrides them', async () => {
  writeFileSync(join(folder, 'relay.env'), 'PORT_CLIENT_SECRET=x\nGITHUB_REPOSITORY=acme/operations\nLOG_LEVEL=loud\n');
  const run = await runCli(['relay', '--env-file', join(folder, 'relay.env')], {GITHUB_REPOSITORY: 'not-a-repository'});
  expect(run.code).toBe(1);
  expect(run.stdout + run.stderr).toMatch(
    /(?=.*GITHUB_REPOSITORY must be)(?=.*GITHUB_TOKEN is missing)(?=.*LOG_LEVEL must be)/s,
  );
  expect(run.stdout + run.stderr).not.toContain('PORT_CLIENT_SECRET');
});

const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

describeInBrowser(
  `relay --setup in a browser${CHROMIUM === undefined ? ' (skipped: Chromium is not installed)' : ''}`,
  () => {
    let browser: TestBrowser;

    beforeAll(async () => {
      browser = await openBrowser();
    }, 30_000);
    beforeEach(() => browser.reset());
    afterAll(() => browser.close());

    test('leads from the page to an installed App and a relay that starts with its file', async () => {
      const setup = await startBuilt({PORT_CLIENT_SECRET: PORT_SECRET, GITHUB_TOKEN: 'ghp_of_the_shell'});
      const {page} = browser;
      const seen: string[] = [];
      const keep = async () => void seen.push(await page.content().catch(() => ''));
      page.on('domcontentloaded', keep);
      await page.goto(setup.url);
      await page.getByRole('button', {name: 'Create the App on GitHub'}).click();
      await page.getByRole('button', {name: 'Create GitHub App'}).click();
      await page.getByRole('heading', {name: 'Install the GitHub App'}).waitFor();
      expect(page.url()).toBe(setup.url); // the code is not in the address
      expect(github.registrations).toEqual([
        {
          path: '/settings/apps/new',
          state: expect.stringMatching(/^[\w-]{43}$/),
          origin: new URL(setup.url).origin,
          manifest: {
            name: 'port-reactor-acme',
            url: `${github.url}/acme/operations`,
            description: expect.any(String),
            redirect_url: `${setup.url}callback`,
            public: false,
            hook_attributes: {url: `${github.url}/acme/operations`, active: false},
            default_permissions: {contents: 'write', metadata: 'read'},
            default_events: [],
          },
        },
      ]);

      const [installing] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('link', {name: 'Install the App on GitHub'}).click(),
      ]);
      await installing.getByRole('button', {name: 'Install'}).click();
      await page.getByRole('heading', {name: 'The relay has access'}).waitFor(); // without a reload by the user
      expect(await page.locator('main').innerText()).toContain('unset GITHUB_TOKEN');
      page.off('domcontentloaded', keep);
      seen.push(await page.content());
      expect(await setup.exited).toBe(0);
      expect(setup.output()).toMatch(/node \S+\/dist\/cli\/index\.js relay --env-file relay\.env/);
      for (const secret of secrets()) expect(seen.join('\n') + setup.output()).not.toContain(secret);
      expect(browser.problems).toEqual([]);

      expect(statSync(join(folder, 'relay.env')).mode & 0o777).toBe(0o600);
      const config = readConfig(parseEnv(envFile()));
      expect(config).toMatchObject({
        credentials: {kind: 'app', appId: APP_ID},
        repository: {owner: 'acme', name: 'operations'},
        secrets: [PORT_SECRET],
        apiUrl: github.url,
        proxyUrl: `${smee.url}/channel-1`,
      });
      await expectTokenWith(envFile());
    }, 60_000);

    test.each(['light', 'dark'] as const)(
      'fits on a phone and a desktop on every page, %s',
      async colorScheme => {
        const setup = await start(['--wait', '24h']);
        const {page} = browser;
        await page.emulateMedia({colorScheme});
        const look = async (name: string) => {
          for (const width of [390, 1280]) {
            await page.setViewportSize({width, height: 844});
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
            await saveScreenshot(page, `${name}-${width}-${colorScheme}`);
          }
        };
        await page.goto(`${setup.url}callback?state=wrong&code=c1`);
        await look('refused');
        await page.getByRole('link', {name: 'Back to the setup'}).click();
        await look('start');
        await page.getByRole('button', {name: 'Create the App on GitHub'}).click();
        await page.getByRole('button', {name: 'Create GitHub App'}).click();
        await page.getByRole('heading', {name: 'Install the GitHub App'}).waitFor();
        await look('install');
        const permissions = {contents: 'read', metadata: 'read'};
        github.app.installations.push({id: 1, repositories: ['acme/operations'], permissions});
        const alert = page.getByRole('alert');
        while (!(await alert.isVisible())) await setup.pass(POLL_MS);
        expect(await alert.innerText()).toContain('does not have Contents: write');
        await look('problem');
        github.app.installations = [{id: 1, repositories: ['acme/operations'], permissions: {contents: 'write'}}];
        await setup.pass(POLL_MS);
        await page.getByRole('heading', {name: 'The relay has access'}).waitFor();
        await look('done');
        expect(await setup.exited).toBe(0);
      },
      60_000,
    );

    test('ends with the button Cancel', async () => {
      const setup = await start();
      const {page} = browser;
      await page.goto(setup.url);
      await page.getByRole('button', {name: 'Cancel'}).click();
      await page.getByRole('heading', {name: 'The setup has ended'}).waitFor();
      expect(await setup.exited).toBe(1);
    });
  },
);

/** Expects that a relay with these settings gets a token from GitHub. */
async function expectTokenWith(text: string): Promise<void> {
  const settings = {...parseEnv(text), PORT: '0', HOST: '127.0.0.1', WEBHOOK_PROXY_URL: '', REACTOR_RULES: 'none'};
  const relay = await startRelayProcess(settings as Record<string, string>);
  try {
    await requestPage(`http://127.0.0.1:${relay.port}/readyz`);
    expect(github.app.tokens.map(({repositories, permissions}) => ({repositories, permissions}))).toContainEqual({
      repositories: ['acme/operations'],
      permissions: {contents: 'write', metadata: 'read'},
    });
  } finally {
    await relay.end('SIGTERM');
  }
}

/** Saves a screenshot if `SETUP_SHOTS=<folder>` is set. */
async function saveScreenshot(page: {screenshot(options: object): Promise<unknown>}, name: string): Promise<void> {
  const {SETUP_SHOTS: shots} = process.env;
  if (shots !== undefined) await page.screenshot({path: join(shots, `${name}.png`), fullPage: true});
}
