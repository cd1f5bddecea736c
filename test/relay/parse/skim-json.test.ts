import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';

import {readNames, skimJson} from '../../../relay/parse/skim-json.ts';
import {isObject} from '../../../src/base/json.ts';
import {jsonValues} from '../../helpers/values/changes.ts';
import {runs} from '../../helpers/values/runs.ts';

const NAMES = ['healthStatus', 'locked', 'a'];
const read = readNames(NAMES);
/** The kept part of a text with a run. */
const skim = (text: string | Buffer) => {
  const bytes = Buffer.concat([Buffer.from(RUN), Buffer.from(text), Buffer.from(']')]);
  return skimJson(bytes, read)?.text.slice(RUN.length, -1);
};
const RUN = '[{"runId":1},';

describe('skimJson', () => {
  test.each([
    ['{"after":{"properties":{"b":1,"locked":2}}}', '{"after":{"properties":{"locked":2}}}'],
    [
      '{"after":{"properties":{"locked":2,"b":[{"locked":1}]},"c":1},"d":1}',
      '{"after":{"properties":{"locked":2},"c":1},"d":1}',
    ],
    [
      '{"before":{"relations":{"b":1,"a":2,"c":3,"LOCKED":{"properties":{"b":1}},"d":4}}}',
      '{"before":{"relations":{"a":2,"LOCKED":{"properties":{"b":1}}}}}',
    ],
    ['{"before":{"title":"t","icon":null}}', '{"before":{"title":"t","icon":null}}'],
    [
      '[{"x":{"after":{"properties":{}}}},{"after":{"properties":{"b":"\\u00e9\\n"}}}]',
      '[{"x":{"after":{"properties":{}}}},{"after":{"properties":{}}}]',
    ],
    ['{"after":{"properties":["b"],"relations":null}}', '{"after":{"properties":["b"],"relations":null}}'],
    [
      '{"properties":{"b":1},"after":[{"b":1}],"before":null}',
      '{"properties":{"b":1},"after":[{"b":1}],"before":null}',
    ],
    ['{"a":"{\\"after\\":{\\"b\\":1}}"}', '{"a":"{\\"after\\":{\\"b\\":1}}"}'],
    [
      ' { "after" : { "b" : 1 , "properties" : { "b" : -0.5e+7 , "a" : true } } } ',
      ' { "after" : { "b" : 1 , "properties" : { "a" : true } } } ',
    ],
    ['{"after":{"properties":{"b":1,"a":1,"a":2}}}', '{"after":{"properties":{"a":1,"a":2}}}'],
    ['"text"', '"text"'],
    ['-1', '-1'],
  ])('%s', (text, kept) => {
    expect(skim(text)).toBe(kept);
  });

  const sides = (before: string, after: string) =>
    `{"before":{"properties":${before}},"after":{"properties":${after}}}`;

  test.each([
    ['{"a":1,"b":2,"c":3}', '{"a":1,"b":9,"c":3}', '{"a":1,"b":2}', '{"a":1,"b":9}'],
    ['{"a":1,"b":2}', '{"a":2,"b":2}', '{"a":1}', '{"a":2}'],
    ['{"b":2,"c":3}', '{"b":2,"c":3}', '{}', '{}'],
    ['{"b":2,"c":3}', '{"b":2,"d":4,"c":3}', '{"c":3}', '{"d":4,"c":3}'],
    ['{"b":2}', '{"b":2,"c":3}', '{"b":2}', '{"b":2,"c":3}'],
    ['{"b":2,"c":3}', '{"b":2}', '{"b":2,"c":3}', '{"b":2}'],
    ['{"b":2,"c":3}', '{"c":3,"b":2}', '{"b":2,"c":3}', '{"c":3,"b":2}'],
    ['{}', '{"b":2}', '{}', '{"b":2}'],
    ['{"b":2}', '{}', '{"b":2}', '{}'],
    ['{"b":"x","c":3}', '{"b":"xy","c":3}', '{"b":"x"}', '{"b":"xy"}'],
  ])('reduces %s → %s to what is read or changed: %s → %s', (before, after, keptBefore, keptAfter) => {
    const skimmed = skimJson(Buffer.from(sides(before, after)), read);
    expect(skimmed).toEqual({text: sides(keptBefore, keptAfter), hasAllChanged: true});
  });

  test('keeps only the members that are read, and resets for each message', () => {
    const many = Object.fromEntries(Array.from({length: 1_000}, (_, n) => [`property${n}`, n]));
    const [before, after] = [
      {...many, locked: 1},
      {...many, property500: 'x', locked: 2},
    ].map(side => JSON.stringify(side));
    const skimmed = skimJson(Buffer.from(sides(before as string, after as string)), read);
    expect(skimmed?.text).toBe(sides('{"property500":500,"locked":1}', '{"property500":"x","locked":2}'));
    expect(skim(sides('{"b":1}', '{"locked":2}'))).toBe(sides('{}', '{"locked":2}'));
  });

  const MISTAKES = [
    ...[
      '',
      ' ',
      '{',
      '[',
      '"',
      '"\\',
      '"\\u12',
      '"\\u12"',
      '"\\x"',
      '"a\nb"',
      "{'a':1}",
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{,}',
    ],
    ...[
      '[1,]',
      '[,]',
      '[1 2]',
      '{"a":1 "b":2}',
      '{a:1}',
      '1 2',
      '{}{}',
      '[}',
      '{]',
      'tru',
      'truer',
      'nul',
      'NaN',
      'Infinity',
      '\ufeff{}',
    ],
    ...[
      '01',
      '-',
      '-a',
      '1.',
      '.5',
      '1e',
      '1e+',
      '+1',
      '0x1',
      '--1',
      '1.e1',
      '{"after":{"properties":{"b":01}}}',
      '{"after":{"properties":{"b":1,}}}',
    ],
    ...[
      '{"after":{"properties":{"b":"\t"}}}',
      '{"after":{"properties":{"b":tru}}}',
      '{"after":{"properties":{"b":1}}',
      '{"after":{"properties":{b:1}}}',
      '{"before":{"properties":{"b":1}},"after":{"properties":{"b":1}',
      '\u00a0{}',
    ],
  ];

  test.each(MISTAKES.map(text => [text]))('passes %j, which is not JSON, to the parser', text => {
    expect(() => JSON.parse(text)).toThrow();
    expect(skim(text)).toBeUndefined();
  });

  test.each([
    ['deeply nested', '['.repeat(60) + ']'.repeat(60)],
    ['with an escape in a name', '{"after":{"properties":{"\\u0061":1}}}'],
    ['with a name beyond ASCII', '{"after":{"properties":{"größe":1}}}'],
    ['with duplicate properties', '{"after":{"properties":{},"properties":{}}}'],
    ['with a duplicate side', '{"before":{},"after":{"properties":{"b":1}},"After":{"properties":{}}}'],
  ])('passes a text %s to the parser', (_, text) => {
    expect(skim(text)).toBeUndefined();
  });

  test('passes a text with a million levels to the parser immediately', () => {
    expect(skim('['.repeat(1_000_000))).toBeUndefined();
    expect(skim('{"a":'.repeat(200_000))).toBeUndefined();
  });

  const keys = fc.constantFrom(
    'before',
    'after',
    'After',
    'team',
    'properties',
    'relations',
    'Properties',
    'locked',
    'LOCKED',
    'b',
    '__proto__',
    'healthstatus',
    'é',
    '"',
  );
  const {value: nested} = fc.letrec(tie => ({
    value: fc.oneof(
      {depthSize: 'medium'},
      jsonValues,
      fc.dictionary(keys, tie('value'), {maxKeys: 5}),
      fc.array(tie('value'), {maxLength: 3}),
    ),
  }));

  test('drops exactly the members that are not read, for any JSON', () => {
    let count = 0;
    fc.assert(
      fc.property(nested, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const skimmed = skim(text);
        if (skimmed === undefined) return;
        count++;
        expect(JSON.parse(skimmed)).toEqual(withoutUnread(JSON.parse(text)));
      }),
      {numRuns: runs(500)},
    );
    expect(count).toBeGreaterThan(runs(500) / 10);
  });

  test('accepts only what the parser accepts, for any bytes', () => {
    const damaged = fc
      .tuple(nested, fc.nat(), fc.nat({max: 3}), fc.constantFrom(...'{}[]",:\\ \n\u0001tfn0-.eE/é\ud800'))
      .map(([value, place, length, insert]) => {
        const text = `${RUN}${JSON.stringify(value)}]`;
        const at = place % (text.length + 1);
        return Buffer.from(text.slice(0, at) + insert + text.slice(at + length));
      });
    fc.assert(
      fc.property(damaged, bytes => {
        const skimmed = skimJson(bytes, read);
        if (!skimmed || skimmed.hasAllChanged) return;
        expect(JSON.parse(skimmed.text)).toEqual(withoutUnread(JSON.parse(bytes.toString())));
      }),
      {numRuns: runs(2_000)},
    );
  });

  test('keeps what is read and all differences of two similar sides', () => {
    const value = fc.oneof(fc.constantFrom(1, 'x', null, [1, {b: 1}], {locked: 'y'}), fc.string());
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'locked', 'LOCKED', 'healthStatus');
    const members = fc.uniqueArray(fc.tuple(names, value), {maxLength: 8, selector: ([name]) => name});
    const edits = fc.array(fc.tuple(fc.nat({max: 8}), fc.boolean(), fc.tuple(names, value)), {maxLength: 3});
    fc.assert(
      fc.property(members, edits, fc.constantFrom(undefined, 1), (before, edits, indent) => {
        const after = edits.reduce(
          (all, [at, replaces, member]) => all.toSpliced(at, replaces ? 1 : 0, member),
          before,
        );
        const [was, is] = [before, after].map(Object.fromEntries);
        const bytes = Buffer.from(JSON.stringify({before: {properties: was}, after: {properties: is}}, null, indent));
        expect(JSON.parse(skim(bytes) ?? '')).toEqual(withoutUnread(JSON.parse(bytes.toString())));
        const kept = JSON.parse(skimJson(bytes, read)?.text ?? '');
        expect(differences(kept.before.properties, kept.after.properties)).toEqual(differences(was, is));
      }),
      {numRuns: runs(1_000)},
    );
  });

  test('reads bytes that are not UTF-8 like the parser', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"title":"'),
      Buffer.from([0xc3, 0xff, 0xe2, 0x82]),
      Buffer.from('","b":1}'),
    ]);
    expect(skim(bytes)).toBe(bytes.toString());
  });
});

function withoutUnread(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnread);
  if (!isObject(value)) return value;
  const skimmed = ([key, item]: [string, unknown]) => {
    const isSide = (key.toLowerCase() === 'before' || key.toLowerCase() === 'after') && isObject(item);
    return [key, isSide ? skimmedSide(item) : withoutUnread(item)];
  };
  return Object.fromEntries(Object.entries(value).map(skimmed));
}

function skimmedSide(side: object): unknown {
  return Object.fromEntries(
    Object.entries(side).map(([key, item]) => {
      const isPart = ['properties', 'relations'].includes(key.toLowerCase()) && isObject(item);
      return [key, isPart ? Object.fromEntries(Object.entries(item).filter(([name]) => isRead(name))) : item];
    }),
  );
}

function isRead(name: string): boolean {
  return NAMES.some(other => other.toLowerCase() === name.toLowerCase());
}

/** The values on both sides of the names with different values. */
function differences(before: object = {}, after: object = {}) {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  const all = names.map(name => [name, was.get(name), is.get(name)]);
  return all.filter(([, one, other]) => JSON.stringify(one) !== JSON.stringify(other));
}
