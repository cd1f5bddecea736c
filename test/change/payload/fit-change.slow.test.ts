import {createHash} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {PayloadError} from '../../../src/base/errors.ts';
import type {Change, Snapshot} from '../../../src/change/change.ts';
import {MAX_PAYLOAD_BYTES} from '../../../src/change/payload/encode-payload.ts';
import {fitChange} from '../../../src/change/payload/fit-change.ts';
import {ANY, bothSides, type Reads} from '../../../src/change/reads.ts';
import {changedProperties, transitionOf} from '../../../src/change/transition.ts';
import {aChange, changes, HOSTILE_NAMES, texts} from '../../helpers/values/changes.ts';
import {encodeOne} from '../../helpers/values/encode-one.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';

const WATCHED = readsOf('healthStatus', 'cpuUtil');
/** Both sides of the properties. */
function readsOf(...properties: string[]): Reads {
  return properties.flatMap(bothSides);
}

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const snapshot = (properties: Record<string, unknown>, relations: Record<string, unknown> = {}): Snapshot => ({
  properties,
  relations,
});

/** The expected mark of a text, with the digest of its JSON. */
function markOf(text: string): string {
  const json = JSON.stringify(text);
  const digest = createHash('sha256').update(json).digest('hex').slice(0, 16);
  return `[cut: ${Buffer.byteLength(json)} bytes, sha256 ${digest}]`;
}

