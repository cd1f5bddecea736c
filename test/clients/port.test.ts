import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {PayloadError} from '../../src/base/errors.ts';
import {createPortClient, type PortClient, PortError, type RunReport} from '../../src/clients/port.ts';
import {type PortReply, type PortServer, startPortServer} from '../helpers/servers/port-server.ts';

const report: RunReport = {
  status: 'SUCCESS',
  link: 'https://github.com/acme/ops/actions/runs/42',
  summary: 'health-changed: notified Slack',
  message: 'healthStatus went from Healthy to Degraded',
};
const blueprint = {
  identifier: 'team/service',
  title: 'Service',
  schema: {properties: {healthStatus: {type: 'string', enum: ['Healthy', 'Degraded']}}},
};

let port: PortServer;
let client: PortClient;

beforeEach(async () => {
  port = await startPortServer();
  client = createPortClient(port.credentials, {fetch, sleep: async () => {}});
});
afterEach(() => port.close());

describe('closeRun', () => {
  test('logs first, then closes the run with link, summary and status in one PATCH', async () => {
    const run = port.startRun('r_1');
    await expect(client.closeRun('r_1', report)).resolves.toEqual({outcome: 'closed'});
    expect(port.calls).toEqual(['POST /v1/actions/runs/r_1/logs', 'PATCH /v1/actions/runs/r_1?version=v2']);
    const {status, link, summary, message} = report;
    expect(run).toEqual({status, link, summary, logs: [message]});
    expect(Object.keys(port.requests.at(-1)?.json as object).at(-1)).toBe('status');
  });

  test('sends no link and no log line if they are not given', async () => {
    const run = port.startRun('r_1');
    await expect(client.closeRun('r_1', {status: 'SUCCESS', summary: 'why'})).resolves.toEqual({outcome: 'closed'});
    expect(port.calls).toEqual(['PATCH /v1/actions/runs/r_1?version=v2']);
    expect(run).toEqual({status: 'SUCCESS', summary: 'why', logs: []});
  });

  test.each(['SUCCESS', 'FAILURE'] as const)('reports that a run with status %s is already closed', async status => {
    port.startRun('r_1', {status});
    await expect(client.closeRun('r_1', report)).resolves.toEqual({outcome: 'already-closed'});
    expect(port.calls).toHaveLength(1);
  });

  test('reports that a run is already closed if it ends between the log line and the PATCH', async () => {
    const run = port.startRun('r_1');
    port.replyNext('PATCH ', {status: 409, body: {ok: false, error: 'conflict', message: 'Run already completed'}});
    await expect(client.closeRun('r_1', report)).resolves.toEqual({outcome: 'already-closed'});
    expect(run.logs).toHaveLength(1);
  });

  test('reports that a synchronized run is already closed', async () => {
    port.startRun('r_1', {synchronized: true});
    await expect(client.closeRun('r_1', report)).resolves.toEqual({outcome: 'already-closed'});
  });

  test('closes the run if its log line could not be written, and returns the reason', async () => {
    const run = port.startRun('r_1');
    port.replyNext('POST /v1/actions/runs/r_1/logs', {status: 500});
    const closing = await client.closeRun('r_1', report);
    expect(closing).toMatchObject({outcome: 'closed', unlogged: expect.stringContaining('answered 500')});
    expect(run.status).toBe('SUCCESS');
  });

  test('fails for a run that does not exist', async () => {
    await expect(client.closeRun('r/../x', report)).rejects.toThrow(/404 to PATCH \/v1\/actions\/runs\/r%2F..%2Fx/);
  });

  test('fails for a PATCH that Port refuses for another reason', async () => {
    port.startRun('r_1');
    port.replyNext('PATCH ', {status: 422, body: {ok: false, error: 'invalid_request', message: 'link is odd'}});
    await expect(client.closeRun('r_1', report)).rejects.toThrow(/link is odd/);
  });
});

