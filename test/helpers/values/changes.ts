/** Changes for tests: the builder, and arbitraries over any content of a catalog. */
import fc from 'fast-check';
import {CHANGE_ACTIONS, CHANGE_SOURCES, type Change, type Snapshot} from '../../../src/change/change.ts';
import {HOSTILE_NAMES} from './a-change.ts';

/** If you do not need arbitraries, import these from a-change.ts, because loading fast-check takes most of a second. */
export {aChange, type ChangeOptions, HOSTILE_NAMES} from './a-change.ts';

/** Complete characters of any script, including control characters. Like the unit `binary`, which takes a second to load. */
export const characters = fc
  .oneof(fc.integer({max: 0xff, min: 0}), fc.integer({max: 0xd7ff, min: 0}), fc.integer({max: 0x10ffff, min: 0xe000}))
  .map(code => String.fromCodePoint(code));

const names = fc.oneof(fc.constantFrom('healthStatus', 'cpuUtil', ...HOSTILE_NAMES), fc.string({unit: characters}));

/** Any text: other scripts, control characters, halves of surrogate pairs, commands, markup, links. */
export const texts = fc.oneof(
  fc.string({unit: characters}),
  fc.string({unit: fc.integer({min: 0, max: 0xffff}).map(code => String.fromCharCode(code))}),
  fc.constantFrom(
    'Healthy',
    'https://example.com/a?b=1',
    '::error::x',
    '##[group]x',
    '<!channel>',
    '\u202egnp',
    '💥',
    'zürich',
  ),
);

/** Any JSON value, as `JSON.parse` returns it. */
export const jsonValues: fc.Arbitrary<unknown> = fc
  .letrec(tie => ({
    value: fc.oneof(
      {depthSize: 'small', withCrossShrink: true},
      fc.constant(null),
      fc.boolean(),
      fc.double({noNaN: true, noDefaultInfinity: true}),
      fc.integer(),
      texts,
      fc.array(tie('value'), {maxLength: 4}),
      fc.dictionary(names, tie('value'), {maxKeys: 4}),
    ),
  }))
  .value.map(reparsed);

/** Turns `-0` into `0`, and objects into plain objects. */
function reparsed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

const values = fc.dictionary(names, jsonValues, {maxKeys: 6});
const snapshots: fc.Arbitrary<Snapshot> = fc.record({properties: values, relations: values});
const identifiers = fc.string({unit: characters, minLength: 1, maxLength: 40});

/** Every change that fits into a client payload. */
export const changes: fc.Arbitrary<Change> = fc
  .record(
    {
      id: identifiers,
      runId: identifiers,
      // No rule reacts to a drill: test/change/drill.test.ts.
      source: fc.constantFrom(...CHANGE_SOURCES.filter(source => source !== 'drill')),
      action: fc.constantFrom(...CHANGE_ACTIONS),
      blueprint: fc.oneof(fc.constantFrom('deploymentConfig', 'database', 'service'), identifiers),
      entity: identifiers,
      title: texts,
      team: fc.array(texts, {maxLength: 3}),
      at: fc.date({noInvalidDate: true}).map(date => date.toISOString()),
      by: fc.record({userId: texts, email: texts, byPort: fc.boolean()}, {requiredKeys: []}),
      origin: texts,
      before: fc.option(snapshots),
      after: fc.option(snapshots),
      timer: texts,
      truncated: fc.array(texts, {maxLength: 3}),
    },
    {
      requiredKeys: [
        'id',
        'source',
        'action',
        'blueprint',
        'entity',
        'title',
        'team',
        'at',
        'by',
        'origin',
        'before',
        'after',
      ],
    },
  )
  .map(reparsed);
