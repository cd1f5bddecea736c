import {expect, test} from '@jest/globals';
import {PayloadError} from '../../src/base/errors.ts';
import {readAutomationRuns} from '../../src/clients/automation-runs.ts';
import {aChange} from '../helpers/values/a-change.ts';
import {automationWebhook} from '../helpers/values/automation-webhook.ts';

const change = aChange();
const body = automationWebhook(change, 'r_1');

async function read(runs: readonly unknown[]) {
  return readAutomationRuns(async () => ({ok: true, runs}));
}

test('reads the change of a run from the sent body', async () => {
  const [run] = await read([
    {
      id: 'r_1',
      status: 'SUCCESS',
      link: 'https://x',
      action: {identifier: 'port_reactor_a'},
      payload: {url: 'https://r', body},
    },
  ]);
  expect(run).toMatchObject({isOpen: false, links: ['https://x'], automation: 'port_reactor_a', url: 'https://r'});
  expect(run?.change).toMatchObject({entity: change.entity, at: change.at});
});

test.each([
  ['only its id', {id: 'r_1'}],
  ['links and an action in another form', {id: 'r_1', link: 5, action: 7, payload: 'text', status: null}],
  ['a body that is not a change', {id: 'r_1', payload: {body: {port_context: {runId: 'r_1'}}}}],
  ['a body without a time', {id: 'r_1', payload: {body: {...body, trigger: {}}}}],
])('with %s has no change, and does not fail', async (_, run) => {
  const [found] = await read([run]);
  expect(found).toMatchObject({id: 'r_1', isOpen: false, links: [], change: undefined});
});

test('a response without a list is an error, not an empty list', async () => {
  await expect(readAutomationRuns(async () => ({ok: true}))).rejects.toThrow(PayloadError);
});

test('accepts strings and lists as links and action', async () => {
  const [run] = await read([{id: 'r_1', status: 'IN_PROGRESS', link: ['a', 'b'], action: 'port_reactor_a'}]);
  expect(run).toMatchObject({isOpen: true, links: ['a', 'b'], automation: 'port_reactor_a'});
});
