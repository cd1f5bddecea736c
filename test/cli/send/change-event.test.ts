import {isDeepStrictEqual} from 'node:util';
import {expect, test} from '@jest/globals';
import {parseChange} from '../../../src/change/event/parse-change.ts';
import {changeEvent} from '../../../src/cli/send/change-event.ts';
import {aChange} from '../../helpers/values/a-change.ts';

test.each([
  ['an update', aChange({runId: 'r_1', team: ['payments'], properties: {__proto__: null, cpuUtil: 91}})],
  ['a change without a run', aChange()],
  ['a creation', aChange({runId: 'r_1', action: 'CREATE'})],
  ['a deletion', aChange({runId: 'r_1', action: 'DELETE'})],
  ['an expired timer', aChange({runId: 'r_1', action: 'TIMER_EXPIRED', timer: 'ttl', before: null, after: null})],
])('%s is parsed to the same change', (_, change) => {
  const parsed = parseChange(JSON.parse(JSON.stringify(changeEvent(change))), change.at);
  if (parsed.kind !== 'change') throw new Error(parsed.reason);
  const {source: _source, title: _title, team: _team, ...rest} = parsed.change;
  expect(isDeepStrictEqual({...change, ...rest}, change)).toBe(true);
});
