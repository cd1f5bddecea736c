import {expect, test} from '@jest/globals';
import {readRun} from '../../src/base/run.ts';

test('reads the identity of the run', () => {
  expect(
    readRun({
      GITHUB_SERVER_URL: 'https://github.acme.example',
      GITHUB_API_URL: 'https://github.acme.example/api/v3/',
      GITHUB_GRAPHQL_URL: 'https://github.acme.example/api/graphql',
      GITHUB_REPOSITORY: 'acme/ops',
      GITHUB_RUN_ID: '42',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_SHA: 'abc',
      GITHUB_WORKSPACE: '/work',
      GITHUB_EVENT_NAME: 'repository_dispatch',
      GITHUB_EVENT_PATH: '/event.json',
      GITHUB_STEP_SUMMARY: '/summary.md',
      RUNNER_TEMP: '/temp',
    }),
  ).toEqual({
    url: 'https://github.acme.example/acme/ops/actions/runs/42',
    apiUrl: 'https://github.acme.example/api/v3',
    graphqlUrl: 'https://github.acme.example/api/graphql',
    id: '42',
    attempt: 2,
    name: '42/2',
    repository: 'acme/ops',
    sha: 'abc',
    workspace: '/work',
    tempDir: '/temp/port-reactor',
    eventName: 'repository_dispatch',
    eventPath: '/event.json',
    hasSummary: true,
  });
});

test('has defaults for variables that are not set', () => {
  expect(readRun({GITHUB_EVENT_PATH: '', GITHUB_STEP_SUMMARY: ''})).toMatchObject({
    apiUrl: 'https://api.github.com',
    graphqlUrl: 'https://api.github.com/graphql',
    id: undefined,
    attempt: 1,
    name: '0/1',
    workspace: process.cwd(),
    tempDir: '/tmp/port-reactor',
    eventPath: undefined,
    hasSummary: false,
  });
});
