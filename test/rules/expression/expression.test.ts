import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {compileExpression, toExpressionContext} from '../../../src/rules/expression/expression.ts';
import {aChange, changes, HOSTILE_NAMES} from '../../helpers/values/changes.ts';

const CHANGE = aChange({
  from: 'Healthy',
  to: 'Degraded',
  team: ['payments', 'sre'],
  by: {userId: 'auth0|ada', email: 'ada@example.com'},
  properties: {
    locked: false,
    tier: 'Gold',
    cpuUtil: 85.5,
    nothing: null,
    empty: '',
    tags: ['Blue', 'green'],
    spec: {owner: {name: 'ada'}, list: [{n: 1}, {n: 2}]},
    'display name': 'A b',
    json: '{"a":[1,"x"]}',
    Mixed: 1,
    mIXED: 2,
  },
});

/** As workflows write expressions. */
const braces = (inner: string) => `\${{${inner}}}`;

function evaluate(source: string, change = CHANGE) {
  const transition = {property: 'healthStatus', from: 'Healthy', to: 'Degraded'};
  const [expression, context] = [compileExpression(source), toExpressionContext(change, transition)];
  const answer = expression.evaluate(context);
  return {held: typeof answer === 'boolean' ? answer : answer.error, values: expression.valuesIn(context)};
}

describe("GitHub's language", () => {
  test.each<[string, boolean]>([
    ['after.properties.locked != true', true],
    ['!after.properties.locked', true],
    ['after.properties.locked == false', true],
    ["after.properties.tier == 'Gold'", true],
    ["after.properties.tier == 'gold'", true],
    ["after.properties.TIER == 'gold'", true],
    ["After.Properties['tier'] == 'gold'", true],
    ["after.properties['display name'] == 'a B'", true],
    ['after.properties.cpuUtil > 80 && after.properties.cpuUtil <= 85.5', true],
    ["after.properties.cpuUtil >= '85.5'", true],
    ["after.properties.tier > 'FOLD' || false", true],
    ['after.properties.missing', false],
    ['after.properties.missing == null', true],
    ['after.properties.missing < 80', true],
    ["after.properties.missing == ''", true],
    ['after.properties.nothing == after.properties.missing', true],
    ['after.properties.empty', false],
    ['after.properties.missing.deeper.still', false],
    ["after.properties.tags[0] == 'blue'", true],
    ['after.properties.tags[7]', false],
    ['after.properties.tags[-1]', false],
    ["contains(after.properties.tags, 'GREEN')", true],
    ["contains(after.properties.tags, 're')", false],
    ["contains(after.properties.tier, 'OL')", true],
    ['contains(after.properties.spec.list.*.n, 2)', true],
    ["after.properties.spec.owner.name == 'ada'", true],
    ['after.properties.spec == after.properties.spec', true],
    ['after.properties.spec == before.properties.spec', false],
    ["startsWith(change.entity, 'notification-') && endsWith(change.entity, 'PROD')", true],
    ["join(change.team, '+') == 'payments+sre'", true],
    ["format('{0}-{1}', after.properties.tier, 1) == 'gold-1'", true],
    ["fromJSON(after.properties.json).a[1] == 'x'", true],
    ['contains(fromJSON(\'["gold","silver"]\'), after.properties.tier)', true],
    ['toJSON(after.properties.tags) == \'[\n  "Blue",\n  "green"\n]\'', true],
    ["change.property == 'healthStatus' && change.from == 'healthy' && change.to == 'degraded'", true],
    ["change.by.email == 'ada@example.com'", true],
    ["change.action == 'UPDATE' && change.blueprint == 'deploymentConfig'", true],
    ['before.properties.healthStatus != after.properties.healthStatus', true],
    ['after.properties.mixed', true],
    ['after.properties.mixed == 1', true],
    ["'it''s ''so''' == format('it{0}s {0}so{0}', '''')", true],
    ['null', false],
    ['NaN == NaN', false],
    ['0x1F == 31', true],
  ])('%s: %s', (source, held) => {
    expect(evaluate(source)).toMatchObject({held});
    expect(evaluate(source)).not.toHaveProperty('error');
  });

  test('can be wrapped, as in workflows', () => {
    expect(compileExpression(`  ${braces('  after.properties.locked == true ')} `).source).toBe(
      'after.properties.locked == true',
    );
    expect(evaluate(braces(' !after.properties.locked ')).held).toBe(true);
  });

  test('reads null from a missing side: a created or deleted entity, or a timer', () => {
    const created = aChange({action: 'CREATE'});
    expect(evaluate('before.properties.healthStatus == null && !before', created).held).toBe(true);
    const context = toExpressionContext(aChange({action: 'TIMER_EXPIRED', timer: 'ttl'}), undefined);
    expect(compileExpression("change.timer == 'ttl' && !after && !change.property").evaluate(context)).toBe(true);
  });
});

