import {expect, test} from '@jest/globals';
import {readRecordedChanges} from '../../../../src/cli/shared/input/recorded-changes.ts';
import {auditEntry} from '../../../helpers/servers/port-audit-log.ts';
import {aChange} from '../../../helpers/values/a-change.ts';
import {automationWebhook} from '../../../helpers/values/automation-webhook.ts';

const [first, second] = [aChange({at: '2026-11-20T10:00:00Z'}), aChange({at: '2026-11-20T11:00:00Z', entity: 'b'})];
const lines = (...values: readonly unknown[]) => values.map(value => JSON.stringify(value)).join('\n');
const entities = (text: string) => readRecordedChanges(text, 'it').changes.map(({entity}) => entity);

test.each([
  ['changes, one in each line, and empty lines', `\n${lines(second, first)}\n\n`],
  ['webhooks', lines(automationWebhook(first, 'r_1'), automationWebhook(second, 'r_2'))],
  ['entries of the audit log', lines(auditEntry(first), auditEntry(second))],
  ['the answer of the audit log', JSON.stringify({ok: true, audits: [auditEntry(second), auditEntry(first)]}, null, 2)],
  ['a list', JSON.stringify([second, first], null, 2)],
  ['a payload of the relay', JSON.stringify({version: 1, title: '', partition: 1, changes: [first, second]}, null, 2)],
  ['a decision record', lines({change: first, rules: []}, {change: second, rules: []})],
])('reads %s from the oldest to the newest', (_, text) => {
  expect(entities(text)).toEqual([first.entity, second.entity]);
});

test('counts duplicates once', () => {
  expect(entities(lines(first, first))).toEqual([first.entity]);
});

test('names every unreadable line', () => {
  expect(() => entities(`${lines(first)}\n{broken\n${lines(second)}\n{"a":1}`)).toThrow(
    /it:2: is not JSON[\s\S]*it:4: /,
  );
  expect(() => entities(' \n')).toThrow(/it is empty/);
});
