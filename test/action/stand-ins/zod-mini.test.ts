/** For any JSON, the stand-in gives the same data and issues as zod. */
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import * as real from 'zod/mini';
import * as standIn from '../../../src/action/stand-ins/zod-mini.ts';
import {runs} from '../../helpers/runs.ts';
import {withoutZodMessages} from '../../helpers/zod-messages.ts';

withoutZodMessages();

/** The part of both libraries that the schemas below use. */
// biome-ignore lint/suspicious/noExplicitAny: the two have different types on purpose
type Zod = any;
/** Makes a schema with the given library. */
type Make = (z: Zod) => Zod;

/** Each call makes a new one, as `z.custom` changes its argument. */
const params = fc
  .constantFrom(
    undefined,
    'is wrong',
    {error: 'is wrong too'},
    {error: ({input, code}: {input?: unknown; code?: string}) => `${code} of ${JSON.stringify(input)}`},
    {error: ({code}: {code?: string}) => (code === 'invalid_type' ? 'is of another type' : undefined)},
  )
  .map(given => (typeof given === 'object' ? {...given} : given));

const textChecks = fc.subarray<Make>([
  z => z.trim(),
  z =>
    new z.core.$ZodCheckMinLength({
      check: 'min_length',
      minimum: 1,
      error: () => 'is empty',
      abort: true,
      when: isList,
    }),
  z =>
    new z.core.$ZodCheckMinLength({
      check: 'min_length',
      minimum: 2,
      error: () => 'is short',
      abort: false,
      when: isList,
    }),
  z => z.minLength(2),
  z => z.regex(/^a/, 'must start with a'),
  z => z.regex(/a$/),
  z => z.refine((text: string) => !text.includes('b'), 'must have no b'),
  z => z.refine((text: string) => text.length < 3),
  z =>
    z.superRefine((text: string, context: {addIssue(issue: object): void}) => {
      for (const column of [...text.matchAll(/c/g)].map(({index}) => index)) {
        context.addIssue({code: 'custom', message: 'must have no c', params: {column}});
      }
    }),
]);

function isList({value}: {value: unknown}): boolean {
  return typeof value === 'string' || Array.isArray(value);
}

const {schema} = fc.letrec<{schema: Make}>(tie => {
  const inner = tie('schema');
  const shape = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), inner, {maxKeys: 4});
  const shapeOf = (makes: Record<string, Make>, z: Zod) =>
    Object.fromEntries(Object.entries(makes).map(([key, make]) => [key, make(z)]));
  const wrap = (name: string) =>
    inner.map(
      (make): Make =>
        z =>
          z[name](make(z)),
    );
  const leaf = (name: string) =>
    params.map(
      (given): Make =>
        z =>
          z[name](given),
    );
  return {
    schema: fc.oneof(
      {maxDepth: 4},
      fc.tuple(params, textChecks).map(
        ([given, checks]): Make =>
          z => {
            const made = checks.map(check => check(z));
            return made.length === 0 ? z.string(given) : z.string(given).check(...made);
          },
      ),
      fc.tuple(params, fc.integer({min: -1, max: 2})).map(
        ([given, least]): Make =>
          z =>
            z.number(given).check(z.refine(Number.isSafeInteger, 'must be whole'), z.minimum(least, given)),
      ),
      leaf('boolean'),
      leaf('null'),
      leaf('number'),
      fc.constant<Make>(z => z.unknown()),
      params.map(
        (given): Make =>
          z =>
            z.literal(1, given),
      ),
      params.map(
        (given): Make =>
          z =>
            z.enum(['a', 'b'], given),
      ),
      params.map(
        (given): Make =>
          z =>
            z.custom((value: unknown) => typeof value === 'object', given),
      ),
      wrap('optional'),
      wrap('exactOptional'),
      wrap('nullable'),
      wrap('nullish'),
      inner.map(
        (make): Make =>
          z =>
            z.catch(make(z), 'caught'),
      ),
      fc.tuple(fc.array(inner, {minLength: 2, maxLength: 3}), params).map(
        ([makes, given]): Make =>
          z =>
            z.union(
              makes.map(make => make(z)),
              given,
            ),
      ),
      fc.tuple(inner, params, fc.boolean()).map(
        ([make, given, isFilled]): Make =>
          z => {
            const list = z.array(make(z), given);
            return isFilled ? list.check(z.refine((items: unknown[]) => items.length > 0, 'is empty')) : list;
          },
      ),
      fc.tuple(inner, params).map(
        ([make, given]): Make =>
          z =>
            z.record(z.string(), make(z), given),
      ),
      fc.tuple(shape, params).map(
        ([makes, given]): Make =>
          z =>
            z.object(shapeOf(makes, z), given),
      ),
      fc.tuple(shape, params).map(
        ([makes, given]): Make =>
          z =>
            z.strictObject(shapeOf(makes, z), given),
      ),
    ),
  };
});

/** JSON that such schemas accept sometimes. */
const {value} = fc.letrec<{value: unknown}>(tie => ({
  value: fc.oneof(
    {maxDepth: 4, withCrossShrink: true},
    fc.constantFrom(
      '',
      ' ',
      'a',
      ' a ',
      'b',
      'abc',
      'cc',
      0,
      1,
      1.5,
      -1,
      2 ** 53,
      Infinity,
      Number.NaN,
      true,
      false,
      null,
      undefined,
    ),
    fc.array(tie('value'), {maxLength: 3}),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'toString'), tie('value'), {maxKeys: 4}),
    fc.constantFrom(JSON.parse('{"__proto__": 1, "a": "a"}')),
  ),
}));

function resultOf(parsed: {success: boolean; data?: unknown; error?: {issues: readonly object[]}}) {
  return parsed.success ? {data: parsed.data} : {issues: parsed.error?.issues.map(issue => ({...issue}))};
}

test('the data and the issues are those of zod', () => {
  fc.assert(
    fc.property(schema, fc.array(value, {minLength: 1, maxLength: 8}), (make, values) => {
      const [ours, theirs] = [make(standIn), make(real)];
      for (const one of values) expect(resultOf(ours.safeParse(one))).toEqual(resultOf(theirs.safeParse(one)));
    }),
    {numRuns: runs(4000)},
  );
});

test('parse throws the issues', () => {
  expect(standIn.string('must be a text').parse('a')).toBe('a');
  expect(() => standIn.string('must be a text').parse(1)).toThrow(/must be a text/);
});

test('a mapping and a union expose their parts', () => {
  const text = standIn.string();
  expect(standIn.strictObject({text}).shape).toEqual({text});
  expect(standIn.union([text, text]).def.options).toEqual([text, text]);
});