describe('entities', () => {
  beforeEach(async () => {
    await client.createBlueprint(blueprint);
  });

  test('are created, and read with their properties', async () => {
    await client.createEntity('team/service', {identifier: 'a/b=c', properties: {healthStatus: 'Healthy'}});
    await expect(client.getEntity('team/service', 'a/b=c')).resolves.toEqual({healthStatus: 'Healthy'});
    expect(port.calls.at(-1)).toBe('GET /v1/blueprints/team%2Fservice/entities/a%2Fb%3Dc');
  });

  test('that do not exist are undefined, as are those of an unknown blueprint', async () => {
    await expect(client.getEntity('team/service', 'missing')).resolves.toBeUndefined();
    await expect(client.getEntity('nothing', 'missing')).resolves.toBeUndefined();
  });

  test.each<[string, PortReply]>([
    ['a page of a proxy', {status: 404, body: '<html><h1>Not Found</h1></html>'}],
    ['an empty answer', {status: 404, body: ''}],
    ['JSON of another server', {status: 404, body: {message: 'no Route matched with those values'}}],
  ])('are not treated as missing after a 404 from another server: %s', async (_, reply) => {
    for (const read of ['getEntity', 'readEntity'] as const) {
      port.replyNext('GET /v1/blueprints/', reply);
      const reading = client[read]('team/service', 'a');
      await expect(reading).rejects.toThrow(/the response is not from Port's API, but from a proxy or another server/);
    }
  });

  test('mark numbers that JavaScript cannot represent', async () => {
    const entity = '{"title":"A","properties":{"id":9007199254740993,"cpu":1},"relations":{}}';
    port.replyNext('GET /v1/blueprints/', {status: 200, body: `{"ok":true,"entity":${entity}}`});
    await expect(client.readEntity('team/service', 'a')).resolves.toEqual({
      entity: {title: 'A', properties: {id: '9007199254740993', cpu: 1}, relations: {}},
      truncated: ['after.properties.id'],
    });
  });

  test('are never overwritten', async () => {
    await client.createEntity('team/service', {identifier: 'a', properties: {healthStatus: 'Degraded'}});
    const again = client.createEntity('team/service', {identifier: 'a', properties: {healthStatus: 'Healthy'}});
    await expect(again).rejects.toMatchObject({status: 409, code: 'identifier_taken'});
    await expect(client.getEntity('team/service', 'a')).resolves.toEqual({healthStatus: 'Degraded'});
  });

  test('keep properties with any name, and can be without properties', async () => {
    const route = 'GET /v1/blueprints/team%2Fservice/entities/a';
    port.replyNext(route, {status: 200, body: '{"ok":true,"entity":{"properties":{"__proto__":{"x":1}}}}'});
    const properties = await client.getEntity('team/service', 'a');
    expect(Object.keys(properties ?? {})).toEqual(['__proto__']);
    port.replyNext(route, {status: 200, body: {ok: true, entity: {properties: null}}});
    await expect(client.getEntity('team/service', 'a')).resolves.toEqual({});
  });

  test.each([
    ['no entity', {ok: true}, 'entity: is missing in the response to GET /v1/blueprints/b/entities/e'],
    ['properties of another kind', {entity: {properties: 5}}, 'entity.properties: must be an object'],
    ['a page', '<html>', 'entity: is missing'],
  ])('with %s in the response are an error', async (_, body, message) => {
    port.replyNext('GET /v1/blueprints/b/entities/e', {status: 200, body});
    const answer = client.getEntity('b', 'e');
    await expect(answer).rejects.toThrow(PayloadError);
    await expect(answer).rejects.toThrow(message);
  });
});

describe('blueprints', () => {
  test('are created once and read, and missing ones are undefined', async () => {
    await expect(client.getBlueprint('team/service')).resolves.toBeUndefined();
    await client.createBlueprint(blueprint);
    await expect(client.getBlueprint('team/service')).resolves.toMatchObject(blueprint);
    await expect(client.createBlueprint(blueprint)).rejects.toThrow(/409.*the identifier is already in use/);
  });

  test('are listed by identifier', async () => {
    await client.createBlueprint(blueprint);
    await expect(client.listBlueprints()).resolves.toEqual(['team/service']);
  });
});

describe('actions', () => {
  const action = {
    identifier: 'port_reactor_service',
    trigger: {type: 'automation', event: {type: 'ANY_ENTITY_CHANGE', blueprintIdentifier: 'team/service'}},
    invocationMethod: {type: 'WEBHOOK', url: 'https://relay.example.com/webhooks/port'},
    publish: true,
  };

  test('are created once, read and replaced', async () => {
    await client.createBlueprint(blueprint);
    await expect(client.getAction(action.identifier)).resolves.toBeUndefined();
    await client.createAction(action);
    await expect(client.getAction(action.identifier)).resolves.toMatchObject(action);
    await client.updateAction(action.identifier, {...action, title: 'Service'});
    await expect(client.getAction(action.identifier)).resolves.toMatchObject({title: 'Service'});
    await expect(client.createAction(action)).rejects.toThrow(PortError);
  });
});
