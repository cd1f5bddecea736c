import {describe, expect, test} from '@jest/globals';
import {lintProtected} from '../../src/lint/lint-protected.ts';

const RULES = {version: 1, rules: [{name: 'cpu-high', blueprint: 'database'}]};
const FILE = '.github/port-reactor.protected.yml';
const listed = (...items: string[]) => `version: 1\nprotected:\n${items.map(item => `  - ${item}\n`).join('')}`;
const mistakes = (text: string, rules: unknown = RULES) =>
  lintProtected({file: FILE, text}, rules).map(({file, line, message}) => `${file}:${line}: ${message}`);

const AT = 'at: 2026-11-03T04:12:00Z';

describe('the list of protected incidents', () => {
  test.each<[string, string, RegExp]>([
    [
      'an unknown key',
      listed(`{ entiti: orders-db, ${AT} }`),
      /:3: .*"entiti" is not a key here\. Did you mean "entity"/,
    ],
    [
      'a time without its zone',
      listed('{ entity: a, at: 2026-11-03T04:12:00 }'),
      /:3: .*must be a date and time with a time zone/,
    ],
    ['no version', `protected: [{ entity: a, ${AT} }]\n`, /version/],
    ['not YAML', 'version: 1\nprotected: [\n', /protected\.yml:/],
    [
      'a rule that does not exist',
      listed(`{ entity: a, rule: cpu-hihg, ${AT} }`),
      /:3: .*"cpu-hihg" is not the name of a rule\. Did you mean "cpu-high"\?/,
    ],
    [
      'a blueprint that no rule watches',
      listed(`{ entity: a, blueprint: databse, ${AT} }`),
      /"databse" is not the blueprint of a rule\. Did you mean "database"\?/,
    ],
  ])('%s', (_name, text, message) => {
    const found = mistakes(text);
    expect(found.join('\n')).toMatch(message);
    expect(found.every(one => one.startsWith(FILE))).toBe(true);
  });

  test('reports all mistakes together', () => {
    expect(mistakes(listed(`{ entity: a, rule: x, ${AT} }`, `{ entity: a, blueprint: y, ${AT} }`))).toHaveLength(2);
  });

  test.each([
    [
      'a correct list',
      listed(`{ entity: orders-db, blueprint: database, rule: cpu-high, ${AT}, slack: oncall, reason: INC-1 }`),
      RULES,
    ],
    ['a list for rules that do not load', listed(`{ entity: a, rule: x, ${AT} }`), null],
    ['an empty list', 'version: 1\nprotected: []\n', RULES],
  ])('has no mistakes: %s', (_name, text, rules) => {
    expect(mistakes(text, rules)).toEqual([]);
  });

  test('does not have to exist', () => {
    expect(lintProtected(undefined, RULES)).toEqual([]);
  });
});
