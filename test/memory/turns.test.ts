import {expect, test} from '@jest/globals';
import {secondsOpen} from '../../src/memory/fold/turns.ts';
import type {Incident} from '../../src/memory/format/format.ts';

test.each([
  ['one opening', {turns: [0], since: 0, closed: 90}, 90],
  ['an opening and a closing in the same second', {turns: [0], since: 0, closed: 0}, 0],
  ['a closing that is a turn', {turns: [0, 90], since: 0, closed: 90}, 90],
  ['a second occurrence', {turns: [0, 60, 120, 180], since: 0, again: 120, closed: 180}, 60],
  ['a second occurrence within a second', {turns: [0, 60, 120, 120], since: 0, again: 120, closed: 120}, 0],
  ['an opening that is no longer in the window', {turns: [9000], since: 0, closed: 9000}, 9000],
  ['a reopening that is no longer in the window', {turns: [9000], since: 0, again: 100, closed: 9000}, 8900],
] as const)('the duration of an incident is that of its last occurrence: %s', (_, incident, expected) => {
  expect(secondsOpen(incident as unknown as Incident)).toBe(expected);
});
