import {expect, test} from '@jest/globals';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {watchedProperties} from '../../src/rules/rules.ts';

test('a blueprint watches the properties that its rules and their conditions name', () => {
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
  expect([...watchedProperties(rules, 'database')]).toEqual(['cpuUtil']);
  expect([...watchedProperties(rules, 'constructor')]).toEqual([]);
});
