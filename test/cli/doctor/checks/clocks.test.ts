import {expect, test} from '@jest/globals';
import {clockFindings, recordClocks} from '../../../../src/cli/doctor/checks/clocks.ts';

const MINUTE = 60_000;

test.each([
  {name: 'all agree', ahead: {relay: 900, port: -400, github: 0}, expected: ['ok']},
  {name: 'nothing is known', ahead: {}, expected: ['not-checked']},
  {name: 'the relay is fast', ahead: {relay: 2 * MINUTE, port: 0}, expected: [/relay is 2 min ahead of that of Port/]},
  {
    name: 'this machine is slow',
    ahead: {port: 3 * MINUTE, relay: 3 * MINUTE},
    expected: [/machine is 3 min behind that of Port/],
  },
  {name: 'GitHub replaces Port', ahead: {github: 0, relay: -2 * MINUTE}, expected: [/behind that of GitHub/]},
  {
    name: 'only the relay is known',
    ahead: {relay: 5 * MINUTE},
    expected: [/relay is 5 min ahead of the clock of this machine/],
  },
  {
    name: 'both clocks are wrong',
    ahead: {port: 10 * MINUTE, relay: 0},
    expected: [/clock of the relay is 10 min behind/, /clock of this machine is 10 min behind/],
  },
])('$name', ({ahead, expected}) => {
  const found = clockFindings({relay: undefined, port: undefined, github: undefined, ...ahead});
  expect(found).toHaveLength(expected.length);
  for (const [index, one] of expected.entries()) {
    if (typeof one === 'string') expect(found[index]?.status).toBe(one);
    else expect(found[index]).toMatchObject({status: 'failed', sentence: expect.stringMatching(one)});
  }
});

test('uses the quickest of several responses of each server', async () => {
  let nowMs = 1_000_000_000_000;
  const trips = [5_000, 10, 800];
  const clocks = recordClocks(
    async () => {
      const date = new Date(nowMs + 120_000).toUTCString();
      nowMs += trips.shift() ?? 0;
      return {ok: true, status: 200, statusText: '', headers: {get: () => date}, text: async () => ''};
    },
    () => nowMs,
  );
  for (const path of ['a', 'b', 'c'])
    await clocks.fetch(`https://relay.example.com/${path}`, {method: 'GET', headers: {}});
  expect(clocks.aheadMs('https://relay.example.com/webhooks/port')).toBeGreaterThan(119_000);
  expect(clocks.aheadMs('https://relay.example.com/webhooks/port')).toBeLessThan(121_000);
  expect(clocks.aheadMs('https://api.port.io')).toBeUndefined();
});
