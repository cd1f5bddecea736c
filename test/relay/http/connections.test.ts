import {expect, test} from '@jest/globals';
import {affordableConnections} from '../../../relay/http/connections.ts';

test.each([
  [1_048_576, 4_000],
  [1_024, 976],
  [256, 208],
  [60, 15],
])('%s open files allow %s connections', (limit, expected) => {
  expect(affordableConnections(4_000, limit)).toBe(expected);
});
