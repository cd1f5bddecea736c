import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {fetch} from '../../../src/base/http/fetch.ts';
import {createPortClient} from '../../../src/clients/port.ts';
import {fetchBlueprints} from '../../../src/lint/catalog/fetch-blueprints.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';

let port: PortServer;
beforeEach(async () => {
  port = await startPortServer();
});
afterEach(() => port.close());

const rulesFor = (...blueprints: unknown[]) => ({rules: blueprints.map(blueprint => ({blueprint}))});
const client = () => createPortClient(port.credentials, {fetch, sleep: async () => {}});

test('requests each blueprint once', async () => {
  port.blueprints.set('service', {identifier: 'service', schema: {properties: {}}});
  const {blueprints, failure} = await fetchBlueprints(rulesFor('service', ' service ', 7, undefined), client());
  expect(blueprints.known.get('service')).toMatchObject({identifier: 'service'});
  expect(failure).toBeUndefined();
  expect(port.calls).toEqual(['GET /v1/blueprints/service']);
});

test('lists the other blueprints if one does not exist', async () => {
  port.blueprints.set('service', {identifier: 'service', schema: {properties: {}}});
  const {blueprints} = await fetchBlueprints(rulesFor('servce'), client());
  expect([...blueprints.known]).toEqual([['servce', undefined]]);
  expect(blueprints.names).toEqual(['service']);
});

test('reports a refusal and keeps the blueprints read so far', async () => {
  port.blueprints.set('a', {identifier: 'a', schema: {properties: {}}});
  port.replyNext('GET /v1/blueprints/b', {status: 403, body: {ok: false, error: 'forbidden'}});
  const {blueprints, failure} = await fetchBlueprints(rulesFor('a', 'b', 'c'), client());
  expect([...blueprints.known.keys()]).toEqual(['a']);
  expect(failure).toMatch(/403/);
});

test('requests nothing for invalid rules', async () => {
  const {blueprints} = await fetchBlueprints('version: 1', client());
  expect(blueprints.known.size).toBe(0);
  expect(port.calls).toEqual([]);
});
