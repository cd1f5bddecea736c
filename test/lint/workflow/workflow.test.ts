import {describe, expect, test} from '@jest/globals';
import {isPassive, readWorkflow} from '../../../src/lint/workflow/workflow.ts';

const workflow = (uses: string, inputs: object = {}, own = true) =>
  readWorkflow({file: 'w.yml', text: JSON.stringify({on: 'push', jobs: {a: {steps: [{uses, with: inputs}]}}})}, own);

describe('the steps of this action', () => {
  test.each(['./', '.', '$/', 'acme/port-reactor@v1', 'Acme/Port-Reactor@v1', 'acme/port-reactor'])(
    'include %s',
    uses => {
      expect(workflow(uses)?.steps).toHaveLength(1);
    },
  );

  test.each(['./other', 'acme/port-reactor-extras@v1', 'acme/x/port-reactor@v1', 'actions/checkout@v6', ''])(
    'do not include %s',
    uses => {
      expect(workflow(uses)).toBeUndefined();
    },
  );

  test.each([
    ['acme/reactor@v1', {'slack-webhooks': 'a=b'}],
    ['acme/port-reactor-fork@v1', {'Port-Client-Id': 'x'}],
    ['./.github/actions/reactor', {'slack-webhook-url': 'x', event: 'y'}],
    ['acme/mirror/port-reactor@v1', {'port-api-url': 'x'}],
  ])('include another name with our inputs: %s', (uses, inputs) => {
    expect(workflow(uses, inputs, false)?.steps).toHaveLength(1);
  });

  test('include another name with only the address, in a workflow for events of the relay', () => {
    const text = JSON.stringify({
      on: {repository_dispatch: {types: ['port-catalog-change']}},
      jobs: {a: {steps: [{uses: 'acme/reactor@v1', with: {'slack-webhook-url': 'x'}}]}},
    });
    expect(readWorkflow({file: 'w.yml', text}, false)?.steps).toHaveLength(1);
  });

  test.each([
    ['acme/notify@v1', {'slack-webhook-url': 'x', text: 'y'}],
    ['acme/check@v1', {mode: 'lint', 'dry-run': true}],
    ['docker://acme/image', {'slack-webhooks': 'a=b'}],
  ])('do not include actions with one common input: %s', (uses, inputs) => {
    expect(workflow(uses, inputs)).toBeUndefined();
  });

  test('do not include ./ if the repository has its own action', () => {
    expect(workflow('./', {}, false)).toBeUndefined();
  });
});

test('an invalid workflow is checked only if it names the action', () => {
  expect(readWorkflow({file: 'w.yml', text: 'jobs: [\n# port-reactor'}, true)?.source.mistakes).toHaveLength(1);
  expect(readWorkflow({file: 'w.yml', text: 'jobs: ['}, true)).toBeUndefined();
});

test.each([
  ['a step that acts', {}, false],
  ['a dry run', {'dry-run': true}, true],
  ['a dry run as text', {'DRY-RUN': 'True'}, true],
  ['a dry run that GitHub decides', {'dry-run': '{{ inputs.dry-run }}'}, false],
  ['another mode', {mode: 'lint'}, true],
  ['the default mode', {mode: 'react'}, false],
  ['an empty mode', {mode: null}, false],
])('whether %s is a rehearsal', (_, inputs, expected) => {
  const step = workflow('./', inputs)?.steps[0];
  expect(step && isPassive(step)).toBe(expected);
});

test.each([
  ['push', ['push']],
  [
    ['push', 'pull_request'],
    ['push', 'pull_request'],
  ],
  [{repository_dispatch: {types: ['x']}}, ['repository_dispatch']],
  [7, []],
])('triggers are read as %j', (on, expected) => {
  const text = JSON.stringify({on, jobs: {a: {steps: [{uses: './'}]}}});
  expect([...(readWorkflow({file: 'w.yml', text}, true)?.triggers.keys() ?? [])]).toEqual(expected);
});
