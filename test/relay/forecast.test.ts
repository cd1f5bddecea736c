import {expect, test} from '@jest/globals';
import {acceptedInMs, type Standing} from '../../relay/forecast.ts';
import {MAX_CHANGES_BYTES} from '../../src/change/client-payload.ts';

const idle: Standing = {delayMs: before => before * 1_000, answerMs: 300, isInFlight: false, ahead: 0, busy: 1};

test.each<[string, Partial<Standing>, number, number]>([
  ['at once, where nothing is in the way', {}, 500, 300],
  ['after the batch that is on its way', {isInFlight: true}, 500, 600],
  ['after the partitions that go before', {ahead: 3, busy: 4}, 500, 3_300],
  ['with the second batch, where the first is full', {}, MAX_CHANGES_BYTES + 1, 1_300],
  ['a batch of each of the others later', {ahead: 2, busy: 8}, 2 * MAX_CHANGES_BYTES, 10_300],
  ['no sooner than GitHub answers one by one', {delayMs: () => 0, isInFlight: true}, 3 * MAX_CHANGES_BYTES, 1_200],
])('a change is accepted %s', (_name, standing, bytes, expected) => {
  expect(acceptedInMs({...idle, ...standing}, bytes)).toBe(expected);
});
