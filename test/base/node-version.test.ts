import {expect, test} from '@jest/globals';
import {nodeVersionMistake} from '../../src/base/node-version.ts';

test.each(['18.20.8', '16.0.0', '0.12.18'])('Node %s is too old', version => {
  expect(nodeVersionMistake(version)).toBe(
    `Node ${version} is too old. Port Reactor requires Node 20 or later. Install it from https://nodejs.org/en/download`,
  );
});

test.each(['20.0.0', '20.20.2', '24.1.0', '100.0.0', process.versions.node])('Node %s is supported', version => {
  expect(nodeVersionMistake(version)).toBeUndefined();
});
