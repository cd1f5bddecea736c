import {expect, test} from '@jest/globals';
import {parseChange} from '../../../../src/change/event/parse-change.ts';
import {automationEvent} from '../../../../src/cli/shared/input/automation-event.ts';

const options = {
  blueprint: 'database',
  entity: 'orders',
  property: 'cpuUtil',
  from: 62,
  to: 91,
  title: 'Orders',
  at: '2026-11-20T12:28:18.477Z',
};

test('the event is parsed as the change of the options', () => {
  const body = JSON.parse(JSON.stringify(automationEvent({...options, runId: 'r_1'}))) as unknown;
  expect(parseChange(body, 'never')).toEqual({
    kind: 'change',
    change: {
      id: 'r_1',
      runId: 'r_1',
      source: 'automation',
      action: 'UPDATE',
      blueprint: 'database',
      entity: 'orders',
      title: 'Orders',
      team: [],
      at: options.at,
      by: {userId: 'port-reactor send'},
      origin: 'API',
      before: {properties: {cpuUtil: 62}, relations: {}},
      after: {properties: {cpuUtil: 91}, relations: {}},
    },
  });
});

test('the event has no run without the option, because no run has to be closed', () => {
  expect(automationEvent(options)).not.toHaveProperty('runId');
});

test('a property can have any name', () => {
  const text = JSON.stringify(automationEvent({...options, property: '__proto__', from: null}));
  expect(text).toContain('"properties":{"__proto__":null}');
});
