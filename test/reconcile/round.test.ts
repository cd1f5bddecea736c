import {describe, expect, test} from '@jest/globals';
import {mergeAwaited, parseRound, type Round, serializeRound} from '../../src/reconcile/round.ts';

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

describe('the file of a round', () => {
  test('is read without loss, also without waiting changes', () => {
    for (const round of [ROUND, {...ROUND, awaited: []}]) expect(parseRound(serializeRound(round))).toEqual(round);
  });

  test('has one line per waiting change', () => {
    expect(
      serializeRound(ROUND)
        .split('\n')
        .filter(line => line.includes('"entity"')),
    ).toHaveLength(2);
  });

  test.each(['', '{', '[]', '{"version":2}', serializeRound({...ROUND, handled: -1})])(
    'is refused if it is not valid: %s',
    text => {
      expect(parseRound(text)).toBeUndefined();
    },
  );
});

describe('two concurrent rounds', () => {
  test('keep the dispatches of both', () => {
    const theirs = {...one, id: 'theirs'};
    expect(mergeAwaited([one], [theirs], new Set()).map(({id}) => id)).toEqual(['a', 'theirs']);
  });

  test('do not restore a change that one of them knows to be decided', () => {
    expect(mergeAwaited([], [one], new Set(['a']))).toEqual([]);
  });

  test('keep the first and the last dispatch of the same change', () => {
    expect(mergeAwaited([one], [{...one, first: 5, last: 30, times: 2}], new Set())).toEqual([
      {...one, first: 5, last: 30, times: 2},
    ]);
  });
});
