import {expect, test} from '@jest/globals';
import {SHARD_FORMAT} from '../../../src/memory/format/shard-format.ts';

const {empty, parse, serialize} = SHARD_FORMAT;

test('parsing returns a memory, the version of a later release, or a message', () => {
  const memory = empty(3, 1_764_331_200_000);
  expect(parse(serialize(memory), 3)).toEqual({memory});
  expect(parse('{"version":2}', 3)).toEqual({newer: 2});
  expect(parse('{"version":1', 3)).toEqual({invalid: 'line 1: the file is incomplete: the JSON ends too early'});
  expect(parse('{"version":1,"shard":3}', 3)).toEqual({
    invalid: 'line 1: horizon: must be a whole number, but is missing, and 3 more mistakes',
  });
});