describe('a change that is too large', () => {
  test('loses only the largest value that no rule watches, on both sides', () => {
    const [old, young] = ['a'.repeat(3000), 'b'.repeat(2000)];
    const change = aChange({
      before: snapshot({healthStatus: 'Healthy', readme: old, notes: 'n'.repeat(500)}),
      after: snapshot({healthStatus: 'Degraded', readme: young, notes: 'n'.repeat(500)}),
    });
    expect(fitChange(change, WATCHED, 3500)).toEqual({
      ...change,
      before: snapshot({healthStatus: 'Healthy', readme: markOf(old), notes: 'n'.repeat(500)}),
      after: snapshot({healthStatus: 'Degraded', readme: markOf(young), notes: 'n'.repeat(500)}),
      truncated: ['before.properties.readme', 'after.properties.readme'],
    });
  });

  test('loses a long new value, and keeps a new link', () => {
    const link = 'https://example.com/'.padEnd(400, 'x');
    const change = aChange({
      before: snapshot({readme: null, link: null}),
      after: snapshot({readme: 'r'.repeat(2000), link}),
    });
    const fitted = fitChange(change, WATCHED, 1500);
    expect(fitted.after?.properties).toEqual({readme: markOf('r'.repeat(2000)), link});
    expect(changedProperties(fitted)).toEqual(['readme', 'link']);
  });

  test('keeps a number that replaces a long value, so that thresholds can be decided', () => {
    const change = aChange({before: snapshot({cpuUtil: ['x'.repeat(2000)]}), after: snapshot({cpuUtil: 20})});
    const fitted = fitChange(change, WATCHED, 800);
    expect(fitted.after?.properties).toEqual({cpuUtil: 20});
    expect(fitted.truncated).toEqual(['before.properties.cpuUtil']);
    expect(transitionOf(fitted, 'cpuUtil')).toMatchObject({to: 20, changed: true, truncated: false});
  });

  test('still shows which of the cut values changed', () => {
    const side = (readme: string, spec: string) => snapshot({readme, spec, healthStatus: 'Healthy'});
    const [a, b, c] = ['a', 'b', 'c'].map(letter => letter.repeat(2000)) as [string, string, string];
    const fitted = fitChange(aChange({before: side(a, b), after: side(a, c)}), WATCHED, 1500);
    expect(fitted.truncated).toHaveLength(4);
    expect(changedProperties(fitted)).toEqual(['spec']);
  });

  test('does not treat an unchanged value as changed if one side was cut', () => {
    const readme = 'a'.repeat(2000);
    const change = aChange({before: snapshot({readme}), after: snapshot({readme, healthStatus: 'Degraded'})});
    const fitted = fitChange(change, WATCHED, bytes(change) - 100);
    expect(changedProperties(fitted)).toEqual(['healthStatus']);
  });

  test('gives a cut value the same mark for any order of its keys', () => {
    const long = 'a'.repeat(2000);
    const before = snapshot({spec: {a: long, b: 1}});
    const after = snapshot({spec: {b: 1, a: long}, healthStatus: 'Degraded'});
    expect(changedProperties(fitChange(aChange({before, after}), WATCHED, 1500))).toEqual(['healthStatus']);
  });

  test('loses relations like properties', () => {
    const change = aChange({after: snapshot({healthStatus: 'Degraded'}, {uses: 'x'.repeat(3000), owner: 'me'})});
    const fitted = fitChange(change, WATCHED, 1500);
    expect(fitted.after?.relations).toEqual({uses: markOf('x'.repeat(3000)), owner: 'me'});
    expect(fitted.truncated).toEqual(['after.relations.uses']);
  });

  test('loses all values that no rule watches if too many would be named, except links and relations', () => {
    const many = Object.fromEntries(Array.from({length: 200}, (_, n) => [`p${n}`, 'x'.repeat(100)]));
    const side = (healthStatus: string) => ({
      properties: {...many, healthStatus, runbook: 'https://example.com/runbook'},
      relations: {owner: 'me'},
    });
    const fitted = fitChange(aChange({before: side('Healthy'), after: side('Degraded')}), WATCHED, 4000);
    const kept = (healthStatus: string) => ({
      properties: {healthStatus, runbook: 'https://example.com/runbook', cpuUtil: null},
      relations: {owner: 'me'},
    });
    expect(fitted).toMatchObject({before: kept('Healthy'), after: kept('Degraded')});
    expect(fitted.truncated).toEqual(['before.properties.*', 'after.properties.*']);
    expect(transitionOf(fitted, 'healthStatus')).toMatchObject({changed: true, truncated: false});
    expect(transitionOf(fitted, 'cpuUtil')).toMatchObject({from: null, to: null, changed: false, truncated: false});
    expect(transitionOf(fitted, 'p7')).toMatchObject({changed: false, truncated: true});
    expect(changedProperties(fitted)).toEqual(['healthStatus']);
  });

  test('then loses relations, then links', () => {
    const many = Object.fromEntries(Array.from({length: 200}, (_, n) => [`p${n}`, `https://example.com/${n}`]));
    const change = aChange({after: {properties: {...many, healthStatus: 'Degraded'}, relations: many}});
    const relations = fitChange(change, WATCHED, bytes(change) - bytes(many) + 500);
    expect(relations.truncated).toEqual(['after.relations.*']);
    expect(relations.after?.properties).toEqual(change.after?.properties);
    const links = fitChange(change, WATCHED, 1500);
    expect(links.truncated).toEqual(['after.properties.*', 'after.relations.*']);
    expect(links.after).toEqual({properties: {healthStatus: 'Degraded', cpuUtil: null}, relations: {}});
  });

  test('keeps what expressions read in another letter case', () => {
    const many = Object.fromEntries(Array.from({length: 200}, (_, n) => [`p${n}`, 'x'.repeat(100)]));
    const change = aChange({after: snapshot({...many, LOCKED: true})});
    const fitted = fitChange(change, readsOf('locked'), 1500);
    expect(fitted.after?.properties).toEqual({LOCKED: true, locked: null});
  });

  test('loses watched values last, the largest first', () => {
    const side = (to: string) => snapshot({healthStatus: to.repeat(5000), cpuUtil: 'c'.repeat(400), readme: 'r'});
    const change = aChange({before: side('a'), after: side('b')});
    const fitted = fitChange(change, WATCHED, 2000);
    expect(fitted.after?.properties).toEqual({healthStatus: markOf('b'.repeat(5000)), cpuUtil: 'c'.repeat(400)});
    expect(changedProperties(fitted)).toEqual(['healthStatus']);
    expect(fitted.truncated).toEqual([
      'before.properties.*',
      'after.properties.*',
      'before.properties.healthStatus',
      'after.properties.healthStatus',
    ]);
  });

  test('keeps only the shortest watched values as the last resort', () => {
    const many = Object.fromEntries(Array.from({length: 200}, (_, n) => [`p${n}`, 'x'.repeat(n)]));
    const change = aChange({before: snapshot({...many, p7: 'y', p190: 'y'}), after: snapshot(many)});
    const fitted = fitChange(change, readsOf(...Object.keys(many)), 800);
    expect(transitionOf(fitted, 'p7')).toMatchObject({changed: true, truncated: false});
    expect(transitionOf(fitted, 'p8')).toMatchObject({changed: false, truncated: false});
    expect(transitionOf(fitted, 'p190')).toMatchObject({changed: false, truncated: true});
  });

  test('clips long texts and names them', () => {
    const change = aChange({
      title: 't'.repeat(50_000),
      team: ['payments', ...Array.from({length: 100}, (_, n) => `team ${n}`)],
      by: {userId: 'u'.repeat(900), email: 'short@example.com', byPort: false},
    });
    const fitted = fitChange(change, WATCHED, 4000);
    expect(fitted).toMatchObject({title: `${'t'.repeat(199)}…`, before: change.before, after: change.after});
    expect(fitted.team).toHaveLength(20);
    expect(fitted.by).toEqual({userId: `${'u'.repeat(199)}…`, email: 'short@example.com', byPort: false});
    expect(fitted.truncated).toEqual(['title', 'team', 'by']);
  });

  test('keeps every team if cutting values is enough', () => {
    const team = Array.from({length: 30}, (_, n) => `team ${n}`);
    expect(fitChange(aChange({team, properties: {readme: 'r'.repeat(9000)}}), WATCHED, 4000).team).toEqual(team);
  });

  test('with a property named * is not treated as one without its properties', () => {
    const change = aChange({
      before: snapshot({'*': 'x'.repeat(3000), b: 'x'.repeat(3000), a: 1}),
      after: snapshot({a: 2}),
    });
    const fitted = fitChange(change, WATCHED, 4500);
    expect(fitted.truncated).toEqual(['before.properties.b']);
    expect(changedProperties(fitted)).toEqual(['*', 'b', 'a']);
  });

  test('is refused if it does not fit even without properties', () => {
    expect(() => fitChange(aChange({id: 'x'.repeat(5000)}), WATCHED, 4000)).toThrow(
      new PayloadError('', 'The change does not fit into 4000 bytes even without its properties'),
    );
  });
});

