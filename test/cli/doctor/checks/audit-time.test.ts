import {expect, test} from '@jest/globals';
import {timeFindings} from '../../../../src/cli/doctor/checks/audit-time.ts';
import type {AuditEntry} from '../../../../src/clients/audit-log.ts';
import {aChange} from '../../../helpers/values/a-change.ts';

const AT = '2026-11-20T12:28:18.477Z';
const LATER = Date.parse(AT) + 3_600_000;
const change = aChange({at: AT});
const entry = (parts: Partial<typeof change>): AuditEntry => ({
  kind: 'change',
  identifier: 'event_1',
  change: {...change, ...parts, source: 'audit'},
});

test.each([
  {name: 'the same time', entries: [entry({})], status: 'ok', sentence: /at the same time/},
  {
    name: 'the same time in another zone',
    entries: [entry({at: '2026-11-20T13:28:18.477+01:00'})],
    status: 'ok',
    sentence: /at the same time/,
  },
  {
    name: 'another time',
    entries: [entry({at: '2026-11-20T12:28:20.477Z'})],
    status: 'failed',
    sentence: /differs by 2 s/,
  },
  {
    name: 'another entity',
    entries: [entry({entity: 'another'})],
    status: 'failed',
    sentence: /does not contain the change/,
  },
  {
    name: 'an unreadable entry',
    entries: [{kind: 'unreadable', identifier: 'event_2', reason: 'x'}],
    status: 'failed',
    sentence: /does not contain/,
  },
] as const)('$name', ({entries, status, sentence}) => {
  expect(timeFindings(change, entries, LATER)).toEqual([
    expect.objectContaining({status, sentence: expect.stringMatching(sentence)}),
  ]);
});

test('a missing entry is not checked, because it can be late', () => {
  expect(timeFindings(change, [], Date.parse(AT) + 1_000)).toEqual([expect.objectContaining({status: 'not-checked'})]);
});
