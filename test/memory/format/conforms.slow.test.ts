import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {conforms} from '../../../src/memory/format/conforms.ts';
import {MemoryFile} from '../../../src/memory/format/format.ts';
import {memories} from '../an-arbitrary-memory.ts';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('the fast check accepts what the schema accepts', () => {
  fc.assert(
    fc.property(memories, memory => expect(conforms(plain(memory))).toBe(MemoryFile.safeParse(plain(memory)).success)),
  );
});

test('the fast check refuses what the schema refuses, for any change of the text', () => {
  const junk = fc.constantFrom(
    '"x"',
    '-1',
    '1.5',
    'null',
    'true',
    '{}',
    '[]',
    '{"at":1}',
    '["x"]',
    '{"__proto__":1}',
    '1e300',
  );
  let accepted = 0;
  fc.assert(
    fc.property(memories, fc.nat(), junk, (memory, place, replacement) => {
      const text = JSON.stringify(memory);
      // Replaces any value or key with another.
      const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null/g)];
      const {0: found = '', index = 0} = values[place % values.length] ?? {};
      const edited = text.slice(0, index) + replacement + text.slice(index + found.length);
      let value: unknown;
      try {
        value = JSON.parse(edited);
      } catch {
        return;
      }
      if (!conforms(value)) return;
      accepted++;
      expect(MemoryFile.safeParse(value)).toMatchObject({success: true});
    }),
    {numRuns: 2000},
  );
  expect(accepted).toBeGreaterThan(5);
});
