import {expect, test} from '@jest/globals';
import {PayloadError} from '../../../src/base/errors.ts';
import {readEvent} from '../../../src/change/event/read-event.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {portBody} from '../../helpers/values/fixtures.ts';

const NOW = '2026-11-20T12:30:00.000Z';

test('returns the changes of a client payload unchanged', () => {
  const changes = [aChange()];
  expect(readEvent({version: 1, title: '', partition: 0, changes}, NOW)).toEqual({changes, duplicates: 0, remarks: []});
});

test('returns the change of a Port message, with the current time if it has no time', () => {
  const {changes} = readEvent(portBody('workflow-node'), NOW);
  expect(changes).toHaveLength(1);
  expect(readEvent({...(portBody('automation-update') as object), trigger: null}, NOW).changes).toMatchObject([
    {at: NOW},
  ]);
});

test('reports what a message is if it is not a change', () => {
  expect(readEvent(portBody('run-event'), NOW)).toEqual({
    changes: [],
    duplicates: 0,
    remarks: ['No decision is needed. The message is an event about a run, not an entity change.'],
  });
});

test('refuses anything else', () => {
  expect(() => readEvent({}, NOW)).toThrow(PayloadError);
});
