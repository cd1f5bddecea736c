/** Rules that watch a title or a team, from Port's event to the verdict, also through a client payload. */
import {expect, test} from '@jest/globals';
import type {Change} from '../../src/change/change.ts';
import {parseChange} from '../../src/change/event/parse-change.ts';
import {decodeClientPayload} from '../../src/change/payload/client-payload.ts';
import {evaluate} from '../../src/decide/evaluate.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {encodeOne} from '../helpers/values/encode-one.ts';

const AT = '2026-11-20T12:00:00Z';
const side = (title: string, team: string[]) => ({title, team, properties: {a: 1}, relations: {}});

function changed(before: object, after: object): Change {
  const parsed = parseChange(
    {action: 'UPDATE', context: {blueprint: 'service', entity: 's'}, trigger: {at: AT}, diff: {before, after}},
    AT,
  );
  if (parsed.kind !== 'change') throw new Error(parsed.reason);
  return parsed.change;
}

function roundTrip(change: Change): Change {
  const [decoded] = decodeClientPayload(encodeOne(change)).changes;
  if (decoded === undefined) throw new Error('nothing was decoded');
  return decoded;
}

const matches = (condition: string, change: Change) =>
  evaluate(
    parseRules(`version: 1\nrules: [{name: r, blueprint: service, if: "${condition}", notify: true}]`, 'rules.yml'),
    change,
  ).map(({matched}) => matched);

test.each([
  ['before.title != after.title', changed(side('A', []), side('B', [])), true],
  ['before.title != after.title', changed(side('A', []), side('A', ['x'])), false],
  ["before.title == 'A' && after.title == 'B'", changed(side('A', []), side('B', [])), true],
  ['join(before.team) != join(after.team)', changed(side('A', ['x']), side('A', ['x', 'y'])), true],
  ['join(before.team) != join(after.team)', changed(side('A', ['x']), side('B', ['x'])), false],
  ["contains(before.team, 'x') && !contains(after.team, 'x')", changed(side('A', ['x']), side('A', [])), true],
])('%s', (condition, change, expected) => {
  expect(matches(condition, change)).toEqual([expected]);
  expect(matches(condition, roundTrip(change))).toEqual([expected]);
});

test('two changes that differ only in the title have different ids', () => {
  const [a, b, c] = ['A', 'B', 'B'].map(title => changed(side('Z', []), side(title, [])).id);
  expect(a).not.toBe(b);
  expect(b).toBe(c);
});
