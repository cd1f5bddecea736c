/** Random files as people write them, valid or with independent mistakes. Based on docs/rules.md and docs/rule-tests.md. */
import fc from 'fast-check';

type Any = fc.Arbitrary<unknown>;

/** The number of invalid values among 1,000. A file has dozens of values. */
const WRONG = 12;

/** A value of the first kind, and sometimes one of the second. */
const usually = (good: Any, bad: Any): Any =>
  fc.oneof({weight: 1000 - WRONG, arbitrary: good}, {weight: WRONG, arbitrary: bad});
const one = (...values: unknown[]): Any => fc.constantFrom(...values);
const INVALID_VALUES = [
  null,
  true,
  7,
  -1.5,
  '',
  '  ',
  [],
  {},
  [[]],
  [null],
  {a: 1},
  'no such word',
  '"',
  '{{',
  "it's",
] as const;
const invalidValue = one(...INVALID_VALUES);
const either = (good: Any, ...bad: unknown[]): Any => usually(good, one(...INVALID_VALUES, ...bad));
const many = (item: Any, minLength = 1): Any => fc.array(item, {minLength, maxLength: 3});
const oneOrMany = (item: Any): Any => fc.oneof({weight: 2, arbitrary: item}, {weight: 1, arbitrary: many(item)});

/** A mapping with all of `must`, some of `may`, and sometimes an extra or a missing key. */
function mapping(must: Record<string, Any>, may: Record<string, Any> = {}): Any {
  const optional = Object.entries(may).map(([key, value]) => [key, fc.option(value, {freq: 2, nil: ABSENT})]);
  const all = fc.record({...must, ...Object.fromEntries(optional)}).map(withoutAbsent);
  const broken = fc
    .tuple(
      all,
      fc.nat(),
      one('severty', 'Name', 'when ', 'slack_channel', '__proto', 'on', 'match', 'to', 'above', 'for'),
      invalidValue,
    )
    .map(([value, at, key, extra]) => {
      const keys = Object.keys(value);
      const {[keys[at % keys.length] ?? '']: _, ...rest} = value;
      return at % 2 === 0 ? rest : {...value, [String(key)]: extra};
    });
  return usually(all, broken);
}

const ABSENT = Symbol('absent');
const withoutAbsent = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== ABSENT));

