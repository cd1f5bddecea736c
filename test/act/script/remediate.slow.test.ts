import {existsSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {type RemediateDeps, remediate} from '../../../src/act/script/remediate.ts';
import {fetch} from '../../../src/base/http/fetch.ts';
import {readRun} from '../../../src/base/run.ts';
import type {Change} from '../../../src/change/change.ts';
import {createPortClient} from '../../../src/clients/port.ts';
import {eventually, temporaryDirectory, writeExecutable} from '../../helpers/processes/run-script.ts';
import {readRunnerLog} from '../../helpers/processes/runner-log.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {aChange} from '../../helpers/values/changes.ts';
import {aHostileChange, HOSTILE} from '../../helpers/values/hostile.ts';
import {planFor, rulesFile} from '../../helpers/values/plans.ts';

const OK = 'remediate: {run: fix.sh}';

let workspace: string;
let remove: () => Promise<void>;
let log: string;
let deps: RemediateDeps;

beforeEach(async () => {
  ({path: workspace, remove} = await temporaryDirectory());
  log = '';
  deps = {
    run: readRun({GITHUB_WORKSPACE: workspace, RUNNER_TEMP: join(workspace, 'temp')}),
    env: {PATH: process.env['PATH'], CLUSTER_TOKEN: 'cluster-secret', GITHUB_TOKEN: 'ghs_secret'},
    port: undefined,
    secrets: ['webhook-secret'],
    mask: () => {},
    cancelled: new AbortController().signal,
    write: text => {
      log += text;
    },
    now: Date.now,
  };
  await script('echo fixed');
});
afterEach(() => remove());

function script(lines: string, name = 'fix.sh'): Promise<void> {
  return writeExecutable(join(workspace, name), `#!/usr/bin/env bash\n${lines}\n`);
}

function run(changes: readonly Change[] = [aChange()], rules: readonly string[] = [OK]) {
  return remediate(planFor(rulesFile(rules), changes).plan.remediations, deps);
}

test('runs the script and returns its result', async () => {
  const [outcome] = await run();
  expect(outcome).toMatchObject({
    kind: 'remediation',
    status: 'done',
    run: 'fix.sh',
    detail: 'ended with exit code 0',
    exitCode: 0,
    output: 'fixed\n',
  });
  expect(outcome?.durationMs).toBeGreaterThan(0);
  expect(outcome).not.toHaveProperty('cancelled');
});

test('runs scripts one after the other, and continues after a failure', async () => {
  await script('echo $REACTOR_ENTITY-$REACTOR_RULE >> order; [ "$REACTOR_RULE" != rule-1 ]');
  const outcomes = await run([aChange({entity: 'a'}), aChange({entity: 'b'})], [OK, OK]);
  expect(outcomes.map(({status}) => status)).toEqual(['failed', 'done', 'failed', 'done']);
  expect(readFileSync(join(workspace, 'order'), 'utf8')).toBe('a-rule-1\na-rule-2\nb-rule-1\nb-rule-2\n');
});

test('passes the change as JSON in a file that only the owner can read', async () => {
  await script('echo "$REACTOR_CHANGE_PATH"; cp "$REACTOR_CHANGE_PATH" seen.json');
  const change = aHostileChange({entity: 'x'.repeat(1000), title: 'y'.repeat(1_000_000)});
  const [outcome] = await run([change]);
  expect(JSON.parse(readFileSync(join(workspace, 'seen.json'), 'utf8'))).toEqual(change);
  const path = outcome?.output?.trim() ?? '';
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a script that cannot be run is a failure with its reason', async () => {
  const [missing] = await run([aChange()], ['remediate: {run: missing.sh}']);
  expect(missing).toMatchObject({status: 'failed', detail: expect.stringMatching(/^is not in the workspace/)});
  const [homeless] = await remediate(planFor(rulesFile([OK]), [aChange()]).plan.remediations, {
    ...deps,
    run: {...deps.run, tempDir: join(workspace, 'fix.sh/temp')},
  });
  expect(homeless).toMatchObject({status: 'failed', detail: expect.stringMatching(/^could not be run: .*ENOTDIR/)});
});

describe('the log', () => {
  test('shows the output in a group in which the runner ignores commands', async () => {
    await script(
      'echo "::set-output name=outcome::pwned"; echo "x ##[add-mask]a"; echo "::stop-commands::mine"; printf "::mine::"',
    );
    await run();
    expect(readRunnerLog(log)).toEqual({
      commands: [
        {name: 'group', properties: '', data: 'fix.sh for notification-service-prod (rule rule-1)'},
        {name: 'endgroup', properties: '', data: ''},
      ],
      lines: [],
      stopped: ['::set-output name=outcome::pwned', 'x ##[add-mask]a', '::stop-commands::mine', '::mine::'],
      isStopped: false,
    });
  });

  test.each([
    ['does not end with a line break', 'printf "no end"'],
    ['ends with a carriage return', 'printf "no end\\r"'],
    ['writes nothing', 'true'],
    ['fails', 'printf "::group::"; exit 1'],
    ['writes too much', 'yes | head -c 2000000'],
    ['cannot be started', 'exit 0', 'remediate: {run: missing.sh}'],
    ['hangs', 'printf "::x"; sleep 300', 'remediate: {run: fix.sh, timeout: 1s}'],
  ])('accepts commands again after a script that %s', async (_name, lines, rule = OK) => {
    await script(lines);
    await run([aChange()], [rule]);
    const {commands, lines: shown, isStopped} = readRunnerLog(log);
    expect(isStopped).toBe(false);
    expect(commands.map(({name}) => name)).toEqual(['group', 'endgroup']);
    expect(shown).toEqual([]);
  });

  test('ends the stop of commands with a random token', async () => {
    await run([aChange(), aChange({entity: 'b'})]);
    const tokens = [...log.matchAll(/^::stop-commands::(.*)$/gm)].map(([, token]) => token);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('has one group title for any name of the entity', async () => {
    await run([aHostileChange({entity: `${HOSTILE}\n::error::x%0A::error::y`})]);
    const {commands} = readRunnerLog(log);
    expect(commands.map(({name}) => name)).toEqual(['group', 'endgroup']);
    expect(commands[0]?.data).toContain('%250A');
  });
});

describe('secrets', () => {
  test('of the action, and those that the rule passes, are replaced in the output', async () => {
    await script('echo "$CLUSTER_TOKEN webhook-secret"; printf "\\033[31mred\\033[0m $GITHUB_TOKEN"');
    const [outcome] = await run([aChange()], ['remediate: {run: fix.sh, pass: [CLUSTER_TOKEN, MISSING]}']);
    expect(outcome?.output).toBe('*** ***\nred ');
  });

  test('inside a passed URL are replaced and masked in the log, without its other parts and plain words', async () => {
    const masked: string[] = [];
    const mask = (secret: string) => masked.push(secret);
    const env = {...deps.env, NAMESPACE: 'production', DATABASE_URL: 'postgres://app:hunter2@db.internal/shop'};
    deps = {...deps, env, mask};
    await script('echo "$NAMESPACE: $DATABASE_URL"; printf "%s" app:hunter2 | base64');
    const [outcome] = await run([aChange()], ['remediate: {run: fix.sh, pass: [NAMESPACE, DATABASE_URL]}']);
    expect(outcome?.output).toBe('production: postgres://***@db.internal/shop\n***=\n');
    expect(masked).toEqual(expect.arrayContaining(['hunter2']));
    expect(masked).not.toContain('production');
  });

  test('in the name of a process that was left running are replaced', async () => {
    await script('exec -a "worker --token=$CLUSTER_TOKEN" sleep 300 & echo $! > pid');
    const [outcome] = await run([aChange()], ['remediate: {run: fix.sh, pass: [CLUSTER_TOKEN]}']);
    process.kill(Number(readFileSync(join(workspace, 'pid'), 'utf8')));
    expect(outcome?.detail).toMatch(/left processes running: worker --token=\*\*\* 300 \(process \d+\)$/);
  });

  test('are not in the environment unless the rule names them', async () => {
    await script('env');
    const [outcome] = await run();
    expect(outcome?.output).not.toMatch(/CLUSTER_TOKEN|GITHUB_TOKEN|secret/);
  });
});

describe('with Port credentials', () => {
  let port: PortServer;

  beforeEach(async () => {
    port = await startPortServer();
    port.blueprints.set('deploymentConfig', {identifier: 'deploymentConfig'});
    deps = {...deps, port: createPortClient(port.credentials, {fetch, sleep: async () => {}})};
    await script('touch ran');
  });
  afterEach(() => port.close());

  const store = (properties: object) => port.entities.set('deploymentConfig/notification-service-prod', {properties});
  const hasRun = () => existsSync(join(workspace, 'ran'));

  test('runs the script if the reason still applies', async () => {
    store({healthStatus: 'Degraded'});
    await expect(run()).resolves.toMatchObject([{status: 'done'}]);
    expect(hasRun()).toBe(true);
    expect(port.calls).toEqual(['GET /v1/blueprints/deploymentConfig/entities/notification-service-prod']);
  });

  test('does not run the script if the reason no longer applies, and reports the current value', async () => {
    store({healthStatus: 'Healthy'});
    await expect(run()).resolves.toMatchObject([
      {status: 'skipped', detail: 'was not run: healthStatus is now Healthy, according to Port'},
    ]);
    expect(hasRun()).toBe(false);
  });

  test('starts no script if the run is cancelled during the request to Port', async () => {
    const cancellation = new AbortController();
    port.replyAll = () => {
      cancellation.abort();
      return {status: 403};
    };
    deps = {...deps, cancelled: cancellation.signal};
    await expect(run()).resolves.toMatchObject([
      {status: 'failed', detail: 'was not run: the workflow run was cancelled'},
    ]);
    expect(hasRun()).toBe(false);
  });

  test('compares with every value of `to` in the rule', async () => {
    store({healthStatus: 'Crashed'});
    await expect(run([aChange()], ['to: [Degraded, Crashed], remediate: {run: fix.sh}'])).resolves.toMatchObject([
      {status: 'done'},
    ]);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'Port refuses',
      () => port.replyNext('GET /v1/blueprints', {status: 403}),
      /^notification-service-prod: the entity was not read again from Port: Port answered 403 .*\. Continuing/,
    ],
    [
      'Port is down',
      () => Object.assign(port, {replyAll: () => 'reset'}),
      /the entity was not read again from Port: .*(hang up|ECONNRESET).*\. Continuing/,
    ],
    [
      'Port does not answer with JSON',
      () => port.replyNext('GET /v1/blueprints', {status: 200, body: '##[error]<html>'}),
      /the entity was not read again from Port: .*\. Continuing/,
    ],
  ])('runs the script and logs the reason if %s', async (_name, prepare, logged) => {
    prepare();
    await expect(run()).resolves.toMatchObject([{status: 'done'}]);
    expect(hasRun()).toBe(true);
    const {lines, commands} = readRunnerLog(log);
    expect(lines).toEqual([expect.stringMatching(logged)]);
    expect(commands).toHaveLength(2);
  });

  test('does not run the script if the entity no longer exists', async () => {
    await expect(run()).resolves.toMatchObject([
      {status: 'skipped', detail: 'was not run: the entity no longer exists, according to Port'},
    ]);
    expect(hasRun()).toBe(false);
  });

  test('does not run the script if the condition of the rule is no longer true', async () => {
    store({healthStatus: 'Degraded', locked: true});
    const rule = 'to: Degraded, if: after.properties.locked != true, remediate: {run: fix.sh}';
    await expect(run([aChange()], [rule])).resolves.toMatchObject([
      {status: 'skipped', detail: expect.stringContaining('after.properties.locked is true), according to Port')},
    ]);
    expect(hasRun()).toBe(false);
  });

  test('stops calling Port after a response that took too long', async () => {
    let now = 0;
    deps = {...deps, now: () => now};
    port.replyAll = () => {
      now += 12_000;
      return 'reset';
    };
    const outcomes = await run([aChange({entity: 'a'}), aChange({entity: 'b'}), aChange({entity: 'c'})]);
    expect(outcomes.map(({status}) => status)).toEqual(['done', 'done', 'done']);
    expect(outcomes[2]?.unchecked).toBe(
      'the entity was not read again from Port: Port did not answer an earlier request in time',
    );
    expect(new Set(port.calls)).toEqual(new Set());
    expect(port.requests.length).toBeLessThanOrEqual(3); // one call and its retries
  });

  test.each<[string, Change, string]>([
    ['a deletion', aChange({action: 'DELETE'}), 'on: deleted, property: healthStatus, remediate: {run: fix.sh}'],
  ])('runs the script for %s without a call to Port', async (_name, change, rule) => {
    store({healthStatus: 'Healthy'});
    await expect(run([change], [rule])).resolves.toMatchObject([{status: 'done'}]);
    expect(port.requests).toEqual([]);
  });
});

describe('without Port credentials', () => {
  const [degraded, healthy] = [
    aChange({at: '2026-11-20T12:00:00Z'}),
    aChange({at: '2026-11-20T12:05:00Z', from: 'Degraded', to: 'Healthy'}),
  ];
  const rule = 'to: Degraded, remediate: {run: fix.sh}';
  const detailOf = async (changes: readonly Change[]) => {
    deps = {...deps, changes};
    const [outcome] = await run(changes, [rule]);
    return outcome?.detail;
  };

  test('does not run the script if a later change ends the reason, in any order of the changes', async () => {
    const over = 'was not run: healthStatus is now Healthy, according to a later change of this run';
    await expect(detailOf([degraded, healthy])).resolves.toBe(over);
    await expect(detailOf([healthy, degraded])).resolves.toBe(over);
    const gone = aChange({action: 'DELETE', at: '2026-11-20T12:06:00Z'});
    await expect(detailOf([degraded, gone])).resolves.toBe(
      'was not run: the entity no longer exists, according to a later change of this run',
    );
  });

  test('ignores an earlier change and a change of another entity', async () => {
    await expect(detailOf([aChange({...healthy, at: '2026-11-20T11:00:00Z'}), degraded])).resolves.toMatch(/^ended/);
    await expect(detailOf([degraded, {...healthy, entity: 'other'}])).resolves.toMatch(/^ended/);
  });

  test('reports what was not checked', async () => {
    const [outcome] = await run([degraded], [rule]);
    expect(outcome?.unchecked).toBe('the entity was not read again from Port: no Port credentials are set');
  });
});

test('a cancelled run starts no more scripts', async () => {
  await script('touch started; sleep 300');
  const outcomes = run([aChange(), aChange({entity: 'b'})]);
  await eventually('the script has started', async () => existsSync(join(workspace, 'started')));
  process.emit('SIGTERM');
  await expect(outcomes).resolves.toMatchObject([
    {status: 'failed', detail: 'was stopped: the workflow run was cancelled'},
    {status: 'failed', detail: 'was not run: the workflow run was cancelled'},
  ]);
  expect(readRunnerLog(log).isStopped).toBe(false);
});