/** Large changes with any content that parseChange accepts. */
const largeChanges: fc.Arbitrary<Change> = fc
  .record({
    change: changes,
    sizes: fc.array(fc.nat({max: 20_000}), {minLength: 1, maxLength: 40}),
    filler: fc.oneof(texts, fc.constantFrom('x', '\0', '\ud800', '💥', '"', 'https://a')),
    names: fc.array(fc.oneof(fc.constantFrom(...HOSTILE_NAMES, 'healthStatus'), texts)),
    sides: fc.constantFrom('before', 'after', 'both'),
    longTexts: fc.boolean(),
  })
  .map(({change, sizes, filler, names, sides, longTexts}) => {
    const values = Object.fromEntries(
      sizes.map((size, n) => [names[n] ?? `p${n}`, (filler || 'x').repeat(Math.ceil(size / (filler.length || 1)))]),
    );
    const long = {properties: values, relations: values};
    const text = longTexts ? (filler || 'x').repeat(5000) : 'short';
    const {truncated: _, ...whole} = change;
    return {
      ...whole,
      id: 'r_1',
      entity: longTexts ? text.slice(0, 2000) || 'x' : change.entity,
      title: text,
      team: [text],
      before: sides === 'after' ? change.before : long,
      after: sides === 'before' ? change.after : long,
    };
  });

test('the payload of any change fits, and has no change that did not happen', () => {
  const numRuns = TRIES_ALL ? 100 : 30;
  let cut = 0;
  fc.assert(
    fc.property(largeChanges, fc.constantFrom([], WATCHED, readsOf(...HOSTILE_NAMES)), (change, watched) => {
      const payload = encodeOne(change, {title: change.title, reads: watched});
      expect(bytes(payload)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
      const [fitted] = payload.changes;
      if (fitted?.truncated === undefined) return;
      cut++;
      const {id, blueprint, entity, action, at} = change;
      expect(fitted).toMatchObject({id, blueprint, entity, action, at});
      expect(fitted.truncated?.length).toBeGreaterThan(0);
      const known = changedProperties(change);
      expect(changedProperties(fitted).filter(name => !known.includes(name))).toEqual([]);
    }),
    {numRuns},
  );
  expect(cut).toBeGreaterThan(numRuns * 0.3);
});

test.each([
  ['no property is read', []],
  ['each property is read by its name', Array.from({length: 60_000}, (_, n) => bothSides(`p${n}`)).flat()],
  ['all properties are read', bothSides(ANY)],
])('60,000 properties are cut quickly if %s', (_name, reads) => {
  const properties = (value: number) => Object.fromEntries(Array.from({length: 60_000}, (_, n) => [`p${n}`, value]));
  const change = {...aChange({}), before: snapshot(properties(0)), after: snapshot(properties(1))};
  const before = process.cpuUsage();
  const fitted = fitChange(change, reads, MAX_PAYLOAD_BYTES);
  const {user} = process.cpuUsage(before);
  expect(bytes(fitted)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  expect(fitted.truncated).toContain('after.properties.*');
  expect(user / 1_000).toBeLessThan(reads.length === 0 ? 500 : 2_000);
});
