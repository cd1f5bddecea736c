import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {compileExpression, ExpressionError} from '../../../src/rules/expression/expression.ts';
import {characters} from '../../helpers/values/changes.ts';
import {runs} from '../../helpers/values/runs.ts';

/** As workflows write expressions. */
const braces = (inner: string) => `\${{${inner}}}`;

describe('an expression that does not compile', () => {
  test.each<[string, number | undefined, string]>([
    ['', undefined, 'is empty. Write a condition, or remove the key.'],
    [braces(' '), undefined, 'is empty. Write a condition, or remove the key.'],
    ["after['propertis'].locked == 'x'", 6, '`after` has no "propertis". Did you mean "properties"?'],
    ['1 == (BEFORE).Propertis.a', 14, '`BEFORE` has no "Propertis". Did you mean "properties"?'],
    [`  ${braces('   change.titel ')}`, 15, '`change` has no "titel". Did you mean "title"?'],
    ['before.properties.a == after.entity', 29, '`after` has no "entity": the identifier is `change.entity`'],
    ['contains(after.properties.tags, change.by.emial)', 42, '`change.by` has no "emial". Did you mean "email"?'],
    ['true &&\n after.propertis.x', undefined, '`after` has no "propertis". Did you mean "properties"?'],
    ['a = 1', 2, "Unexpected symbol: '='. To compare, write ==."],
    [`  ${braces('   after = 1 ')}`, 14, "Unexpected symbol: '='. To compare, write ==."],
    [braces(' $ '), 4, "Unexpected symbol: '$'. Remove ${{ inside the condition."],
    [`after.x == ${braces(' y ')}`, 11, "Unexpected symbol: '${{'. Remove ${{ inside the condition."],
    ['after.x == "y"', 11, "Unexpected symbol: '\"y\"'. Put strings in single quotes: 'text'."],
    ["after.x == 'y", 11, "Unexpected symbol: ''y'. Close the string with a single quote."],
    ['before & after', 7, 'Unexpected symbol: \'&\'. For "and", write &&.'],
    ['before | after', 7, 'Unexpected symbol: \'|\'. For "or", write ||.'],
    ['after.a * 2', 8, "Unexpected symbol: '*'. Expressions have no arithmetic."],
    ['after.a - 2', 8, "Unexpected symbol: '-'. Expressions have no arithmetic."],
    ['after.a / 2', 8, "Unexpected symbol: '/'. Expressions have no arithmetic."],
    ['after.a and before.b', 8, 'Unexpected symbol: \'and\'. For "and", write &&.'],
    ['after.a or before.b', 8, 'Unexpected symbol: \'or\'. For "or", write ||.'],
    ['not after.properties.a', 0, 'Unrecognized named-value: \'not\'. For "not", write ! before the condition.'],
    [
      'change.entity in x',
      14,
      'Unexpected symbol: \'in\'. To find a value in a list, write contains(fromJSON(\'["a", "b"]\'), value).',
    ],
    ['after.properties.a is null', 19, "Unexpected symbol: 'is'. To compare, write ==."],
    ['.diff.after.properties.a > 1', 0, "Unexpected symbol: '.diff.after.properties.a'. Write after.properties.a."],
    ['.event.diff.before.title', 0, "Unexpected symbol: '.event.diff.before.title'. Write before.title."],
    [
      '.run.id',
      0,
      "Unexpected symbol: '.run.id'. An expression starts with change, before, after, without a leading dot.",
    ],
    ['{{ after.title }}', 0, "Unexpected symbol: '{{'. Remove {{ and }} inside the condition."],
    ["after.url == 'a=b' after", 19, "Unexpected symbol: 'after'"],
    ['befor.x', 0, 'Unrecognized named-value: \'befor\'. Did you mean "before"?'],
    ['1 == secrets.x', 5, "Unrecognized named-value: 'secrets'. An expression starts with change, before, after."],
    ['startwith(after.a, 1)', 0, 'Unrecognized function: \'startwith\'. Did you mean "startsWith"?'],
    [
      'hashFiles(after.a)',
      0,
      "Unrecognized function: 'hashFiles'. Use one of case, contains, endsWith, format, fromJson, join, startsWith, toJson.",
    ],
    [
      "constructor('x')",
      0,
      "Unrecognized function: 'constructor'. Use one of case, contains, endsWith, format, fromJson, join, startsWith, toJson.",
    ],
    [
      "after || __proto__('x', 1)",
      9,
      "Unrecognized function: '__proto__'. Use one of case, contains, endsWith, format, fromJson, join, startsWith, toJson.",
    ],
    [
      "contains(toString('x'), 1)",
      9,
      "Unrecognized function: 'toString'. Use one of case, contains, endsWith, format, fromJson, join, startsWith, toJson.",
    ],
    ['contains(after)', 0, "Too few parameters supplied: 'contains'"],
    ['contains(1, 2, 3)', 0, "Too many parameters supplied: 'contains'"],
    ['(after', 1, "Unexpected end of expression: 'after'"],
    ['after.', 5, 'Unexpected end of expression'],
    ['after ==\n = 1', 10, "Unexpected symbol: '='. To compare, write ==."],
    ['after ==\n befor.x', undefined, 'Unrecognized named-value: \'befor\'. Did you mean "before"?'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 50, "Exceeded max expression depth 50: '('"],
    ['1'.repeat(21_001), undefined, 'is longer than 21,000 characters'],
  ])('%j', (source, column, message) => {
    const compile = () => compileExpression(source);
    expect(compile).toThrow(ExpressionError);
    expect(compile).toThrow(expect.objectContaining({message, column}));
  });

  test('never has a long message', () => {
    fc.assert(
      fc.property(fc.string({unit: characters, maxLength: 300}), source => {
        try {
          compileExpression(source);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          expect((error as Error).message.length).toBeLessThan(350);
          expect((error as Error).message).not.toMatch(/\n/);
        }
      }),
      {numRuns: runs(1000)},
    );
  });
});
