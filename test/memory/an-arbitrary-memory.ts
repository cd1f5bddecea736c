/** Any valid memory of shard 3. Its `unfinished` contains no finished item. */
import fc from 'fast-check';
import {isFinished} from '../../src/memory/fold/ledger.ts';
import {type Incident, type Memory, STATES, TOPICS} from '../../src/memory/format/format.ts';
import {subjectOf} from '../../src/memory/format/keys.ts';
import {HOSTILE_NAMES} from '../helpers/values/changes.ts';

const time = fc.integer({min: 1_000, max: 1_200});
const key = fc.integer({min: 0, max: 30}).map(number => number.toString(16).padStart(16, '0'));
const destination = fc.constantFrom('default', 'on-call', 'constructor');
const names = fc.array(destination, {maxLength: 2});
const sent = fc.record(
  {at: time, channel: fc.constant('C1'), ts: fc.constantFrom('1.1', '2.2'), more: fc.nat({max: 2})},
  {requiredKeys: ['at']},
);

/** A value for each key of the format. */
const INCIDENT = {
  id: fc.string({minLength: 6, maxLength: 6}),
  rule: fc.constantFrom('r', 's', '__proto__'),
  blueprint: fc.constant('b'),
  entity: fc.constantFrom('e', 'f', ...HOSTILE_NAMES.slice(0, 3)),
  title: fc.string(),
  state: fc.constantFrom(...STATES),
  since: time,
  at: time.map(seconds => seconds * 1000),
  value: fc.constantFrom('Degraded', 85, null, true),
  attempts: fc.nat({max: 3}),
  lastRun: time,
  verifyAt: time,
  retryAt: time,
  escalated: fc.nat({max: 2}),
  reminded: fc.nat({max: 2}),
  remindedAt: time,
  again: time,
  turns: fc.array(time, {maxLength: 3}),
  told: fc.dictionary(destination, sent, {maxKeys: 2, noNullPrototype: true}),
  route: names,
  muted: names,
  inhibitedBy: fc.record({id: fc.string(), shard: fc.nat({max: 7})}),
  team: names,
  environment: names,
  relations: fc.dictionary(destination, names, {maxKeys: 2, noNullPrototype: true}),
  clearedAt: time,
  closed: time,
  flapping: fc.record({since: time, n: fc.nat(), last: time}),
  ack: fc.record({by: fc.string(), at: time}),
  silence: fc.record({by: fc.string(), at: time, until: time}),
  gaveUp: fc.boolean(),
  due: time,
  run: fc.constantFrom('1/1', '2/1'),
  firstRun: fc.constantFrom('1/1', '2/1'),
} satisfies Record<keyof Incident, fc.Arbitrary<unknown>>;

const incident = fc.record(INCIDENT, {
  requiredKeys: [
    'id',
    'rule',
    'blueprint',
    'entity',
    'title',
    'state',
    'since',
    'at',
    'attempts',
    'escalated',
    'turns',
    'told',
  ],
}) as unknown as fc.Arbitrary<Incident>;

const unfinished = fc
  .record(
    {
      t: time,
      run: fc.constantFrom('1/1', '2/1'),
      notify: fc.dictionary(destination, fc.constantFrom('todo', 'done', 'failed'), {
        minKeys: 1,
        maxKeys: 2,
        noNullPrototype: true,
      }),
      remediate: fc.constantFrom('started', 'failed', 'done'),
      at: time,
      told: fc.constantFrom(...TOPICS),
    },
    {requiredKeys: ['t', 'run']},
  )
  .filter(entry => !isFinished(entry));

export const memories: fc.Arbitrary<Memory> = fc
  .record({
    version: fc.constant(1 as const),
    shard: fc.constant(3),
    horizon: time,
    incidents: fc
      .uniqueArray(incident, {selector: subjectOf, maxLength: 6})
      .map(list => list.filter((one, index) => list.findIndex(({id}) => id === one.id) === index)),
    unfinished: fc.dictionary(key, unfinished, {maxKeys: 5, noNullPrototype: true}),
    done: fc.dictionary(key, time, {maxKeys: 8, noNullPrototype: true}),
  })
  .map(memory => ({
    ...memory,
    unfinished: Object.fromEntries(
      Object.entries(memory.unfinished).filter(([name]) => memory.done[name] === undefined),
    ),
  }));
