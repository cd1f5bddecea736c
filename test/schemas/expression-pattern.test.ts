import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {compileExpression} from '../../src/rules/expression/expression.ts';
import {CONDITION, TEMPLATE} from '../../src/schemas/expression-pattern.ts';
import {cpuMsOf} from '../helpers/cpu-time.ts';
import {runs} from '../helpers/values/runs.ts';

const condition = new RegExp(CONDITION, 'u');
const template = new RegExp(TEMPLATE, 'u');

const OPERANDS = [
  ...["'x'", "''", "'it''s'", '1', '-1', '+2', '.5', '0x1F', '1e3', '1E-3', '-Infinity', 'NaN', 'true', 'null', 'True'],
  ...['change', 'AFTER', 'After.Title', 'after.properties', 'change.by.email', 'change.x'],
];
const PIECES = [
  ...OPERANDS,
  ...['.a', '.A-b_1', '. *', '[', ']', '[*]', "['a']", '(', ')', '!', '!=', '==', '=', '<', '>=', '&&', '||', '&', ','],
  ...['contains(', 'toJSON (', 'foo(', '\n', '\t', '${{', '}}', "'", '"'],
];

describe('the pattern of expressions', () => {
  test('accepts every expression that compiles', () => {
    const pieces = fc.array(fc.constantFrom(...PIECES), {minLength: 1, maxLength: 8});
    const joined = fc.tuple(fc.constantFrom(...OPERANDS), pieces, fc.constantFrom('', ' '));
    let compiled = 0;
    fc.assert(
      fc.property(joined, ([first, rest, between]) => {
        const source = [first, ...rest].join(between);
        try {
          compileExpression(source);
        } catch {
          return true;
        }
        compiled += 1;
        return condition.test(source);
      }),
      {numRuns: runs(8_000)},
    );
    expect(compiled).toBeGreaterThan(0);
  });

  test.each([
    "'".repeat(2_001),
    "'a'".repeat(1_000),
    '('.repeat(3_000),
    `${'after.a == '.repeat(300)}(`,
    `after ${' '.repeat(5_000)}x`,
  ])('is fast for %.20s…', source => {
    const cpuMs = cpuMsOf(() => {
      condition.test(source);
      template.test(`{{${source}`);
    });
    expect(cpuMs).toBeLessThan(1_000);
  });

  test.each([
    ['It went from {{ before.properties.a }} to $5 {{after.title}}.', true],
    ['{ not one } and } and <https://x/|y>', true],
    ['{{ after.title', false],
    ['{{ }}', false],
    ['$'.concat('{{ after.title }}'), false],
    ['x }}', false],
    ['Look, <!here>', false],
  ])('accepts a valid text and refuses an invalid one: %s', (text, isGood) => {
    expect(template.test(text)).toBe(isGood);
  });
});