describe('the values that it read', () => {
  test.each<[string, [string, unknown][]]>([
    ['after.properties.locked != true', [['after.properties.locked', false]]],
    ["after.properties['locked']", [['after.properties.locked', false]]],
    ['(after).properties.locked', [['after.properties.locked', false]]],
    ['after.properties.missing', [['after.properties.missing', null]]],
    ['after.properties.locked || after.properties.locked', [['after.properties.locked', false]]],
    [
      'contains(after.properties.tags, change.entity)',
      [
        ['after.properties.tags', ['Blue', 'green']],
        ['change.entity', 'notification-service-prod'],
      ],
    ],
    ['after.properties.spec.list[1].n > 1', [['after.properties.spec.list.1.n', 2]]],
    ['contains(after.properties.spec.list.*.n, 2)', [['after.properties.spec.list', [{n: 1}, {n: 2}]]]],
    ['fromJSON(after.properties.json).a', [['after.properties.json', '{"a":[1,"x"]}']]],
    [
      'after.properties[change.property]',
      [
        ['after.properties', CHANGE.after?.properties],
        ['change.property', 'healthStatus'],
      ],
    ],
    ['1 == 1', []],
    [
      'abcdef'.replace(/./g, name => ` || after.properties.${name}`).slice(4),
      [...'abcde'].map((name): [string, unknown] => [`after.properties.${name}`, null]),
    ],
  ])('%s', (source, expected) => {
    expect(evaluate(source).values).toEqual(expected.map(([path, value]) => ({path, value})));
  });
});

describe('the properties that it reads', () => {
  test.each<[string, string[]]>([
    ['after.properties.locked != true', ['locked']],
    ["after.properties['locked'] && before.properties.locked", ['locked']],
    ["after.properties['display name'] == after.properties.tier", ['display name', 'tier']],
    ['after.properties.spec.owner', ['spec']],
    ['After.PROPERTIES.Locked', ['Locked']],
    ['(after).properties.locked', ['locked']],
    ['(after.properties).locked', ['locked']],
    ['(before || after).properties.tier', ['tier']],
    ["after['properties'].locked", ['locked']],
    ["after.properties['a.b'] && after.properties.a.b", ['a.b', 'a']],
    ["contains(fromJSON('[\"a\"]'), format('{0}', after.properties.tier))", ['tier']],
    ['fromJSON(after.properties.json).x', ['json']],
    ['!(after.properties.a && (before.properties.b || false))', ['a', 'b']],
    ['after.properties.tags[0] == after.properties.list.*.n', ['tags', 'list']],
    ['after.properties[change.property]', []],
    ['after.relations.owner == change.entity', []],
    ['toJSON(after)', []],
    ['after.properties.__proto__', ['__proto__']],
  ])('%s', (source, expected) => {
    expect(compileExpression(source).properties).toEqual(expected);
  });
});

test('the relations that it reads', () => {
  const source = "after.relations.owner == before.relations['a b'] || After.RELATIONS.owner.x || after.properties.y";
  expect(compileExpression(source).relations).toEqual(['owner', 'a b']);
});

describe('an evaluation that fails', () => {
  test.each<[string, RegExp]>([
    ["fromJSON('{')", /^Error parsing JSON when evaluating fromJson/],
    ['fromJSON(after.properties.missing)', /^empty input$/],
    ["format('{0} {1}', 1) == after.properties.tier", /^The following format string references more arguments/],
    ["case('x', 1, 2)", /^case predicate must evaluate to a boolean value$/],
    ["after.properties[fromJSON('{')]", /^could not evaluate index for index access: Error parsing JSON/],
  ])('%s has no result, with the reason', (source, error) => {
    expect(evaluate(source).held).toMatch(error);
  });

  test('because it is nested too deeply has no result', () => {
    expect(evaluate(`1${'==1'.repeat(6990)}`).held).toBe('Maximum call stack size exceeded');
  });

  test('still reports the values', () => {
    expect(evaluate("fromJSON(after.properties.tier) == fromJSON('{')").values).toEqual([
      {path: 'after.properties.tier', value: 'Gold'},
    ]);
  });
});

describe('names that JavaScript defines', () => {
  const properties = Object.fromEntries(HOSTILE_NAMES.map((name, n) => [name, `value ${n}`]));
  const hostile = aChange({after: {properties, relations: {}}});

  test.each(HOSTILE_NAMES.map((name, n) => [name, n] as const))(
    '%j is read if it exists, and is null otherwise',
    (name, n) => {
      const source = `after.properties['${name}']`;
      expect(evaluate(`${source} == 'value ${n}'`, hostile).held).toBe(true);
      const computed = `[fromJSON('${JSON.stringify(name)}')]`;
      expect(evaluate(`${source} == null && after${computed} == null && change${computed} == null`).held).toBe(true);
    },
  );

  test('are in the values and do not change prototypes', () => {
    const result = evaluate('after.properties.*', hostile);
    expect(JSON.stringify(result.values)).toContain('"__proto__":"value 0"');
    expect(JSON.parse(JSON.stringify(evaluate('fromJSON(\'{"__proto__":{"x":1}}\').x'))).held).toBe(false);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

test('an expression has a result that JSON can represent, for any change', () => {
  const sources = [
    'after.properties.*',
    'toJSON(change) && after.properties[change.property] == before.properties.healthStatus',
    "contains(after.properties.cpuUtil, '1') || before.relations['__proto__'].x > change.at",
    'join(change.team) || case(true, after, before)',
  ].map(compileExpression);
  fc.assert(
    fc.property(changes, fc.constantFrom(...sources), (change, expression) => {
      const context = toExpressionContext(change, undefined);
      const held = expression.evaluate(context);
      const values = expression.valuesIn(context);
      expect(typeof held).toBe('boolean');
      expect(JSON.parse(JSON.stringify(values))).toHaveLength(values.length);
    }),
  );
});
