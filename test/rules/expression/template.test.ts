import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {compileTemplate, isLink, type TemplatePiece, templateMistakes} from '../../../src/rules/expression/template.ts';
import {texts} from '../../helpers/values/changes.ts';
import {runs} from '../../helpers/values/runs.ts';

/** The parts, with expressions as `{source}`. */
function partsOf(source: string): unknown[] {
  expect(templateMistakes(source)).toEqual([]);
  const plain = (piece: TemplatePiece) => (typeof piece === 'string' ? piece : {source: piece.source});
  return compileTemplate(source).parts.map(part =>
    isLink(part) ? {address: part.address.map(plain), label: part.label.map(plain)} : plain(part),
  );
}

describe('a text', () => {
  test.each<[string, unknown[]]>([
    ['only words', ['only words']],
    ['{{ change.title }}', [{source: 'change.title'}]],
    [
      'CPU of {{change.title}} is at {{ after.properties.cpuUtil }} %',
      ['CPU of ', {source: 'change.title'}, ' is at ', {source: 'after.properties.cpuUtil'}, ' %'],
    ],
    ["{{ format('{{0}} }} it''s', 'a') }} b", [{source: "format('{{0}} }} it''s', 'a')"}, ' b']],
    ['a < b > c & d | e', ['a < b > c & d | e']],
    ['*bold*\nnext { line } $5', ['*bold*\nnext { line } $5']],
    ['<{{ change.title }}>', ['<', {source: 'change.title'}, '>']],
    [
      'see <https://x.example/d|the board>, please',
      ['see ', {address: ['https://x.example/d'], label: ['the board']}, ', please'],
    ],
    [
      '<https://x.example/{{ change.entity }}?a=1|{{ change.title }} | board>',
      [
        {
          address: ['https://x.example/', {source: 'change.entity'}, '?a=1'],
          label: [{source: 'change.title'}, ' ', '|', ' board'],
        },
      ],
    ],
    ['<https://x.example>', [{address: ['https://x.example'], label: []}]],
  ])('%j is split into its parts', (source, parts) => {
    expect(partsOf(source)).toEqual(parts);
  });

  test('lists what it reads, also in links', () => {
    const source =
      "{{ after.properties.a }} {{ before.properties['b c'] }} <https://x.example/{{ after.properties.d }}>";
    expect(compileTemplate(source).reads).toEqual([
      ['after', 'properties', 'a'],
      ['before', 'properties', 'b c'],
      ['after', 'properties', 'd'],
    ]);
  });
});

describe('a mistake in a text', () => {
  test.each<[string, string[]]>([
    ['ab {{ change.title', ['3: {{ is not closed: add }}']],
    ["ab {{ 'abc }} d", ["3: {{ is not closed: add }} or close the string in it with '"]],
    ['{{ change.title {{ change.id }}', ['0: {{ is not closed: add }}']],
    ['a }} b', ['2: }} has no matching {{']],
    [
      'a {{ }} b {{}}',
      [2, 10].map(at => `${at}: {{ }} is empty. Write an expression, for example {{ change.title }}.`),
    ],
    [`cost: $${'{{ change.title }}'}`, ['6: write {{ … }}, without the $']],
    ['a {{ aftr.properties.x }}', ['5: Unrecognized named-value: \'aftr\'. Did you mean "after"?']],
    ['a {{ change.title = 1 }}', ["18: Unexpected symbol: '='. To compare, write ==."]],
    [
      '{{ x }} and {{ y }}',
      [3, 15].map(
        (at, i) => `${at}: Unrecognized named-value: '${'xy'[i]}'. An expression starts with change, before, after.`,
      ),
    ],
    ...['<!channel>', '<!here|here>', '<@U012>', '<!subteam^S0123>', '<!date^1^{time}|x>', '<!HERE'].map(
      (mention): [string, string[]] => [
        `hey ${mention}`,
        [
          `4: ${mention} would mention people in every message. Use \`mention\` instead, which applies only if a status got worse.`,
        ],
      ],
    ),
    [
      '<https://x.example/|<@U1>>',
      [
        '20: <@U1> would mention people in every message. Use `mention` instead, which applies only if a status got worse.',
      ],
    ],
    ['a <https://x.example/', ['2: the link is not closed: add >']],
    ['a <https://x.example/\n>', ['2: the link is not closed: add >']],
    [
      '<https://{{ change.entity }}/>',
      ['0: the host of a link must be written out. Use values only after the first / of the path.'],
    ],
    [
      '<https://a.example{{ change.entity }}/>',
      ['0: the host of a link must be written out. Use values only after the first / of the path.'],
    ],
    ['<https://a b/>', ['0: the URL of the link is not valid']],
    ['<https://me:pw@a.example/>', ['0: the URL of a link must not contain credentials']],
  ])('in %j is reported with its column', (source, expected) => {
    expect(templateMistakes(source).map(({column, message}) => `${column}: ${message}`)).toEqual(expected);
  });

  test('can be its length', () => {
    expect(templateMistakes('x'.repeat(1001))).toEqual([{message: 'is longer than 1000 characters', column: 0}]);
    expect(templateMistakes('x'.repeat(1000))).toEqual([]);
  });

  test('has a column within the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(texts, fc.constantFrom('{{', '}}', "'", '<https://a.b/', '|', '>', '<!', 'change.id'))),
        parts => {
          const source = parts.join('').slice(0, 1000);
          for (const {column} of templateMistakes(source)) {
            expect(column).toBeGreaterThanOrEqual(0);
            expect(column).toBeLessThanOrEqual(source.length);
          }
        },
      ),
      {numRuns: runs(300)},
    );
  });
});
