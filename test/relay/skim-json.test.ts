import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {readNames, skimJson} from '../../relay/skim-json.ts';
import {isObject} from '../../src/base/json.ts';
import {jsonValues} from '../helpers/changes.ts';

const NAMES = ['healthStatus', 'locked', 'a'];
const read = readNames(NAMES);
const skim = (text: string | Buffer) => skimJson(Buffer.from(text), read);

describe('skimJson', () => {
  test.each([
    ['{"properties":{"b":1,"locked":2}}', '{"properties":{"locked":2}}'],
    ['{"properties":{"locked":2,"b":[{"locked":1}]},"c":1}', '{"properties":{"locked":2},"c":1}'],
    [
      '{"relations":{"b":1,"a":2,"c":3,"LOCKED":{"properties":{"b":1}},"d":4}}',
      '{"relations":{"a":2,"LOCKED":{"properties":{"b":1}}}}',
    ],
    ['[{"x":{"properties":{}}},{"properties":{"b":"\\u00e9\\n"}}]', '[{"x":{"properties":{}}},{"properties":{}}]'],
    ['{"properties":["b"],"relations":null}', '{"properties":["b"],"relations":null}'],
    ['{"a":"{\\"properties\\":{\\"b\\":1}}"}', '{"a":"{\\"properties\\":{\\"b\\":1}}"}'],
    [' { "properties" : { "b" : -0.5e+7 , "a" : true } } ', ' { "properties" : { "a" : true} } '],
    ['{"properties":{"b":1,"a":1,"a":2},"properties":{"b":1}}', '{"properties":{"a":1,"a":2},"properties":{}}'],
    ['"text"', '"text"'],
    ['-1', '-1'],
  ])('%s', (text, kept) => {
    expect(skim(text)).toBe(kept);
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
      '{"properties":{"b":01}}',
      '{"properties":{"b":1,}}',
    ],
    ...[
      '{"properties":{"b":"\t"}}',
      '{"properties":{"b":tru}}',
      '{"properties":{"b":1}',
      '{"properties":{b:1}}',
      '\u00a0{}',
    ],
  ];

  test.each(MISTAKES.map(text => [text]))('%j, which is not JSON, is left to the parser', text => {
    expect(() => JSON.parse(text)).toThrow();
    expect(skim(text)).toBeUndefined();
  });

  test.each([
    ['deeply nested', '['.repeat(60) + ']'.repeat(60)],
    ['with an escape in the name of a property', '{"properties":{"\\u0061":1}}'],
    ['with a name beyond ASCII', '{"properties":{"größe":1}}'],
  ])('a text %s is left to the parser', (_, text) => {
    expect(skim(text)).toBeUndefined();
  });

  test('a text with a million levels is left to the parser at once', () => {
    expect(skim('['.repeat(1_000_000))).toBeUndefined();
    expect(skim('{"a":'.repeat(200_000))).toBeUndefined();
  });

  const keys = fc.constantFrom(
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

  test('of any JSON, it keeps all but the members that are not read', () => {
    let count = 0;
    fc.assert(
      fc.property(nested, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const skimmed = skim(text);
        if (skimmed === undefined) return;
        count++;
        expect(JSON.parse(skimmed)).toEqual(withoutUnread(JSON.parse(text)));
      }),
      {numRuns: 500},
    );
    expect(count).toBeGreaterThan(100);
  });

  test('of any bytes, it takes only what the parser takes', () => {
    const damaged = fc
      .tuple(nested, fc.nat(), fc.nat({max: 3}), fc.constantFrom(...'{}[]",:\\ \n\u0001tfn0-.eE/é\ud800'))
      .map(([value, place, length, insert]) => {
        const text = JSON.stringify(value);
        const at = place % (text.length + 1);
        return Buffer.from(text.slice(0, at) + insert + text.slice(at + length));
      });
    fc.assert(
      fc.property(damaged, bytes => {
        const skimmed = skim(bytes);
        if (skimmed === undefined) return;
        expect(JSON.parse(skimmed)).toEqual(withoutUnread(JSON.parse(bytes.toString())));
      }),
      {numRuns: 2_000},
    );
  });

  test('bytes that are not UTF-8 are read as the parser reads them', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"title":"'),
      Buffer.from([0xc3, 0xff, 0xe2, 0x82]),
      Buffer.from('","b":1}'),
    ]);
    expect(skim(bytes)).toBe(bytes.toString());
  });
});

const PARTS = ['properties', 'relations'];

function withoutUnread(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnread);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isPart = PARTS.includes(key.toLowerCase()) && isObject(item);
      return [
        key,
        isPart ? Object.fromEntries(Object.entries(item).filter(([name]) => isRead(name))) : withoutUnread(item),
      ];
    }),
  );
}

function isRead(name: string): boolean {
  return NAMES.some(other => other.toLowerCase() === name.toLowerCase());
}
