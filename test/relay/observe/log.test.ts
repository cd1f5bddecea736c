import {expect, test} from '@jest/globals';
import {createLog} from '../../../relay/observe/log.ts';
import {recordLog} from '../test-relay.ts';

test('writes JSON lines with the level as a word and the time in ISO 8601', () => {
  const {log, sink} = recordLog();
  createLog('info', sink).info({status: 202, reason: undefined}, 'delivery');
  expect(log).toEqual([
    {level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), status: 202, msg: 'delivery'},
  ]);
});

test('writes no line below its level', () => {
  const {log, sink} = recordLog();
  const logger = createLog('warn', sink);
  logger.debug({}, 'a');
  logger.info({}, 'b');
  logger.warn({}, 'c');
  logger.error({}, 'd');
  expect(log.map(({msg}) => msg)).toEqual(['c', 'd']);
  createLog('silent', sink).error({}, 'e');
  expect(log).toHaveLength(2);
});
