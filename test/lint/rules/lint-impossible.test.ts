/** Lint finds rules that can never match, without a catalog. The message shows the form that works. */
import {describe, expect, test} from '@jest/globals';
import type {Blueprints} from '../../../src/lint/catalog/lint-blueprints.ts';
import {NO_BLUEPRINTS} from '../../../src/lint/catalog/lint-blueprints.ts';
import {lintImpossible} from '../../../src/lint/rules/lint-impossible.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {openYaml} from '../../../src/rules/yaml/parse-yaml.ts';

const withRule = (keys: string) => `version: 1\nrules:\n  - {name: r, blueprint: database, ${keys}, notify: true}\n`;
const withRoute = (match: string) =>
  `version: 1\nroutes: [{match: {${match}}, slack: a}, {slack: default}]\nrules: [{name: r, blueprint: b, notify: true}]\n`;

function hints(text: string, blueprints: Blueprints = NO_BLUEPRINTS): string[] {
  parseRules(text, 'rules.yml'); // it loads, so only lint can report the mistake
  return lintImpossible(openYaml(text).json, blueprints).map(({path, message}) => `${path.join('.')}: ${message}`);
}

describe('a property that cannot exist', () => {
  test.each([
    ['spec.cpu', '`if: before.properties.spec.cpu != after.properties.spec.cpu`'],
    ['properties.cpuUtil', 'Write `property: cpuUtil`'],
    ['after.properties.cpuUtil', 'Write `property: cpuUtil`'],
    ['.diff.after.properties.cpuUtil', 'Write `property: cpuUtil`'],
    ['after.cpuUtil', 'Write `property: cpuUtil`'],
    ['properties.spec.cpu', '`if: before.properties.spec.cpu != after.properties.spec.cpu`'],
    ['relations.cluster', '`if: before.relations.cluster != after.relations.cluster`.'],
    ['after.relations.cluster', '`if: before.relations.cluster != after.relations.cluster`.'],
    ['title', '`if: before.title != after.title`.'],
    ['$title', '`if: before.title != after.title`.'],
    ['team', '`if: join(before.team) != join(after.team)`.'],
    ['Identifier', 'It is `change.entity`'],
    ['properties', 'Write one'],
    ["'*'", 'Write a rule for each property'],
    ["'cpu*'", 'Write a rule for each property'],
    ["'cpu, memory'", 'Write a rule for each property'],
    ["'!cpu'", 'Write a rule for each property'],
    ["'/^cpu/'", 'Write a rule for each property'],
  ])('%s: %s', (name, form) => {
    expect(hints(withRule(`property: ${name}`))).toEqual([expect.stringMatching(/^rules\.0\.property: ".*" is never/)]);
    expect(hints(withRule(`property: ${name}`))[0]).toContain(form);
  });

  test('is allowed if Port has it', () => {
    const database = {identifier: 'database', schema: {properties: {title: {}, 'a.b': {}}}};
    const blueprints = {known: new Map([['database', database]]), names: ['database']};
    for (const name of ['title', 'a.b']) expect(hints(withRule(`property: ${name}`), blueprints)).toEqual([]);
    expect(hints(withRule('property: c.d'), blueprints)).toHaveLength(1);
  });
});

