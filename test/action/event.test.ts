import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {readIncoming} from '../../src/action/event.ts';
import {ConfigError, PayloadError, ReactorError} from '../../src/base/errors.ts';
import {temporaryDirectory} from '../helpers/processes/run-script.ts';
import {aChange} from '../helpers/values/changes.ts';
import {portBody, portBodyNames} from '../helpers/values/fixtures.ts';

const NOW = '2026-11-20T12:30:00.000Z';
const payloadOf = (...changes: unknown[]) => ({version: 1, title: 'title', partition: 3, changes});

let path: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  const folder = await temporaryDirectory();
  path = join(folder.path, 'event.json');
  remove = folder.remove;
});
afterEach(() => remove());

/** Reads the event of the run. */
function own(event: unknown) {
  writeFileSync(path, typeof event === 'string' ? event : JSON.stringify(event));
  return readIncoming(undefined, path, NOW);
}

const input = (event: unknown) => readIncoming(JSON.stringify(event), path, NOW);

describe('the event of the run', () => {
  test('is the payload of a dispatch', async () => {
    const changes = [aChange(), aChange({entity: 'other'})];
    await expect(own({action: 'port-catalog-change', client_payload: payloadOf(...changes)})).resolves.toEqual({
      changes,
      duplicates: 0,
      remarks: [],
      partition: {partition: 3},
    });
  });

  test('can be a message of Port, for custom senders', async () => {
    const {changes} = await own({client_payload: portBody('automation-update')});
    expect(changes).toMatchObject([{entity: 'notification-service-prod', source: 'automation'}]);
  });

  test.each([
    ['an input `event`', {event: JSON.stringify(payloadOf(aChange()))}],
    ["the inputs of Port's guides", portBody('github-inputs')],
  ])('of a workflow_dispatch is %s', async (_name, inputs) => {
    const {changes} = await own({inputs});
    expect(changes).toMatchObject([{entity: 'notification-service-prod'}]);
  });

  test.each<[string, unknown]>([
    ['a push', {ref: 'refs/heads/main'}],
    ['a workflow_dispatch without an event', {inputs: {event: ''}}],
    ['a workflow_dispatch without inputs', {inputs: null}],
    ['an empty dispatch', {client_payload: null}],
    ['not an object', '[]'],
    ['null', 'null'],
  ])('that is %s is explained', async (_name, event) => {
    await expect(own(event)).rejects.toBeInstanceOf(ConfigError);
    await expect(own(event)).rejects.toThrow(/^The event is missing: .*neither[\s\S]*input `event`/);
  });

  test('that is missing is explained', async () => {
    await expect(readIncoming(undefined, undefined, NOW)).rejects.toThrow(/GITHUB_EVENT_PATH is not set/);
    await expect(readIncoming(undefined, `${path}.missing`, NOW)).rejects.toThrow(/The event is missing: .*ENOENT/);
  });

  test('that is not JSON is explained', async () => {
    await expect(own('{broken')).rejects.toThrow(/^The file in GITHUB_EVENT_PATH is not JSON: /);
    await expect(own({inputs: {event: '{broken'}})).rejects.toThrow(/^The workflow's input `event` is not JSON: /);
  });
});

describe('a number that JavaScript cannot represent', () => {
  const change = JSON.stringify(aChange({from: 'OLD', to: 'NEW'}))
    .replace('"OLD"', '9007199254740993')
    .replace('"NEW"', '1e400');
  const payload = JSON.stringify({...payloadOf(aChange()), changes: []}).replace('[]', `[${change}]`);
  const body = JSON.stringify(portBody('automation-update')).replaceAll('"Healthy"', '9007199254740993');
  const packed = JSON.stringify({
    ...payloadOf(aChange()),
    ...{changes: undefined, count: 1, packed: gzipSync(`[${change}]`).toString('base64')},
  });

  test.each([
    ['a dispatch', () => own(`{"client_payload":${payload}}`)],
    ['a packed dispatch', () => own(`{"client_payload":${packed}}`)],
    ['an input `event` of a workflow', () => own({inputs: {event: payload}})],
    ["the inputs of Port's guides", () => own({inputs: {port_payload: body}})],
    ['the input `event`', () => readIncoming(payload, undefined, NOW)],
    ["the input `event`, a message of Port's", () => readIncoming(body, undefined, NOW)],
    ['JSON in JSON', () => readIncoming(JSON.stringify(payload), undefined, NOW)],
  ])('is listed as truncated in %s', async (_name, read) => {
    const {changes} = await read();
    expect(changes[0]?.before?.properties['healthStatus']).toBe('9007199254740993');
    expect(changes[0]?.truncated).toContain('before.properties.healthStatus');
  });
});

describe('the input `event`', () => {
  test('overrides the event of the run', async () => {
    writeFileSync(path, JSON.stringify({client_payload: payloadOf(aChange({entity: 'own'}))}));
    const {changes} = await input(payloadOf(aChange({entity: 'given'})));
    expect(changes).toMatchObject([{entity: 'given'}]);
  });

  test.each(portBodyNames())('can be %s of Port: a change, a remark, or an error with a reason', async name => {
    const outcome = await input(portBody(name)).catch((error: unknown) => error);
    if (outcome instanceof ReactorError) {
      expect(outcome).toBeInstanceOf(PayloadError);
      expect(outcome.message).not.toBe('');
      return;
    }
    const {changes, remarks} = outcome as Awaited<ReturnType<typeof input>>;
    expect(changes.length + remarks.length).toBe(1);
  });

  test('can be the body of a dispatch, a whole event, or JSON in JSON', async () => {
    const payload = payloadOf(aChange({entity: 'given'}));
    for (const event of [{event_type: 'port-catalog-change', client_payload: payload}, JSON.stringify(payload)]) {
      await expect(input(event)).resolves.toMatchObject({changes: [{entity: 'given'}]});
    }
  });

  test('that is not a change has a remark that names what it is', async () => {
    await expect(input(portBody('run-event'))).resolves.toEqual({
      changes: [],
      duplicates: 0,
      remarks: [
        expect.stringMatching(/^No decision is needed\. The message is an event about a run, not an entity change\.$/),
      ],
    });
  });

  test.each<[string, string, RegExp]>([
    ['not JSON', 'healthStatus: Degraded', /^The input `event` is not JSON: /],
    ['a string', '"x"', /^The text in the input `event` is not JSON: /],
    ['a payload of another version', '{"version":2,"changes":[]}', /^client_payload.version: is not a version/],
    ['a payload without changes', '{"version":1,"title":"","partition":0,"changes":[]}', /^client_payload.changes/],
  ])('that is %s is refused with its path', async (_name, text, message) => {
    await expect(readIncoming(text, path, NOW)).rejects.toBeInstanceOf(PayloadError);
    await expect(readIncoming(text, path, NOW)).rejects.toThrow(message);
  });

  test('with a broken change returns the others and the path of the mistake', async () => {
    const {changes, unreadable} = await input(payloadOf({...aChange(), entity: 5}, aChange({entity: 'whole'})));
    expect(changes).toMatchObject([{entity: 'whole'}]);
    expect(unreadable).toEqual(['client_payload.changes.0.entity: must be a string']);
  });

  test('without a time has the current time', async () => {
    const body = portBody('workflow-node') as {event?: {trigger?: {at?: unknown}}; trigger?: {at?: unknown}};
    delete body.trigger?.at;
    delete body.event?.trigger?.at;
    const {changes} = await input(body);
    expect(changes).toMatchObject([{at: NOW}]);
  });
});

test('duplicate changes count once, the first of them, with a remark', async () => {
  const [a, b] = [aChange({id: 'a', title: 'first'}), aChange({id: 'b'})];
  await expect(input(payloadOf(a, b, {...a, title: 'second'}, a))).resolves.toEqual({
    changes: [a, b],
    duplicates: 2,
    remarks: ['2 changes appeared more than once in this event. Duplicates are ignored.'],
  });
});

test('accepts a large event', async () => {
  const changes = Array.from({length: 3000}, (_, i) =>
    aChange({entity: `e${i}`, properties: {text: 'x'.repeat(1000)}}),
  );
  expect((await input(payloadOf(...changes))).changes).toHaveLength(3000);
});
