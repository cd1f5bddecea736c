import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {scriptEnv} from '../../../src/act/script/script-env.ts';
import {aChange} from '../../helpers/values/changes.ts';
import {aHostileChange, HOSTILE, hostileChanges} from '../../helpers/values/hostile.ts';
import {aMatch} from '../../helpers/values/plans.ts';
import {runs} from '../../helpers/values/runs.ts';

const rule = 'remediate: {run: fix.sh}';
const match = aMatch(aChange({id: 'r_1'}), rule);
const settings = {timeoutMs: 1000, env: {}, pass: []};

/** The variables that a runner sets for a step, and those of a workflow with secrets in its `env`. */
const STEP = {
  PATH: '/usr/bin',
  HOME: '/home/runner',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  CI: 'true',
  RUNNER_TEMP: '/tmp/runner',
  RUNNER_OS: 'Linux',
  RUNNER_TRACKING_ID: 'github_1',
  GITHUB_WORKSPACE: '/work',
  GITHUB_RUN_ID: '42',
  GITHUB_REPOSITORY: 'acme/ops',
  GITHUB_SHA: 'abc',
  GITHUB_ACTOR: 'jane',
};
const FORBIDDEN = {
  GITHUB_TOKEN: 'ghs_secret',
  GH_TOKEN: 'ghs_secret',
  'INPUT_GITHUB-TOKEN': 'ghs_secret',
  'INPUT_SLACK-WEBHOOK-URL': 'https://x',
  'INPUT_PORT-CLIENT-SECRET': 'secret',
  INPUT_EVENT: '{}',
  ACTIONS_RUNTIME_TOKEN: 'secret',
  ACTIONS_RUNTIME_URL: 'https://x',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x',
  ACTIONS_CACHE_URL: 'https://x',
  GITHUB_ENV: '/f',
  GITHUB_OUTPUT: '/f',
  GITHUB_PATH: '/f',
  GITHUB_STATE: '/f',
  GITHUB_STEP_SUMMARY: '/f',
  GITHUB_EVENT_PATH: '/f',
  NODE_OPTIONS: '--require x',
  BASH_ENV: '/f',
  LD_PRELOAD: '/f',
  AWS_SECRET_ACCESS_KEY: 'secret',
  KUBECONFIG: '/f',
};
const REACTOR = {
  REACTOR_RULE: 'rule-1',
  REACTOR_ENTITY: 'notification-service-prod',
  REACTOR_TITLE: 'Notification Service Production',
  REACTOR_BLUEPRINT: 'deploymentConfig',
  REACTOR_PROPERTY: 'healthStatus',
  REACTOR_FROM: 'Healthy',
  REACTOR_TO: 'Degraded',
  REACTOR_AT: '2026-11-20T12:28:18.477Z',
  REACTOR_CHANGE_PATH: '/tmp/change.json',
};

test('contains only the change and the allowed variables of the runner', () => {
  expect(scriptEnv({...STEP, ...FORBIDDEN}, {match, remediate: settings, changePath: '/tmp/change.json'})).toEqual({
    ...STEP,
    ...REACTOR,
  });
});

test('contains the variables that the rule sets and those that it passes', () => {
  const named = {...settings, env: {STEP_SIZE: '2', PATH: '/opt/bin'}, pass: ['KUBECONFIG', 'GITHUB_TOKEN', 'MISSING']};
  expect(scriptEnv({...STEP, ...FORBIDDEN}, {match, remediate: named, changePath: '/tmp/change.json'})).toEqual({
    ...STEP,
    ...REACTOR,
    STEP_SIZE: '2',
    PATH: '/opt/bin',
    KUBECONFIG: '/f',
    GITHUB_TOKEN: 'ghs_secret',
  });
});

test('passes hostile text unchanged', () => {
  const env = scriptEnv(STEP, {
    match: aMatch(aHostileChange(), rule),
    remediate: settings,
    changePath: '/tmp/change.json',
  });
  expect(env).toMatchObject({
    REACTOR_ENTITY: HOSTILE,
    REACTOR_TITLE: HOSTILE,
    REACTOR_FROM: HOSTILE,
    REACTOR_TO: `${HOSTILE}!`,
  });
});

describe('a value', () => {
  const envOf = (to: unknown) =>
    scriptEnv({}, {match: aMatch(aChange({to}), rule), remediate: settings, changePath: '/f'})['REACTOR_TO'];

  test('loses its NUL characters, which a variable cannot contain', () => {
    expect(envOf('a\0b\0')).toBe('ab');
  });

  test('that is too long for a variable is cut, with a mark', () => {
    const value = envOf('💥'.repeat(500_000)) ?? '';
    expect(Buffer.byteLength(value)).toBeLessThan(128 * 1024 - 'REACTOR_TO='.length);
    expect(value.endsWith('💥…')).toBe(true);
  });

  test('keeps its lines', () => {
    expect(envOf('one\ntwo\r\n')).toBe('one\ntwo\r\n');
  });
});

test('for any catalog text, each variable is on the list, without NUL and short enough', () => {
  const names = [...Object.keys(REACTOR), ...Object.keys(STEP)];
  fc.assert(
    fc.property(hostileChanges(), change => {
      const env = scriptEnv(
        {...STEP, ...FORBIDDEN},
        {match: {...match, change}, remediate: settings, changePath: '/f'},
      );
      expect(Object.keys(env).filter(name => !names.includes(name))).toEqual([]);
      expect(Object.values(env).filter(value => value.includes('\0') || Buffer.byteLength(value) > 100_000)).toEqual(
        [],
      );
    }),
    {numRuns: runs(200)},
  );
});
