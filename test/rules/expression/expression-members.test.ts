import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {compileExpression, toExpressionContext} from '../../../src/rules/expression/expression.ts';
import {MEMBERS, memberMistake} from '../../../src/rules/expression/expression-members.ts';
import {changes} from '../../helpers/values/changes.ts';

describe('a name that does not exist', () => {
  test.each<[string, string]>([
    ['after.propertis', '`after` has no "propertis". Did you mean "properties"?'],
    ['after.propertis.locked', '`after` has no "propertis". Did you mean "properties"?'],
    ['before.relation.owner', '`before` has no "relation". Did you mean "relations"?'],
    ['change.titel', '`change` has no "titel". Did you mean "title"?'],
    ['change.by.emial', '`change.by` has no "emial". Did you mean "email"?'],
    ['change.by.group', '`change.by` has no "group". It has email, userId, byPort.'],
    ['after.blueprint', '`after` has no "blueprint": the blueprint is `change.blueprint`'],
    ['after.titel', '`after` has no "titel". Did you mean "title"?'],
    ['after.identifier', '`after` has no "identifier": the identifier is `change.entity`'],
    ['after.blueprint', '`after` has no "blueprint": the blueprint is `change.blueprint`'],
    ['after.updatedBy', '`after` has no "updatedBy": who made the change is `change.by`'],
    ['change.identifier', '`change` has no "identifier": the identifier is `change.entity`'],
    ['change.after.properties.x', '`change` has no "after": write `after` without `change.`'],
    [
      'before.locked',
      '`before` has no "locked". It has title, team, properties, relations. A property of the entity is `before.properties.locked`.',
    ],
    [
      'after.display name',
      '`after` has no "display name". It has title, team, properties, relations. A property of the entity is `after.properties[…]`.',
    ],
    ['change.title.length', '`change.title` is a single value and has no "length"'],
    [
      'after.x',
      '`after` has no "x". It has title, team, properties, relations. A property of the entity is `after.properties.x`.',
    ],
    ['after.constructor', expect.stringMatching(/^`after` has no "constructor". It has/) as unknown as string],
  ])('%s', (path, mistake) => {
    expect(memberMistake(path.split('.'))).toEqual(mistake);
  });

  test('lists all names if none is similar', () => {
    expect(memberMistake(['change', 'healthStatus'])).toBe(
      '`change` has no "healthStatus". It has title, entity, blueprint, team, property, from, to, action, timer, at, by, origin, source, id, runId, truncated. A property of the entity is `after.properties.healthStatus`.',
    );
  });
});

test.each([
  'after',
  'AFTER.Properties.propertis.x',
  'before.relations.owner',
  'change.BY.useriD',
  'change.team.0',
  'change.from.deeper',
  'change.truncated',
])('%s can exist', path => {
  expect(memberMistake(path.split('.'))).toBeUndefined();
});

test.each([
  'after[change.property]',
  'after.*',
  "fromJSON('{}').x",
  '(before || after).x',
  "after[format('{0}', 'x')].y",
])('accepts %s, whose names are not known before it is evaluated', source => {
  expect(() => compileExpression(source)).not.toThrow();
});

test('the names include everything that a change can contain', () => {
  const keysOf = (change: typeof changes extends fc.Arbitrary<infer T> ? T : never, root: string) => {
    const value = compileExpression(root).valueIn(toExpressionContext(change, undefined));
    return Object.keys(value ?? {}).map(key => [root, key]);
  };
  fc.assert(
    fc.property(changes, change => {
      const paths = [...['change', 'before', 'after'].flatMap(root => keysOf(change, root))];
      const inBy = Object.keys(change.by).map(key => ['change', 'by', key]);
      expect([...paths, ...inBy].map(memberMistake)).toEqual([...paths, ...inBy].map(() => undefined));
    }),
  );
});

test('the table in docs/messages.md lists exactly these names', () => {
  const docs = readFileSync(new URL('../../../docs/messages.md', import.meta.url), 'utf8');
  const [, section = ''] = docs.split('### What an expression can read');
  const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w.<>]+)`/g)].map(([, name = '']) => name.replace(/\.<name>$/, '')),
  );
  const {by, ...ofChange} = MEMBERS.change;
  const names = [
    ...Object.keys(ofChange).map(name => `change.${name}`),
    ...Object.keys(by).map(name => `change.by.${name}`),
    ...['before', 'after'].flatMap(side => Object.keys(MEMBERS.after).map(name => `${side}.${name}`)),
  ];
  expect(rows.toSorted()).toEqual(names.toSorted());
});
