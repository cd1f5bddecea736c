import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {PayloadError} from '../../../src/base/errors.ts';
import {readSubject} from '../../../src/cli/explain/subject.ts';
import {aChange, changes, jsonValues} from '../../helpers/values/changes.ts';
import {runs} from '../../helpers/values/runs.ts';

const NOW = '2026-11-20T12:30:00.000Z';
const read = (text: string) => readSubject(text, {name: 'x.json', receivedAt: NOW});
const line = (change: unknown) => `${JSON.stringify({change, rules: [], reactions: [], run: 'r'})}\n`;

test('returns the changes of a record unchanged', () => {
  fc.assert(
    fc.property(fc.array(changes, {minLength: 1, maxLength: 5}), list => {
      const {isRecord, changes: read_} = read(list.map(line).join(''));
      expect(isRecord).toBe(true);
      expect(read_.map(({change}) => change)).toEqual(list);
    }),
    {numRuns: runs(100)},
  );
});

test('an event is not a record, and its changes are sorted', () => {
  const late = aChange({at: '2026-11-20T12:30:00Z'});
  const early = aChange({at: '2026-11-20T12:29:00Z'});
  const subject = read(JSON.stringify({version: 1, title: '', partition: 0, changes: [late, early]}));
  expect(subject).toEqual({isRecord: false, changes: [{change: early}, {change: late}], remarks: []});
});

test('refuses anything else with its name', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        jsonValues.map(value => JSON.stringify(value)),
      ),
      text => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PayloadError);
          expect((error as Error).message).toMatch(/^x\.json/);
        }
      },
    ),
    {numRuns: runs(200)},
  );
});
