import {expect, test} from '@jest/globals';
import {decodeClientPayload} from '../../src/change/payload/client-payload.ts';
import {MAX_PAYLOAD_BYTES} from '../../src/change/payload/encode-payload.ts';
import {DispatchError} from '../../src/clients/github/dispatches.ts';
import {gzip} from '../../src/dispatch/gzip.ts';
import {partitionOf} from '../../src/dispatch/partition-of.ts';
import {sendChanges} from '../../src/reconcile/send.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/a-change.ts';
import {createRandom} from '../helpers/values/random.ts';

const RULES = parseRules(
  'version: 1\nrules: [{name: health, blueprint: deploymentConfig, property: healthStatus, if: "after.properties.readme != null", notify: true}]',
  'rules.yml',
);
const FACTS = {rules: RULES, eventType: 'port-catalog-change', partitions: 4};

function someChanges(n: number, noise: number) {
  const random = createRandom(7);
  const text = () =>
    Array.from({length: noise}, () => String.fromCharCode(33 + Math.floor(random.next() * 90))).join('');
  return Array.from({length: n}, (_, index) => aChange({entity: `e-${index}`, properties: {readme: text()}}));
}

test('every change is sent once, in its partition, in dispatches that GitHub accepts', async () => {
  const changes = someChanges(200, 1_500);
  const bodies: string[] = [];
  const {sent, failures} = await sendChanges(changes, FACTS, {send: async json => void bodies.push(json), gzip});
  expect(failures).toEqual([]);
  expect(sent.map(({change}) => change.id).toSorted()).toEqual(changes.map(({id}) => id).toSorted());
  expect(bodies.length).toBeGreaterThan(4);
  const decoded = bodies.flatMap(body => {
    const {event_type, client_payload} = JSON.parse(body);
    expect(event_type).toBe('port-catalog-change');
    expect(Buffer.byteLength(JSON.stringify(client_payload))).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    const {changes: inside, partition, partitions} = decodeClientPayload(client_payload);
    expect(inside.map(change => partitionOf(change, partitions ?? 0))).toEqual(inside.map(() => partition));
    return inside;
  });
  expect(decoded.map(({id}) => id).toSorted()).toEqual(changes.map(({id}) => id).toSorted());
});

test('changes of an entity keep their order', async () => {
  const changes = Array.from({length: 5}, (_, n) => aChange({entity: 'one', at: `2026-11-28T10:00:0${n}.000Z`}));
  const bodies: string[] = [];
  await sendChanges(changes, FACTS, {send: async json => void bodies.push(json), gzip});
  expect(bodies).toHaveLength(1);
  expect(JSON.parse(bodies[0] ?? '').client_payload.changes.map(({at}: {at: string}) => at)).toEqual(
    changes.map(({at}) => at),
  );
});

test('a refused dispatch does not stop other partitions, and its changes do not count as sent', async () => {
  const changes = someChanges(20, 10);
  const refused = partitionOf(changes[0] ?? {blueprint: '', entity: ''}, 4);
  const send = async (json: string) => {
    if (JSON.parse(json).client_payload.partition === refused) throw new DispatchError('refused');
  };
  const {sent, failures} = await sendChanges(changes, FACTS, {send, gzip});
  expect(failures).toEqual(['refused']);
  const others = changes.filter(change => partitionOf(change, 4) !== refused);
  expect(sent.map(({change}) => change.entity).toSorted()).toEqual(others.map(({entity}) => entity).toSorted());
});
