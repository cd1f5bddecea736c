import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {automationsFor} from '../../../src/cli/init/automation.ts';
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from '../../../src/cli/init/example.ts';
import {readExisting} from '../../../src/cli/init/read-setup.ts';
import {createPortClient, type PortClient} from '../../../src/clients/port.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';

let port: PortServer;
let client: PortClient;

beforeEach(async () => {
  port = await startPortServer();
  client = createPortClient(port.credentials, {fetch, sleep: async () => {}});
});
afterEach(() => port.close());

function wanted(example: boolean, ...blueprints: readonly string[]) {
  const rules = blueprints.map(blueprint => ({name: blueprint, blueprint, notify: true}));
  const parsed = parseRules(JSON.stringify({version: 1, rules}), 'rules.yml');
  const url = 'https://relay.example.com/webhooks/port';
  return {automations: automationsFor(parsed, url), example, url};
}

test('reads each blueprint, automation and the example once, and changes nothing', async () => {
  await client.createBlueprint(EXAMPLE_BLUEPRINT);
  await client.createEntity('deploymentConfig', EXAMPLE_ENTITY);
  const before = port.calls.length;
  const existing = await readExisting(wanted(true, 'deploymentConfig'), client);
  expect(existing.blueprints.get('deploymentConfig')).toMatchObject({object: EXAMPLE_BLUEPRINT});
  expect(existing.automations.get('port_reactor_deploymentConfig')).toEqual({object: undefined});
  expect(existing.exampleEntity).toEqual({object: EXAMPLE_ENTITY.properties});
  expect(port.calls.slice(before)).toEqual([
    'GET /v1/blueprints/deploymentConfig',
    'GET /v1/actions/port_reactor_deploymentConfig',
    'GET /v1/blueprints/deploymentConfig/entities/notification-service-prod',
    'GET /v1/actions?version=v2&trigger_type=automation',
  ]);
});

test('reads the names of all blueprints if one is missing', async () => {
  await client.createBlueprint(EXAMPLE_BLUEPRINT);
  const existing = await readExisting(wanted(false, 'deploymentconfig'), client);
  expect(existing.blueprintNames).toEqual(['deploymentConfig']);
  expect(existing).not.toHaveProperty('exampleEntity');
});

test('has no names if Port refuses them', async () => {
  port.replyNext('GET /v1/blueprints', {status: 404});
  port.replyNext('GET /v1/blueprints', {status: 403});
  await expect(readExisting(wanted(false, 'service'), client)).resolves.toMatchObject({blueprintNames: []});
});

test('records what Port refuses, and continues', async () => {
  port.replyNext('GET /v1/blueprints/a', {status: 403, body: {error: 'missing_permissions'}});
  const existing = await readExisting(wanted(false, 'a', 'b'), client);
  expect(existing.blueprints.get('a')).toEqual({error: expect.stringContaining('403')});
  expect(existing.blueprints.get('b')).toEqual({object: undefined});
});

test('stops immediately if Port refuses the credentials', async () => {
  const stranger = createPortClient({...port.credentials, clientSecret: 'wrong'}, {fetch, sleep: async () => {}});
  await expect(readExisting(wanted(false, 'a', 'b'), stranger)).rejects.toThrow(/401.*PORT_CLIENT_SECRET/);
  expect(port.requests).toHaveLength(1);
});
