/** Runs the truth tables of the memory as rule tests with the built command line. */
import {spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';

const MAIN = resolve('dist/cli/index.js');
const FIXTURES = resolve('test/fixtures/rule-tests');
const ROWS = 15;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rule-tests-'));
  mkdirSync(join(folder, '.github'));
  copyFileSync(join(FIXTURES, 'truth-tables.rules.yml'), join(folder, '.github/port-reactor.yml'));
  copyFileSync(join(FIXTURES, 'truth-tables.tests.yml'), join(folder, '.github/port-reactor.test.yml'));
  writeFileSync(join(folder, 'heal.sh'), '#!/bin/sh\n', {mode: 0o755});
});
afterAll(() => rmSync(folder, {recursive: true}));

function run(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, 'test', ...args], {cwd: folder, encoding: 'utf8', env: {}});
}

test('every row passes', () => {
  const {stdout, stderr, status} = run();
  expect({stderr, status, failed: stdout.match(/^✘.*$/gm)}).toEqual({stderr: '', status: 0, failed: null});
  expect(stdout).toContain(`${ROWS} passed`);
});

test('an incorrect expectation fails with the actual messages and their times', () => {
  const file = `
version: 1
tests:
  - name: it is reminded of too early
    changes:
      - { blueprint: reminds, property: status, from: Healthy, to: Degraded }
      - { wait: 31m }
      - { ack: reminds }
      - { wait: 60m }
    expect: { told: [firing, escalation, reminder], incidents: [] }
`;
  writeFileSync(join(folder, 'wrong.yml'), file);
  const {stdout, status} = run('wrong.yml');
  expect(status).toBe(1);
  expect(stdout).toContain(`✘ it is reminded of too early  wrong.yml:4
    all 4 steps:
    told
      - expected: firing, escalation, reminder
      + actual:   firing, escalation
                    firing at the start: reminds, an-entity
                    escalation at 31 min: reminds, an-entity
    incident of reminds for an-entity
      - expected: no such incident
      + actual:   is open
`);
});
