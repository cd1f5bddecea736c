/** The written form of a file of rule tests: its schema, key by key (docs/rule-tests.md). */
import * as z from 'zod/mini';
import {notEmpty} from '../base/not-empty.ts';
import {addressMistake, nameMistake} from '../rules/values/destination.ts';
import {parseInstant} from '../rules/values/instant.ts';
import {describe} from '../rules/written/describe-value.ts';
import {ON_WORDS} from '../rules/written/written-rules.ts';
import {Duration, List, RefinedText, Text, typeMessage, Word} from '../rules/written/written-values.ts';
import {vocabularyOf} from '../rules/yaml/vocabulary.ts';
import {LASTING_STATES, TOLD_WORDS} from './rule-tests.ts';

const {optional} = z;
const TextList = optional(List(Text));

/** A time with a time zone, so that it does not depend on the machine. */
const Time = Text.check(
  z.refine(
    text => parseInstant(text) !== undefined,
    'must be a time with a time zone, for example 2026-11-20T12:28:18Z',
  ),
);

/** Any JSON value. Numbers such as .nan or 1e400 are not JSON. */
const Value = z.unknown().check(
  z.refine(value => typeof value !== 'number' || Number.isFinite(value), {
    error: ({input}) => `must be a JSON value, but is ${describe(input)}`,
  }),
);

/** Properties or relations by name. */
const Values = z.record(z.string(), Value, typeMessage('a mapping, for example `{ locked: true }`'));

const WANTED_EXPECTATION = '`nothing`, or a mapping with rules, messages, remediations, told, incidents';

const ExpectedMessage = z.strictObject(
  {slack: optional(RefinedText(addressMistake)), text: TextList},
  typeMessage('a mapping, for example `{ slack: default, text: Degraded }`'),
);

const ExpectedRemediation = z.strictObject(
  {run: optional(Text), job: optional(Text), rule: optional(Text), entity: optional(Text)},
  typeMessage('a mapping, for example `{ run: .github/remediations/scale-up.sh }`'),
);

const ExpectedIncident = z.strictObject(
  {rule: optional(Text), entity: optional(Text), state: optional(Word(LASTING_STATES))},
  typeMessage('a mapping, for example `{ rule: deployment-degraded, state: open }`'),
);

const Expectation = z.strictObject(
  {
    rules: optional(z.array(Text, typeMessage('a list of rule names; [] for none'))),
    messages: optional(z.array(ExpectedMessage, typeMessage('a list; [] for none'))),
    remediations: optional(z.array(ExpectedRemediation, typeMessage('a list; [] for none'))),
    told: optional(z.array(Word(TOLD_WORDS), typeMessage('a list, for example `[firing, recovered]`; [] for none'))),
    incidents: optional(z.array(ExpectedIncident, typeMessage('a list; [] for none'))),
  },
  typeMessage(WANTED_EXPECTATION),
);

/** The mapping comes first, because its mistakes are more helpful than the message for the word. */
const Expect = z.union(
  [Expectation, z.literal('nothing', `must be ${WANTED_EXPECTATION}`)],
  typeMessage(WANTED_EXPECTATION),
);

const changeShape = {
  blueprint: optional(Text),
  entity: optional(Text),
  title: optional(Text),
  team: TextList,
  action: optional(Word(ON_WORDS)),
  property: optional(Text),
  from: optional(Value),
  to: optional(Value),
  properties: optional(Values),
  relations: optional(Values),
  at: optional(Time),
  by: optional(Text),
  origin: optional(Text),
};

/** A change in the short form. */
const WrittenChange = z.strictObject(
  changeShape,
  typeMessage('a mapping, for example `{ blueprint: …, property: …, to: … }`'),
);
export type WrittenChange = z.infer<typeof WrittenChange>;

const Event = z.union(
  [z.record(z.string(), z.unknown()), Text],
  typeMessage('an event from Port, or the path of a JSON file with one'),
);

const WrittenStep = z.strictObject(
  {
    ...changeShape,
    event: optional(Event),
    after: optional(Duration),
    wait: optional(Duration),
    ack: optional(Text),
    expect: optional(Expect),
  },
  typeMessage('a mapping, for example `{ blueprint: …, property: …, to: … }` or `{ wait: 5m }`'),
);
export type WrittenStep = z.infer<typeof WrittenStep>;

export const WrittenRuleTest = z.strictObject(
  {
    name: Text,
    change: optional(WrittenChange),
    event: optional(Event),
    changes: optional(z.array(WrittenStep, typeMessage('a list of steps')).check(notEmpty('is an empty list'))),
    now: optional(Time),
    expect: optional(Expect),
  },
  typeMessage('a mapping'),
);
export type WrittenRuleTest = z.infer<typeof WrittenRuleTest>;
export type WrittenExpectation = z.infer<typeof Expect>;

/** The file without its tests. Each test is parsed separately. */
export const WrittenRuleTestsFile = z.strictObject(
  {
    version: z.literal(1, {
      error: ({input}) => (input === undefined ? 'is missing' : 'must be 1, the only supported version'),
    }),
    destinations: optional(List(RefinedText(nameMistake))),
    tests: z.array(z.unknown(), typeMessage('a list')).check(notEmpty('must contain at least one test')),
  },
  typeMessage('a mapping with `version: 1` and `tests:`'),
);

export const CHANGE_KEYS: readonly string[] = Object.keys(changeShape);

const expectMappings = (path: string) => ({
  [`${path}.expect`]: Expectation,
  [`${path}.expect.messages.*`]: ExpectedMessage,
  [`${path}.expect.remediations.*`]: ExpectedRemediation,
  [`${path}.expect.incidents.*`]: ExpectedIncident,
});

export const vocabulary = vocabularyOf({
  '': WrittenRuleTestsFile,
  'tests.*': WrittenRuleTest,
  'tests.*.change': WrittenChange,
  'tests.*.changes.*': WrittenStep,
  ...expectMappings('tests.*'),
  ...expectMappings('tests.*.changes.*'),
});