const text = either(one('payments', 'svc a', ' ops ', 'Zürich', '3.10', 'true', '*', "o'clock"));
const name = either(fc.stringMatching(/^[a-z]{3}-[a-z0-9]{9}$/));
const scalar = usually(one('Healthy', 'Degraded', '', 0, 3.5, -2, true, null), one([], {}, [[1]], {a: 1}));
const number = either(one(0, 80, -1, 99.5, 1e6), '80', '80%', ['80']);
const whole = either(one(1, 2, 3, 10), 0, -1, 1.5, '3', 1e300);
const duration = either(one('20s', '5m', '1h', '90m'), 5, '5', '5 m', '5d', '0s', '05m', '1.5h', '5M');
const destination = either(
  one('default', 'on-call', 'pay.ments', '{{ after.properties.channel }}'),
  '#ops',
  'two words',
  'https://hooks.slack.com/services/T/B/x',
  'a=b',
  'ops {{ after.title }}',
);
const plainDestination = either(one('default', 'on-call'), '#ops', 'two words', '{{ after.title }}');
const mention = either(
  one('<!here>', '<@U0123> <!channel>', '<!subteam^S0123|ops>'),
  '@jane',
  '<@jane>',
  '<!here>, <!channel>',
);
const url = either(
  one('https://wiki.example.com/a?b=c', ' http://x/y '),
  'wiki.example.com',
  'ftp://a/b',
  'https://',
  'https://a b',
);
const script = either(
  one('fix.sh', '.github/remediations/scale-up.sh', './a/b.py'),
  '/etc/fix.sh',
  '../fix.sh',
  '~/fix.sh',
  'kubectl scale',
  'a/../../b.sh',
  'C:\\fix.sh',
);
const severity = either(one('critical', 'warning', 'info'), 'Critical', 'error');
const action = either(one('created', 'updated', 'deleted'), 'UPDATE', 'create');
const condition = either(
  one(
    'after.properties.locked != true',
    "contains(after.team, 'pay') && change.by.byPort",
    "!startsWith(after.title, 'it''s') || (before.properties.a < 3)",
    "before.relations['cluster'] != after.relations.cluster",
    'after.properties.*.a',
    "toJSON(change) == 'x'",
    '$'.concat('{{ after.properties.a }}'),
  ),
  'after.properties.locked = true',
  'after.properties.locked ==',
  'after.properties.a == "b"',
  'after.a == b',
  "after.title == 'x",
  '(after.title',
  'after.title)',
  "contain(after.title, 'x')",
  'contains(after.title)',
  'secrets.TOKEN == 1',
  'after.title and before.title',
  'a + b',
  '$'.concat('{{ }}'),
  'after..title',
  'after.title & before.title',
);
const message = either(
  one(
    'It is broken',
    "{{ change.title }} went from {{ before.properties.a }} to $5 {{ join(after.team, ', ') }}.",
    '{ not one }',
  ),
  '{{ change.title',
  '{{ }}',
  '{{ chnge.title }}',
  '{{ after.properties.a = 1 }}',
  "{{ 'x }}",
  '$'.concat('{{ after.title }}'),
  'Look, <!here>',
  'x }}',
);
const instant = either(
  one('2026-12-01T18:00:00Z', '2026-12-01T19:00+01:00', '2026-12-01 18:00:00.123Z'),
  '2026-12-01',
  '2026-12-01T18:00',
  '2026-13-01T18:00Z',
  '18:00',
  'tomorrow',
  1764000000,
);
const zone = either(one('UTC', 'Europe/Berlin', 'America/New_York'), 'BST', 'CET', 'PST', '+01:00', 'Berlin Time');
const days = either(one('mon', 'mon-fri', 'sat-sun'), 'monday', 'mon,tue', 'mon-', 'weekend');
const clock = either(one('00:00', '06:30', '22:00'), '6:30', '25:00', '12:60', '10pm', 1320);
const pattern = either(one('prod-*', 'a?', '!x'), '[');

const match = mapping(
  {},
  {
    blueprint: oneOrMany(text),
    entity: oneOrMany(pattern),
    team: oneOrMany(text),
    property: oneOrMany(text),
    severity: oneOrMany(severity),
  },
);
const notify = fc.oneof(
  {weight: 2, arbitrary: either(fc.constant(true), 'true', 'yes', 1)},
  {
    weight: 2,
    arbitrary: mapping(
      {},
      {slack: oneOrMany(destination), mention, runbook: url, text: message, recovery: either(one(true, false), 'yes')},
    ),
  },
);
const env = mapping({REPLICAS: one(3, 'x', true)}, {LEVEL: text});
const remediate = fc.oneof(
  mapping(
    {run: script},
    {
      timeout: duration,
      cooldown: duration,
      attempts: whole,
      env,
      pass: either(many(one('KUBE_TOKEN', 'A1')), ['A-B'], 'A'),
    },
  ),
  mapping({job: name}, {cooldown: duration, attempts: whole}),
);

const common = {severity, notify, on: oneOrMany(action), if: condition};
const rule = usually(
  fc.oneof(
    mapping(
      {name, blueprint: text, property: text, notify},
      {from: oneOrMany(scalar), severity, if: condition, remediate},
    ),
    mapping(
      {name, blueprint: text, property: text, to: oneOrMany(scalar), remediate},
      {
        notify,
        for: duration,
        flapping: mapping({changes: either(one(2, 5), 1, 0, 2.5), within: duration}),
        clear: mapping({for: duration}),
      },
    ),
    mapping(
      {name, blueprint: text, property: text, above: number, notify},
      {clear: fc.oneof(fc.constant(-5), mapping({at: fc.constant(-5), for: duration})), for: duration},
    ),
    mapping({name, blueprint: text, property: text, below: number, remediate}, {severity, if: condition}),
    mapping(
      {name, blueprint: text, property: text, to: oneOrMany(scalar)},
      {
        notify: mapping(
          {repeat: fc.oneof(duration, mapping({every: duration}, {times: whole}))},
          {escalate: oneOrMany(mapping({after: duration, slack: oneOrMany(plainDestination)}, {mention}))},
        ),
        remediate: mapping({run: script, verify: duration}, {attempts: whole}),
      },
    ),
    mapping({name, blueprint: text, notify: fc.constant(true)}, common),
  ),
  fc.oneof(
    mapping({name, blueprint: text, notify: fc.constant(false)}),
    mapping({name, blueprint: text, from: scalar, notify}),
    mapping({name, blueprint: text, property: text, above: number, below: number, notify}),
    mapping({name, blueprint: text, notify, for: duration}),
    mapping({name, blueprint: text, property: text, clear: number, notify}),
    mapping({name, blueprint: text, on: fc.constant('timer-expired'), property: text, to: scalar, notify}),
    mapping({name, blueprint: text, remediate: mapping({run: script, job: name})}),
    invalidValue,
  ),
);

