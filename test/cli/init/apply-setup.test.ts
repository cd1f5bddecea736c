import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {applySetup, isSetUp, rehearseSetup, type StepResult} from '../../../src/cli/init/apply-setup.ts';
import {automationsFor} from '../../../src/cli/init/automation.ts';
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from '../../../src/cli/init/example.ts';
import type {SetupStep} from '../../../src/cli/init/setup-plan.ts';
import {createPortClient, type PortClient} from '../../../src/clients/port.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';

const rules = parseRules(
  JSON.stringify({version: 1, rules: [{name: 'r', blueprint: 'deploymentConfig', notify: true}]}),
  'rules.yml',
);
const [automation] = automationsFor(rules, 'https://relay.example.com/webhooks/port');
const body = {...automation};
const name = 'port_reactor_deploymentConfig';
const blueprint = 'deploymentConfig';

const createBlueprint: SetupStep = {
  kind: 'blueprint',
  name: blueprint,
  todo: 'create',
  body: EXAMPLE_BLUEPRINT,
  blueprint,
};
const createEntity: SetupStep = {
  kind: 'entity',
  name: 'deploymentConfig/notification-service-prod',
  todo: 'create',
  body: EXAMPLE_ENTITY,
  blueprint,
};
const createAutomation: SetupStep = {
  kind: 'automation',
  name,
  todo: 'create',
  body,
  blueprint,
  detail: 'ANY_ENTITY_CHANGE',
};
const settled: readonly SetupStep[] = [
  {kind: 'automation', name: 'a', todo: 'nothing'},
  {kind: 'blueprint', name: 'b', todo: 'keep', reason: 'yours'},
  {kind: 'automation', name: 'c', todo: 'conflict', reason: 'not ours'},
  {kind: 'automation', name: 'd', todo: 'fail', reason: 'no blueprint'},
];

let port: PortServer;
let client: PortClient;

beforeEach(async () => {
  port = await startPortServer();
  client = createPortClient(port.credentials, {fetch, sleep: async () => {}});
});
afterEach(() => port.close());

function outcomes(results: readonly StepResult[]): string[] {
  return results.map(({outcome}) => outcome);
}

describe('the setup', () => {
  test('creates in the order of the steps', async () => {
    const results = await applySetup([createBlueprint, createEntity, createAutomation], client);
    expect(outcomes(results)).toEqual(['created', 'created', 'created']);
    expect(results[2]).toEqual({kind: 'automation', name, outcome: 'created', details: ['ANY_ENTITY_CHANGE']});
    expect(port.calls).toEqual([
      'POST /v1/blueprints',
      'POST /v1/blueprints/deploymentConfig/entities?upsert=false',
      'POST /v1/actions',
    ]);
  });

  test('updates automations', async () => {
    await applySetup([createBlueprint, createAutomation], client);
    const update: SetupStep = {
      kind: 'automation',
      name,
      todo: 'update',
      body: {...body, title: 'New'},
      differences: ['title'],
    };
    await expect(applySetup([update], client)).resolves.toMatchObject([{outcome: 'updated', details: ['title']}]);
    expect(port.actions.get(name)).toMatchObject({title: 'New'});
  });

  test('sends no request for settled steps', async () => {
    const results = await applySetup(settled, client);
    expect(outcomes(results)).toEqual(['unchanged', 'kept', 'conflict', 'failed']);
    expect(results.map(({details}) => details)).toEqual([[], ['yours'], ['not ours'], ['no blueprint']]);
    expect(port.requests).toHaveLength(0);
  });

  test('continues after a failure, except with steps that need the failed blueprint', async () => {
    port.replyNext('POST /v1/blueprints', {status: 403, body: {error: 'missing_permissions'}});
    const other: SetupStep = {...createAutomation, blueprint: 'service'};
    const results = await applySetup([createBlueprint, createEntity, other], client);
    expect(outcomes(results)).toEqual(['failed', 'failed', 'failed']);
    expect(results[0]?.details[0]).toMatch(/403.*administrator/);
    expect(results[1]?.details).toEqual(['requires blueprint deploymentConfig, which could not be created']);
    expect(port.calls).toEqual(['POST /v1/blueprints', 'POST /v1/actions']);
  });

  test('is not done if a step failed or conflicts', () => {
    const of = (outcome: StepResult['outcome']) => isSetUp([{kind: 'automation', name, outcome, details: []}]);
    expect([of('failed'), of('conflict')]).toEqual([false, false]);
    expect([of('created'), of('updated'), of('unchanged'), of('kept'), of('would create')]).toEqual(
      Array(5).fill(true),
    );
  });
});

test('rehearse shows what would be done', () => {
  const update: SetupStep = {kind: 'automation', name, todo: 'update', body, differences: ['title']};
  expect(outcomes(rehearseSetup([createBlueprint, update, ...settled]))).toEqual([
    'would create',
    'would update',
    'unchanged',
    'kept',
    'conflict',
    'failed',
  ]);
});
