import {expect, test} from '@jest/globals';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {neededProperties, watchedProperties} from '../../src/rules/rules.ts';

test('the watched properties of a blueprint are those that its rules, their conditions and their texts read', () => {
  const rules = parseRules(
    `version: 1
rules:
  - {name: a, blueprint: service, property: health, notify: true}
  - {name: b, blueprint: service, property: health, if: "after.properties.locked && before.properties['a b']", notify: true}
  - {name: c, blueprint: service, if: after.properties.__proto__, notify: true}
  - {name: e, blueprint: service, notify: {text: "at {{ after.properties.load }} on <https://x.example/{{ after.properties.host }}>"}}
  - {name: d, blueprint: database, property: cpuUtil, above: 80, notify: true}
`,
    'rules.yml',
  );
  expect([...watchedProperties(rules, 'service')]).toEqual(['health', 'locked', 'a b', '__proto__']);
  expect([...neededProperties(rules, 'service')]).toEqual(['health', 'locked', 'a b', '__proto__', 'load', 'host']);
  expect([...watchedProperties(rules, 'database')]).toEqual(['cpuUtil']);
  expect([...watchedProperties(rules, 'constructor')]).toEqual([]);
});

test('the needed properties are also those that routes, windows and silences read', () => {
  const needed = (rest: string, notify = 'true') => {
    const rule = `rules: [{name: a, blueprint: service, property: health, notify: ${notify}}]`;
    return [...neededProperties(parseRules(`version: 1\n${rest}\n${rule}`, 'rules.yml'), 'service')];
  };
  expect(needed('')).toEqual(['health']);
  expect(needed('routes: [{slack: ["{{ after.properties.channel }}", x]}]')).toEqual(['health', 'channel']);
  expect(needed('', '{slack: "{{ before.properties.own }}"}')).toEqual(['health', 'own']);
  const environment = 'match: {environment: production}';
  expect(needed(`routes: [{${environment}, slack: x}]`)).toEqual(['health', 'environment']);
  expect(needed(`mute: [{name: w, when: {days: sat}, zone: UTC, ${environment}}]`)).toEqual(['health', 'environment']);
  expect(needed(`silences: [{${environment}, until: 2027-01-01T00:00Z, owner: a, reason: b}]`)).toEqual([
    'health',
    'environment',
  ]);
});
