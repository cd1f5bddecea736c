import {expect, test} from '@jest/globals';
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from '../../../src/cli/init/example.ts';
import {createPortClient} from '../../../src/clients/port.ts';
import {startPortServer} from '../../helpers/servers/port-server.ts';

test('Port accepts the example: every key is known, and the entity fits its blueprint', async () => {
  const port = await startPortServer();
  try {
    const client = createPortClient(port.credentials, {fetch, sleep: async () => {}});
    await client.createBlueprint(EXAMPLE_BLUEPRINT);
    await client.createEntity(EXAMPLE_BLUEPRINT.identifier, EXAMPLE_ENTITY);
    expect(port.calls).toHaveLength(2);
  } finally {
    await port.close();
  }
});

test('the example is the one of the guide', () => {
  const {properties} = EXAMPLE_BLUEPRINT.schema;
  expect(Object.keys(properties)).toEqual(Object.keys(EXAMPLE_ENTITY.properties));
  expect(properties.healthStatus.enum).toEqual(['Healthy', 'Degraded', 'Crashed', 'Restarting']);
});
