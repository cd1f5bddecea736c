import {expect, test} from '@jest/globals';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {readsFor} from '../../src/rules/reads.ts';

/** What is read from a `service`, apart from the property `health` that its only rule watches. */
function otherReads(keys: string, rest = ''): string[] {
  const file = `version: 1\n${rest}\nrules: [{name: a, blueprint: service, property: health, notify: true, ${keys}}]`;
  const reads = readsFor(parseRules(file, 'rules.yml'), 'service').map(path => path.join('.'));
  expect(reads.slice(0, 2)).toEqual(['before.properties.health', 'after.properties.health']);
  return reads.slice(2).sort();
}

const ENVIRONMENT = ['after.properties.environment', 'after.relations.environment'].flatMap(path => [
  path,
  path.replace('after', 'before'),
]);

test.each<[string, string, string[]]>([
  ['severity: info', '', []],
  ['if: "contains(toJSON(after.relations), change.title)"', '', ['after.relations', 'title']],
  ['if: change.from', '', []],
  ['on: [updated, timer-expired]', '', ['timer']],
  ['severity: info', 'routes: [{slack: ["{{ after.properties.channel }}", x]}]', ['after.properties.channel']],
  ['severity: info', 'routes: [{match: {team: x}, slack: x}]', ['team']],
  ['severity: info', 'routes: [{match: {environment: x}, slack: x}]', ENVIRONMENT.sort()],
  ['severity: info', 'mute: [{name: w, when: {days: sat}, zone: UTC, match: {team: x}}]', ['team']],
  ['severity: info', 'silences: [{match: {team: x}, until: 2027-01-01T00:00Z, owner: a, reason: b}]', ['team']],
])('{%s} and {%s}: %j', (keys, rest, expected) => {
  expect(otherReads(keys, rest)).toEqual(expected);
});

test('the text and the destination of a message are read', () => {
  const keys =
    'notify: {text: "{{ change.team }} <https://x.example/{{ before.properties.host }}>", slack: "{{ change.by.email }}"}';
  const file = `version: 1\nrules: [{name: a, blueprint: service, ${keys}}]`;
  const rules = parseRules(file, 'rules.yml');
  expect(readsFor(rules, 'service').map(path => path.join('.'))).toEqual([
    'team',
    'before.properties.host',
    'by.email',
  ]);
  expect(readsFor(rules, 'database')).toEqual([]);
});
