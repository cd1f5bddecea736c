import {describe, expect, test} from '@jest/globals';
import {mergeAwaited, parseRound, type Round, serialiseRound} from '../../src/reconcile/round.ts';

const one = {id: 'a', blueprint: 'b', entity: 'e "}', at: '2026-11-28T11:00:00Z', first: 10, last: 20, times: 1};
const ROUND: Round = {
  version: 1,
  at: '2026-11-28T12:00:00.000Z',
  window: {from: '2026-11-27T12:00:00.000Z', to: '2026-11-28T11:50:00.000Z'},
  ...{changes: 6, irrelevant: 1, handled: 2, superseded: 1, witnessed: 1, missing: 1, unreadable: 0},
  last: 1764330600000,
  awaited: [one, {...one, id: 'b'}],
  rules: {degraded: '0123456789abcdef'},
};

describe('the file', () => {
  test('reads as it was written, also without anything that waits', () => {
    for (const round of [ROUND, {...ROUND, awaited: []}]) expect(parseRound(serialiseRound(round))).toEqual(round);
  });

  test('has a line for each change that waits', () => {
    expect(
      serialiseRound(ROUND)
        .split('\n')
        .filter(line => line.includes('"entity"')),
    ).toHaveLength(2);
  });

  test.each(['', '{', '[]', '{"version":2}', serialiseRound({...ROUND, handled: -1})])('that is not one: %s', text => {
    expect(parseRound(text)).toBeUndefined();
  });
});

describe('two rounds at the same time', () => {
  test('both keep what they have dispatched', () => {
    const theirs = {...one, id: 'theirs'};
    expect(mergeAwaited([one], [theirs], new Set()).map(({id}) => id)).toEqual(['a', 'theirs']);
  });

  test('what one of them knows to be decided does not come back', () => {
    expect(mergeAwaited([], [one], new Set(['a']))).toEqual([]);
  });

  test('the same change: the first dispatch and the last', () => {
    expect(mergeAwaited([one], [{...one, first: 5, last: 30, times: 2}], new Set())).toEqual([
      {...one, first: 5, last: 30, times: 2},
    ]);
  });
});
