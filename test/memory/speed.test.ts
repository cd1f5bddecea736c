import {expect, test} from '@jest/globals';
import {decide} from '../../src/decide/evaluate.ts';
import {emptyMemory, type Incident, type Memory} from '../../src/memory/format/format.ts';
import {shardOf} from '../../src/memory/format/keys.ts';
import {parseMemory} from '../../src/memory/format/parse.ts';
import {serialise} from '../../src/memory/format/serialise.ts';
import {recall} from '../../src/memory/recall.ts';
import {settleAll} from '../../src/memory/settle.ts';
import {aChange} from '../helpers/a-change.ts';
import {minutes, oneRule} from './a-life.ts';

const NOW = minutes(0) / 1000;

/** The size of the contract: 125 incidents and 1,250 keys, 88 KB. */
function aFullShard(shard: number): Memory {
  const incidents = Array.from(
    {length: 125},
    (_, index): Incident => ({
      id: `A${String(index).padStart(5, '0')}`,
      rule: 'deployment-degraded',
      blueprint: 'deploymentConfig',
      entity: `notification-service-prod-${index}`,
      title: `Notification Service Production ${index}`,
      state: 'open',
      since: NOW - 600,
      at: (NOW - 600) * 1000,
      value: 'Degraded',
      attempts: 1,
      lastRun: NOW - 500,
      verifyAt: NOW + 100,
      escalated: 0,
      turns: [NOW - 600],
      told: {default: {at: NOW - 599, channel: 'C0123456789', ts: '1764331201.000100'}},
      due: NOW + 100,
      run: '12345678901/1',
    }),
  );
  const done = Object.fromEntries(
    Array.from({length: 1250}, (_, index) => [index.toString(16).padStart(16, '0'), NOW - index]),
  );
  return {...emptyMemory(shard, minutes(-100_000)), incidents, done};
}

test('88 KB are parsed, decided on, settled and written within 5 ms', () => {
  const rules = oneRule('to: Degraded, remediate: {run: a.sh, cooldown: 15m, attempts: 3, verify: 10m}');
  const shard = shardOf({blueprint: 'b', entity: 'e'});
  const text = serialise(aFullShard(shard));
  expect(Buffer.byteLength(text)).toBeGreaterThan(80_000);
  const decisions = decide(rules, [
    aChange({blueprint: 'b', entity: 'e', property: 'p', at: new Date(minutes(0)).toISOString()}),
  ]);
  const times = Array.from({length: 60}, () => {
    const start = process.cpuUsage();
    const parsed = parseMemory(text, shard);
    if (parsed.kind !== 'memory') throw new Error('not a memory');
    const {reactions, next} = recall({
      rules,
      decisions,
      shards: new Map([[shard, parsed.memory]]),
      nowMs: minutes(0),
      run: '1/1',
    });
    const settled = settleAll(next, reactions, minutes(0)).get(shard);
    if (settled !== undefined) serialise(settled);
    const {user, system} = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  // The processor's time, and the least of many: what else the machine does only adds to it.
  expect(Math.min(...times)).toBeLessThan(5);
});