describe('a value that cannot occur', () => {
  test.each([
    ["to: '<80'", 'Write `below: 80` instead of `to`'],
    ["to: '>=80'", 'Write `above: 80` instead of `to`'],
    ["to: '> 80.5 %'", 'Write `above: 80.5` instead of `to`'],
    ["to: '80+'", 'Write `above: 80` instead of `to`'],
    ["from: '<= 80'", '`if: before.properties.p <= 80`'],
    ["to: 'Crash*'", "`if: startsWith(after.properties.p, 'Crash')`"],
    ["from: '*ed'", "`if: endsWith(before.properties.p, 'ed')`"],
    ["to: '*ash*'", "`if: contains(after.properties.p, 'ash')`"],
    ["to: '/^Crash/'", "`if: startsWith(after.properties.p, 'Crash')`"],
    ["to: '^Crash.*'", "`if: startsWith(after.properties.p, 'Crash')`"],
    ["to: '/^(Degraded|Crashed)$/'", '`to: [Degraded, Crashed]`'],
    ["to: '/^Crashed$/'", 'Write `to: Crashed`'],
    ["to: '!Healthy'", "`if: after.properties.p != 'Healthy'`"],
    ["to: '!= Healthy'", "`if: after.properties.p != 'Healthy'`"],
    ["from: 'not Healthy'", "`if: before.properties.p != 'Healthy'`"],
    ["to: '== Healthy'", 'Write `to: Healthy`'],
    ['to: any', 'Remove `to`'],
    ["from: '*'", 'Remove `from`'],
    ["to: 'null'", 'write null without quotes.'],
    ["to: 'Degraded, Crashed'", '`to: [Degraded, Crashed]`'],
    ["to: 'Degraded|Crashed'", '`to: [Degraded, Crashed]`'],
    ["to: 'Healthy '", 'has a space at its start or end. Write "Healthy"'],
    ["to: '{{ before.properties.p }}'", 'does not accept expressions. Use `if`.'],
  ])('%s: %s', (keys, form) => {
    expect(hints(withRule(`property: p, ${keys}`))).toEqual([expect.stringContaining(form)]);
  });

  test('is found in a list and in `clear`', () => {
    expect(hints(withRule("property: p, to: [a, 'b*'], clear: {to: ['!c']}"))).toEqual([
      expect.stringMatching(/^rules\.0\.to\.1: /),
      expect.stringMatching(/^rules\.0\.clear\.to\.0: /),
    ]);
  });

  test('is allowed if the statuses or Port have it', () => {
    expect(hints(`statuses: {p: [any, 'a, b']}\n${withRule("property: p, to: [any, 'a, b']")}`)).toEqual([]);
    const database = {identifier: 'database', schema: {properties: {p: {enum: ['any']}}}};
    expect(hints(withRule('property: p, to: any'), {known: new Map([['database', database]]), names: []})).toEqual([]);
  });

  test.each([
    'Healthy',
    'in progress',
    'N/A',
    '1.2.3',
    'C++',
    '-',
    'a-b',
    '#1',
    'Berlin',
    'none',
    '100%',
    'v1',
    'R&D',
    '@a',
  ])('does not include %s', value => {
    expect(hints(withRule(`property: p, to: "${value}"`))).toEqual([]);
  });
});

describe('a match that cannot be true', () => {
  test.each([
    ["team: 'pay*'", 'only `entity` accepts patterns. List the names'],
    ["entity: '!prod-*'", `write \`if: "!startsWith(change.entity, 'prod-')"\` in the rules.`],
    ["team: '!payments'", `write \`if: "!contains(change.team, 'payments')"\` in the rules.`],
    ["entity: '^prod'", 'Write `entity: "prod*"`'],
    ["entity: '/^prod/'", 'Write `entity: "prod*"`'],
    ["entity: 'prod$'", 'Write `entity: "*prod"`'],
    ["entity: 'a, b'", 'Write a list, `entity: [a, b]`.'],
    ["team: 'a, b'", 'Write a list, `team: [a, b]`.'],
    ["environment: 'prod|staging'", 'Write a list, `environment: [prod, staging]`'],
    ['team: any', 'Remove `team`'],
    ["blueprint: 'b*'", 'only `entity` accepts patterns'],
  ])('%s: %s', (match, form) => {
    expect(hints(withRoute(match))).toEqual([expect.stringContaining(form)]);
  });

  test.each(["entity: 'prod-*'", "entity: '{web,api}-*'", "entity: '{web,api}'", "team: 'R & D'"])(
    'does not include %s',
    match => {
      expect(hints(withRoute(match))).toEqual([]);
    },
  );
});

describe('a blueprint or a comparison that cannot be true', () => {
  test.each([
    ["name: r, blueprint: 'deploy*'", 'Write a rule for each'],
    ["name: r, blueprint: 'a, b'", 'Write a rule for each'],
    ['name: r, blueprint: b, if: "change.team == \'payments\'"', "Write contains(change.team, 'payments')"],
    ['name: r, blueprint: b, if: "after.properties.x == \'Crash*\'"', "Write startsWith(after.properties.x, 'Crash')"],
    ['name: r, blueprint: b, if: before.team != after.team', 'join(before.team) != join(after.team)'],
  ])('%s: %s', (keys, form) => {
    expect(hints(`version: 1\nrules:\n  - {${keys}, notify: true}\n`)).toEqual([expect.stringContaining(form)]);
  });
});
