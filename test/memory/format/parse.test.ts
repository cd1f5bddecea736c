import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {emptyMemory, type Memory} from '../../../src/memory/format/format.ts';
import {parseMemory} from '../../../src/memory/format/parse.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';
import {memories} from '../an-arbitrary-memory.ts';

/** The example of the contract, unchanged. */
const EXAMPLE = `{"version":1,"shard":3,"horizon":1764072000,
"incidents":[
{"id":"K7Q2M9","rule":"deployment-degraded","blueprint":"deploymentConfig","entity":"checkout-prod","title":"Checkout","state":"open","since":1764331200,"at":1764331200123,"value":"Degraded","attempts":1,"lastRun":1764331260,"verifyAt":1764331860,"escalated":0,"turns":[1764331200],"told":{"default":{"at":1764331201,"channel":"C01","ts":"1764331201.0001"}},"due":1764331860,"run":"123/1"}],
"unfinished":{"9f86d081884c7d65":{"t":1764331260,"run":"123/1","notify":{"default":"done"},"remediate":"started"}},
"done":{"2c26b46b68ffc68f":1764331201}}
`;

function read(text: string): Memory {
  const parsed = parseMemory(text, 3);
  if (parsed.kind !== 'memory') throw new Error(JSON.stringify(parsed));
  return parsed.memory;
}

function problemsIn(text: string): string[] {
  const parsed = parseMemory(text, 3);
  return parsed.kind === 'corrupt' ? parsed.problems.map(({line, message}) => `${line}: ${message}`) : [];
}

describe('memory.json', () => {
  test('from the contract is read and written again without loss', () => {
    const memory = read(EXAMPLE);
    expect(memory).toEqual(JSON.parse(EXAMPLE));
    expect(read(serialize(memory))).toEqual(memory);
  });

  test('has one line per item', () => {
    const memory = read(EXAMPLE);
    const more = {...memory, done: {...memory.done, ffffffffffffffff: 1764331300}};
    const [before, after] = [serialize(memory).split('\n'), serialize(more).split('\n')];
    expect(after.length - before.length).toBe(1);
    expect(before.filter(line => !after.includes(line))).toHaveLength(1);
  });

  test('of an empty shard is read', () => {
    const memory = {...emptyMemory(3, 1_764_331_200_000)};
    expect(memory.horizon).toBe(1_764_331_200 - 3600);
    expect(read(serialize(memory))).toEqual(memory);
  });

  test('has the same text for any order of its items, and is read without loss', () => {
    fc.assert(
      fc.property(memories, memory => {
        const text = serialize(memory);
        expect(read(text)).toEqual(JSON.parse(JSON.stringify({...memory, incidents: read(text).incidents})));
        const reversed = {
          ...memory,
          incidents: memory.incidents.toReversed(),
          done: Object.fromEntries(Object.entries(memory.done).toReversed()),
          unfinished: Object.fromEntries(Object.entries(memory.unfinished).toReversed()),
        };
        expect(serialize(reversed)).toBe(text);
      }),
    );
  });
});

describe('mistakes in memory.json', () => {
  const edit = (from: string | RegExp, to: string) => EXAMPLE.replace(from, to);

  test.each([
    ['a line that is cut', EXAMPLE.slice(0, 200), '3: the file is incomplete: the JSON ends too early'],
    ['an empty file', '', '1: the file is incomplete: the JSON ends too early'],
    [
      'a missing comma',
      edit('"shard":3,', '"shard":3 '),
      '1: is not valid JSON from this position: "horizon":1764072000,',
    ],
    ['a list', '[]', '1: must be a mapping, but is a list'],
    [
      'an unknown state',
      edit('"open"', '"opened"'),
      '3: incidents[0].state: must be one of pending, open, clearing, closed, but is the string "opened"',
    ],
    [
      'a time that is a text',
      edit('"since":1764331200', '"since":"now"'),
      '3: incidents[0].since: must be a whole number, but is the string "now"',
    ],
    ['a missing key', edit('"attempts":1,', ''), '3: incidents[0].attempts: must be a whole number'],
    [
      'an unknown key',
      edit('"attempts":1,', '"attempts":1,"color":"red",'),
      '3: incidents[0]: "color" is not a key here',
    ],
    [
      'an invalid key of the ledger',
      edit('2c26b46b68ffc68f', '2c26'),
      '5: done.2c26: is not a key: it needs 16 hexadecimal digits',
    ],
    [
      'a script with an unknown state',
      edit('"started"', '"running"'),
      '4: unfinished.9f86d081884c7d65.remediate: must be one of started, done, failed, but is the string "running"',
    ],
    ['the file of another shard', edit('"shard":3', '"shard":4'), '1: shard: must be 3, the number of the branch'],
  ])('%s', (_, text, problem) => {
    expect(problemsIn(text)).toEqual([expect.stringContaining(problem)]);
  });

  test('a duplicate incident', () => {
    const [, , line = ''] = EXAMPLE.split('\n');
    const twice = edit('"incidents":[\n', `"incidents":[\n${line.replace('}],', '},').replace('K7Q2M9', 'AAAAAA')}\n`);
    expect(problemsIn(twice)).toEqual(['4: incidents[1]: is a duplicate of incidents[0]. Remove one of the two lines']);
  });

  test('a later version is not a mistake, but must not be changed', () => {
    expect(parseMemory('{"version":2,"shards":{}}', 3)).toEqual({kind: 'newer', version: 2});
  });

  test('no text makes the parser throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.nat(EXAMPLE.length), fc.nat(20), (text, at, length) => {
        for (const one of [text, EXAMPLE.slice(0, at) + text + EXAMPLE.slice(at + length)]) {
          expect(['memory', 'newer', 'corrupt']).toContain(parseMemory(one, 3).kind);
        }
      }),
    );
  });
});