const when = mapping({days: oneOrMany(days)}, {from: one('22:00', '23:59'), to: clock});

export const rulesFile: Any = mapping(
  {version: usually(fc.constant(1), one(2, '1', 1.5, null)), rules: usually(many(rule), invalidValue)},
  {
    statuses: mapping({
      healthStatus: either(fc.uniqueArray(text, {minLength: 1, maxLength: 3, comparator: 'IsStrictlyEqual'}), [
        'a',
        'a',
      ]),
    }),
    routes: many(mapping({match, slack: oneOrMany(destination)}, {continue: fc.constant(true)})),
    mute: many(
      mapping(
        {name, when: oneOrMany(when), zone},
        {match, reason: text, remediate: either(one('keep', 'mute'), 'off')},
      ),
    ),
    silences: many(
      mapping({match, until: instant, owner: text, reason: text}, {from: one('2026-11-01T10:00:00Z', '2026-11-01')}),
    ),
  },
);

const values = mapping({}, {locked: scalar, team: scalar});
const change = usually(
  fc.oneof(
    mapping(
      {blueprint: text, property: text, from: scalar, to: scalar},
      {entity: text, title: text, team: oneOrMany(text), properties: values, at: instant, by: text},
    ),
    mapping({blueprint: text, action}, {entity: text, relations: values}),
  ),
  fc.oneof(mapping({property: text, to: scalar}), mapping({blueprint: text, from: scalar}), invalidValue),
);
const expectation = fc.oneof(
  either(fc.constant('nothing'), 'none', []),
  mapping(
    {rules: either(fc.uniqueArray(name, {maxLength: 3}), 'a', ['a', 'a'])},
    {
      messages: many(mapping({slack: plainDestination}, {text: oneOrMany(text)}), 0),
      remediations: many(fc.oneof(mapping({run: script}, {rule: name}), mapping({job: name})), 0),
      told: many(either(one('firing', 'recovered'), 'fired'), 0),
      incidents: many(mapping({rule: name}, {state: either(one('open'), 'opened')}), 0),
    },
  ),
);
const event = usually(
  mapping({
    action: either(one('UPDATE', 'CREATE'), 'UPDATED'),
    context: mapping({blueprint: text, entity: text}),
    diff: mapping({
      before: fc.constant(null),
      after: mapping({}, {title: text, team: many(text), properties: values, relations: values}),
    }),
  }),
  one('event.json', '', 3, [], {}),
);
const step = fc.oneof(
  mapping({blueprint: text, property: text, to: scalar, expect: expectation}, {after: duration, entity: text}),
  mapping({wait: duration}, {expect: expectation}),
);
const ruleTest = usually(
  fc.oneof(
    mapping({name, change, expect: expectation}, {now: instant}),
    mapping({name, event, expect: expectation}),
    mapping({
      name,
      changes: usually(
        fc.tuple(mapping({blueprint: text, property: text, to: scalar, expect: expectation}), step).map(steps => steps),
        one([], {}, [{wait: '5m'}], 'x'),
      ),
    }),
  ),
  fc.oneof(
    mapping({name, change}),
    mapping({name, change, event, expect: expectation}),
    mapping({name, expect: expectation}),
    invalidValue,
  ),
);

export const ruleTestsFile: Any = mapping(
  {version: usually(fc.constant(1), one(2, '1', null)), tests: usually(many(ruleTest), invalidValue)},
  {destinations: oneOrMany(plainDestination)},
);
