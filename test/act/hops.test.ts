import {expect, test} from '@jest/globals';
import {hopsOf} from '../../src/act/hops.ts';

const TIMES = {
  relay: '2026-11-20T12:00:00.400Z',
  runCreated: '2026-11-20T12:00:01Z',
  started: '2026-11-20T12:00:20Z',
  answered: '2026-11-20T12:00:21.500Z',
  totalMs: 21_500,
};
const shown = (times: Parameters<typeof hopsOf>[0]) => hopsOf(times).map(({from, to, ms}) => `${from} ${to} ${ms}`);

test('each hop starts when the previous hop ends', () => {
  expect(shown(TIMES)).toEqual([
    'change relay 400',
    'relay runCreated 600',
    'runCreated jobStarted 19000',
    'jobStarted slack 1500',
  ]);
});

test('a re-run is a separate hop', () => {
  expect(shown({...TIMES, rerun: '2026-11-20T12:00:16Z'}).slice(2, 4)).toEqual([
    'runCreated rerun 15000',
    'rerun jobStarted 4000',
  ]);
});

test.each<[string, Parameters<typeof hopsOf>[0], string[]]>([
  [
    'when the run was created',
    {...TIMES, runCreated: null},
    ['change relay 400', 'relay jobStarted 19600', 'jobStarted slack 1500'],
  ],
  [
    'the relay',
    {...TIMES, relay: undefined},
    ['change runCreated 1000', 'runCreated jobStarted 19000', 'jobStarted slack 1500'],
  ],
  ['everything except the total', {totalMs: 5}, []],
  [
    'a value that is not a time',
    {...TIMES, started: 'soon', runCreated: ''},
    ['change relay 400', 'relay slack 21100'],
  ],
])('skips an unknown time: %s', (_name, times, hops) => {
  expect(shown(times)).toEqual(hops);
});
